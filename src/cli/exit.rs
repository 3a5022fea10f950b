//! Exit codes and the failures that lead to them. The table is docs/exit-codes.md.
//!
//! A [`Failure`] ends a command. It names files, options, rules and positions, and says
//! what is allowed or what to do; it never holds scanned bytes (I4).

use std::io;
use std::process::ExitCode;

use hushlog::config::Problems;
use hushlog::policy::{LooseningError, PresetError};
use hushlog::{BuildError, KeyError};

use super::input::InputError;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done; also when the reader of the output went away.
    Done,
    /// `find --fail` found something, `audit verify` or `replay verify` a change, or an example failed in `rules test`.
    Found,
    /// Wrong usage, or a preset, packs, rules, mask or kernel that cannot be used.
    Usage,
    /// Input that cannot be read or decoded.
    Input,
    /// Output that cannot be written.
    Output,
    /// `run` could not open a source, a sink or a folder; `exec` could not set up pipes.
    Start,
    /// The exit code of the command of `exec`.
    Command(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Usage => 2,
            Exit::Input => 3,
            Exit::Output => 4,
            Exit::Start => 5,
            Exit::Command(code) => code,
        }
        .into()
    }
}

/// Why a command stopped.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error(transparent)]
    Preset(#[from] PresetError),
    #[error("cannot read the rules `{file}`: {source}")]
    RulesUnread { file: String, source: io::Error },
    #[error("the rules `{file}` are larger than {limit} bytes; split them or take out what is not used")]
    RulesTooLarge { file: String, limit: u64 },
    #[error(transparent)]
    Loosening(#[from] LooseningError),
    #[error("cannot use `--packs`: {0}")]
    Packs(BuildError),
    /// The engine names the file.
    #[error("cannot use the rules {0}")]
    Rules(BuildError),
    #[error("`--mask {kind}={mask}` cannot be used: {source}")]
    Mask { kind: String, mask: String, source: BuildError },
    #[error("cannot read the key `{file}`: {source}")]
    KeyUnread { file: String, source: io::Error },
    #[error(
        "the key `{file}` has mode {mode:04o}: others than its owner can use it; `chmod 400` it, and make a new key if they may have read it"
    )]
    KeyShared { file: String, mode: u32 },
    #[error("cannot use the key `{file}`: {source}")]
    Key { file: String, source: KeyError },
    #[error("zone, tenant and phone country are for tokens, which need a key: name its file with `--key`, or in the configuration")]
    KeyMissing,
    #[error("`--id {id}` cannot be used: {source}")]
    KeyId { id: String, source: KeyError },
    #[error("cannot read the configuration `{file}`: {source}")]
    ConfigUnread { file: String, source: io::Error },
    #[error("cannot use the configuration `{file}`:\n{problems}")]
    Config { file: String, problems: Problems },
    /// `place` is a key path, or the line of a format.
    #[error("cannot use the configuration `{file}`: {place}: {source}")]
    ConfigValue { file: String, place: String, source: Box<dyn std::error::Error> },
    #[error("there is no region `{given}`; known: {near}")]
    Region { given: String, near: String },
    #[error("`{option}` cannot be used: {source}")]
    Site { option: &'static str, source: BuildError },
    #[error("the operating system gives no random bytes: {0}")]
    Random(getrandom::Error),
    #[error("`--phone-country` cannot be used: {0}")]
    Country(BuildError),
    /// Also a mask for a kind that neither the catalogue nor a rule has.
    #[error(transparent)]
    Build(BuildError),
    #[error("`{option}` names the kernel `{given}`; this processor has {available}")]
    Kernel { option: &'static str, given: String, available: String },
    #[error("{output} is also {input}; it would be written over while it is read: name another file")]
    SameFile { output: String, input: String },
    #[error("`--output` and `--report` name the same file `{0}`; give each its own")]
    SameOutput(String),
    #[error("`--report` needs the name of a file: standard output carries the scrubbed text")]
    ReportToStdout,
    #[error(
        "`--show-values` works on a terminal only, because what it prints is unscrubbed; \
         leave it out to see shapes"
    )]
    ValuesOffTerminal,
    #[error("there is no kind or rule `{0}`; `hushlog rules list` names them")]
    Kind(String),
    #[error("there is no command `{0}`; `hushlog --help` lists them")]
    Command(String),
    #[error(transparent)]
    Input(#[from] InputError),
    #[error("`{output}` was not written: {failed} of {inputs} inputs could not be read to the end")]
    Incomplete { output: String, failed: usize, inputs: usize },
    #[error("cannot write {name}: {source}")]
    Output { name: String, source: io::Error },
    #[cfg(feature = "server")]
    #[error("the operating system gives no threads, timers or signals: {0}")]
    Runtime(io::Error),
    #[cfg(feature = "server")]
    #[error("cannot start: {0}")]
    Start(hushlog::pipeline::StartError),
    #[cfg(feature = "server")]
    #[error("cannot start: {0}")]
    Webhook(hushlog::webhook::WebhookError),
    #[error("cannot {what}: {source}")]
    System { what: &'static str, source: io::Error },
    #[error(
        "tokens need a key, and `exec` runs beside the command, which must not get it: use other masks here, and tokens in `hushlog run`"
    )]
    ExecTokens,
    #[cfg(feature = "server")]
    #[error("cannot read the audit log `{file}`: {source}")]
    AuditUnread { file: String, source: io::Error },
    #[cfg(feature = "server")]
    #[error("the last line of the audit log `{file}` was changed; `hushlog audit verify` says more")]
    AuditChanged { file: String },
    #[cfg(feature = "server")]
    #[error("cannot use the public key `{file}`: {source}")]
    AuditKey { file: String, source: hushlog::audit::AuditKeyError },
    #[cfg(feature = "server")]
    #[error("cannot use the key `{file}`: found another content; allowed: 32 bytes, or 64 hex digits")]
    BufferKey { file: String },
    #[cfg(feature = "server")]
    #[error("the folder `{dir}` is encrypted: name its key file, the one of `buffer.key`, with `--key FILE`")]
    FolderKey { dir: String },
    #[cfg(feature = "server")]
    #[error("cannot read the folder `{dir}`: {source}")]
    Folder { dir: String, source: hushlog::buffer::OpenError },
    #[cfg(feature = "server")]
    #[error("there are no dead letters of a sink `{sink}`; `hushlog dlq list` shows those that are")]
    NoLetters { sink: String },
    #[cfg(feature = "server")]
    #[error(transparent)]
    Replay(#[from] hushlog::replay::ReplayError),
    #[cfg(feature = "server")]
    #[error("an output that is no folder needs `--manifest FILE`: journal and manifest are files")]
    NoManifest,
    #[cfg(feature = "server")]
    #[error("cannot read the list `{file}`: {source}")]
    List { file: String, source: io::Error },
    /// Nobody reads the output any more.
    #[error("the reader of the output went away")]
    BrokenPipe,
}

