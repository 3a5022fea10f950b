//! The commands, and how arguments become one. The options of a command stand in the
//! file of the command; those that several share, in `setup`.

use std::ffi::OsString;
use std::io::{IsTerminal, Write};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

use super::exit::Exit;
#[cfg(feature = "server")]
use super::{audit, buffer, check, injector, replay, run};
use super::{bench, completions, exec, explain, find, init, install, keygen, man, rules, scrub};

/// Takes personal data, health data and secrets out of logs
///
/// hushlog reads log lines and replaces what should not be kept in a log store: names of
/// users, e-mail addresses, card and social security numbers, record numbers, passwords,
/// tokens and keys. Everything else is copied byte for byte.
#[derive(Debug, Parser)]
#[command(name = "hushlog", version, after_help = AFTER_HELP, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog scrub app.log > clean.log       mask a file
  tail -f app.log | hushlog scrub         mask a stream, line by line
  hushlog find --fail build.log           exit with 1 if a log holds something
  echo 'user=jdoe' | hushlog explain      see why something is masked, or not
  hushlog rules show us_ssn               see how a kind is told

Exit codes:
  0 done    1 found (find --fail, … verify)    2 usage or rules    3 input    4 output    5 start of `run`

Environment:
  HUSHLOG_KERNEL   forces a scanning kernel: avx512-vbmi2, avx512, avx2, portable
  NO_COLOR         switches colour off";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Scrub(scrub::Options),
    Find(find::Options),
    Explain(explain::Options),
    Exec(exec::Options),
    #[command(name = "__become")]
    Become(exec::Become),
    #[command(name = "__install")]
    Install(install::Options),
    #[cfg(feature = "server")]
    Injector(injector::Options),
    Init(init::Options),
    #[cfg(feature = "server")]
    Check(check::Options),
    #[cfg(feature = "server")]
    Run(run::Options),
    #[cfg(feature = "server")]
    Audit(audit::Options),
    #[cfg(feature = "server")]
    Buffer(buffer::BufferOptions),
    #[cfg(feature = "server")]
    Dlq(buffer::DlqOptions),
    #[cfg(feature = "server")]
    Replay(Box<replay::Options>),
    Keygen(keygen::Options),
    Bench(bench::Options),
    Rules(rules::Options),
    Completions(completions::Options),
    Man(man::Options),
}

/// Parses the arguments. Help, the version and messages about wrong usage are printed
/// here; then the exit code comes back.
pub(super) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Command, Exit> {
    Arguments::try_parse_from(arguments).map(|arguments| arguments.command).map_err(|error| refuse(&error))
}

fn refuse(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        let _ = error.print();
        return Exit::Done;
    }
    let mut stderr = std::io::stderr();
    // The help that comes when the command is missing is no message of its own.
    if error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = stderr.write_all(b"hushlog: ");
    }
    let text = error.render();
    let _ = if stderr.is_terminal() && !no_color() { write!(stderr, "{}", text.ansi()) } else { write!(stderr, "{text}") };
    Exit::Usage
}

/// Whether the user wants no colour anywhere (no-color.org).
pub(super) fn no_color() -> bool {
    std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definitions_hold_together_and_every_command_shows_examples() {
        let mut command = Arguments::command();
        command.build();
        command.clone().debug_assert();
        for command in command.get_subcommands().filter(|command| command.get_name() != "help" && !command.is_hide_set()) {
            let name = command.get_name();
            assert!(command.get_about().is_some(), "{name} has no short help");
            assert!(command.get_long_about().is_some(), "{name} has no long help");
            let after = command.get_after_help().map(ToString::to_string);
            let after = after.unwrap_or_default();
            assert!(after.contains(&format!("hushlog {name}")), "{name} has no example");
            for option in command.get_arguments().filter(|option| !option.is_global_set()) {
                assert!(option.get_help().is_some(), "{name} {} has no help", option.get_id());
            }
        }
    }
}