impl Failure {
    /// The exit code for it.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::BrokenPipe => Exit::Done,
            Self::Input(_) | Self::Incomplete { .. } => Exit::Input,
            Self::Output { .. } => Exit::Output,
            #[cfg(feature = "server")]
            Self::Runtime(_) | Self::Start(_) | Self::Webhook(_) => Exit::Start,
            Self::System { .. } => Exit::Start,
            #[cfg(feature = "server")]
            Self::Replay(hushlog::replay::ReplayError::Output { .. }) => Exit::Output,
            #[cfg(feature = "server")]
            Self::Replay(hushlog::replay::ReplayError::Manifest(_) | hushlog::replay::ReplayError::Store { .. }) | Self::List { .. } => {
                Exit::Input
            }
            #[cfg(feature = "server")]
            Self::Replay(_) | Self::NoManifest => Exit::Usage,
            #[cfg(feature = "server")]
            Self::AuditUnread { .. } | Self::AuditChanged { .. } => Exit::Input,
            #[cfg(feature = "server")]
            Self::AuditKey { .. } => Exit::Usage,
            #[cfg(feature = "server")]
            Self::Folder { source: hushlog::buffer::OpenError::Key, .. }
            | Self::FolderKey { .. }
            | Self::BufferKey { .. }
            | Self::NoLetters { .. } => Exit::Usage,
            #[cfg(feature = "server")]
            Self::Folder { .. } => Exit::Input,
            Self::Preset(_)
            | Self::Packs(_)
            | Self::Loosening(_)
            | Self::RulesUnread { .. }
            | Self::RulesTooLarge { .. }
            | Self::Rules(_)
            | Self::Mask { .. }
            | Self::KeyUnread { .. }
            | Self::KeyShared { .. }
            | Self::Key { .. }
            | Self::KeyId { .. }
            | Self::KeyMissing
            | Self::ConfigUnread { .. }
            | Self::Config { .. }
            | Self::ConfigValue { .. }
            | Self::Region { .. }
            | Self::Site { .. }
            | Self::Random(_)
            | Self::Country(_)
            | Self::Build(_)
            | Self::Kernel { .. }
            | Self::SameFile { .. }
            | Self::SameOutput(_)
            | Self::ReportToStdout
            | Self::ValuesOffTerminal
            | Self::Kind(_)
            | Self::ExecTokens
            | Self::Command(_) => Exit::Usage,
        }
    }
}
