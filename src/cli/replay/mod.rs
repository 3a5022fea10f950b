//! `hushlog replay`: old logs into a folder that mirrors them, with a manifest; and its check.
//!
//! Options become a plan of `hushlog::replay`; what that reports is printed here. Names of inputs are shown
//! as the manifest has them: scrubbed.

mod about;
mod progress;
mod show;
mod sinks;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hushlog::audit::{Head, PublicKeys};
use hushlog::replay::{self, Filter, Input, Meters, Outcome, Plan, Status, StoreOptions, Stores, Target};

use super::exit::{Exit, Failure};
use super::output::Output;
use super::policy::MaskOptions;
use super::setup::{self, PolicyOptions};
use super::text::{bytes, counted, escape_controls, printable};
use sinks::Sinks;

/// Most bytes of one line of a list.
const NAME_MAX: u64 = 64 << 10;

/// Masks old logs into a folder that mirrors them, with a manifest
///
/// Takes files, folders and patterns; text, gzip and zstd, by content. Each file becomes one of the same
/// name, packed the same way, below the output folder; names are scrubbed like values. What cannot be
/// opened is reported and left out, never copied. The manifest counts everything and is hash-chained;
/// `replay verify` checks it with its outputs. A run that was killed goes on with the same command. See
/// docs/replay.md.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER_HELP, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    policy: PolicyOptions,

    #[command(flatten)]
    masks: MaskOptions,

    /// Folder to write, made if it is not there, or s3://BUCKET/PREFIX
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["dry_run", "to"])]
    output: Option<PathBuf>,

    /// Send the lines to these sinks of the configuration, instead of writing them; repeatable, or with commas between them
    ///
    /// Residency rules and routes of the configuration decide which of them gets the lines of which input.
    #[arg(long, value_name = "SINK", value_delimiter = ',', requires_all = ["config", "manifest"], conflicts_with_all = ["output", "dry_run"])]
    to: Vec<String>,

    #[command(flatten)]
    stores: StoreArguments,

    /// File of inputs, one a line; repeatable
    #[arg(long, value_name = "FILE")]
    list: Vec<PathBuf>,

    /// Where the manifest goes; OUT/manifest.jsonl by default
    ///
    /// A file. It has to be named for an output on S3, where a copy is put when everything is done.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// Key of the digests of inputs; made beside the manifest by default
    ///
    /// The manifest holds HMAC-SHA-256 of each input under this key: a hash without a key could be
    /// guessed. A file of at least 16 bytes that only its owner may read.
    #[arg(long, value_name = "FILE")]
    digest_key: Option<PathBuf>,

    /// Ed25519 key that signs the manifest; made if it is not there
    ///
    /// PKCS#8, as `openssl genpkey -algorithm ed25519` writes it. The public key is put beside the
    /// manifest, with the ending `.pub`.
    #[arg(long, value_name = "FILE")]
    sign_key: Option<PathBuf>,

    /// Files processed at once; one a processor by default
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,

    /// Leave names of files and folders as they are
    #[arg(long)]
    keep_names: bool,

    /// Begin anew, and write over what is there
    #[arg(long)]
    force: bool,

    /// Write nothing; say where personal data is
    #[arg(long)]
    dry_run: bool,

    /// Form of what `--dry-run` says
    #[arg(long, value_enum, default_value_t, requires = "dry_run")]
    format: show::Format,

    /// Files changed on this day or later (UTC)
    #[arg(long, value_name = "YYYY-MM-DD")]
    since: Option<Day>,

    /// Files changed before this day (UTC)
    #[arg(long, value_name = "YYYY-MM-DD")]
    until: Option<Day>,

    /// Only files that the pattern fits; repeatable
    ///
    /// A pattern with a `/` means the path below the common folder, any other the name of the file.
    #[arg(long, value_name = "PATTERN")]
    include: Vec<glob::Pattern>,

    /// Files to leave; repeatable
    #[arg(long, value_name = "PATTERN")]
    exclude: Vec<glob::Pattern>,

    /// Most bytes of inputs read in a second, such as 50MB
    #[arg(long, value_name = "BYTES")]
    rate: Option<Rate>,

    /// How progress is shown on standard error
    #[arg(long, value_enum, default_value_t)]
    progress: progress::Form,

    /// Files, folders, patterns and s3://BUCKET/PREFIX to read
    #[arg(value_name = "IN", required_unless_present = "list")]
    inputs: Vec<PathBuf>,
}

/// How buckets are reached.
#[derive(Clone, Debug, clap::Args)]
struct StoreArguments {
    /// Region of the buckets; that of the environment or the profile by default
    #[arg(long, value_name = "REGION")]
    s3_region: Option<String>,

    /// Address in place of Amazon's own, such as a VPC endpoint
    #[arg(long, value_name = "URL")]
    s3_endpoint: Option<String>,

    /// PEM file of certificates for `--s3-endpoint`
    #[arg(long, value_name = "FILE", requires = "s3_endpoint")]
    s3_ca: Option<PathBuf>,
}

impl StoreArguments {
    fn stores(&self) -> Stores {
        let Self { s3_region, s3_endpoint, s3_ca } = self.clone();
        Stores::new(StoreOptions { region: s3_region, endpoint: s3_endpoint, ca: s3_ca })
    }
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Check a manifest and the outputs that it names; ends with 1 if anything was changed
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
struct Verify {
    /// Manifest
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,

    /// Folder of the outputs, or s3://BUCKET/PREFIX; the folder of the manifest by default
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,

    #[command(flatten)]
    stores: StoreArguments,

    /// Head that was kept elsewhere, as `replay` printed it
    #[arg(long, value_name = "SEQ:HASH")]
    head: Option<Head>,

    /// Public keys of the seal; by default MANIFEST.pub, which who changed the manifest may have changed, too
    #[arg(long, value_name = "FILE")]
    public_key: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Examples:
  hushlog replay /var/log/old -o masked
  hushlog replay --preset hipaa --key hushlog.key --sign-key replay.key -o masked 'logs/*/app.log*'
  hushlog replay --manifest masked.jsonl -o s3://logs-masked/2019 s3://logs-raw/2019
  hushlog replay --dry-run --format html /var/log/old > inventory.html
  hushlog replay verify masked/manifest.jsonl --public-key kept/replay.pub";

/// A day, at its start.
#[derive(Clone, Copy, Debug)]
struct Day(SystemTime);

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What comes back as it was written is a day of the calendar.
        let days = hushlog::policy::days(text).filter(|days| hushlog::policy::date(*days) == text);
        let seconds = days.and_then(|days| u64::try_from(days).ok()).map(|days| days * 86_400);
        let at = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
        at.map(Self).ok_or_else(|| "write a day from 1970 on as YYYY-MM-DD, such as 2026-03-01".to_owned())
    }
}

/// Bytes in a second.
#[derive(Clone, Copy, Debug)]
struct Rate(u64);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const UNITS: [(&str, u64); 6] =
            [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];
        let (number, unit) = UNITS.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit))).unwrap_or((text, 1));
        let rate = number.trim().parse::<u64>().ok().and_then(|number| number.checked_mul(unit)).filter(|rate| *rate > 0);
        rate.map(Self).ok_or_else(|| "write a number of bytes, such as 50MB or 1GiB".to_owned())
    }
}

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    match (&options.command, options.dry_run) {
        (Some(Command::Verify(verify)), _) => check(verify),
        (None, false) => write(options),
        (None, true) => list(options),
    }
}

fn write(options: &Options) -> Result<Exit, Failure> {
    let stores = options.stores.stores();
    let named = options.output.as_deref().map(|out| Target::named(out, &stores)).transpose()?;
    let beside = named.as_ref().and_then(Target::as_folder).map(|folder| folder.join("manifest.jsonl"));
    let manifest = options.manifest.clone().or(beside).ok_or(Failure::NoManifest)?;
    let mut policy = options.policy.clone();
    // A run that goes on judges ages as it began.
    let begun = if options.force { None } else { replay::day_of(&manifest) };
    let as_of = policy.masking.fix_day(begun.as_deref());
    let engine = Arc::new(setup::engine(&policy, &options.masks)?);
    // `--to` comes with a configuration.
    let config = policy.config.as_deref().filter(|_| named.is_none());
    let sinks = config.map(|config| Sinks::start(config, &options.to, &engine)).transpose()?;
    let target = named.or(sinks.as_ref().map(Sinks::target)).ok_or(Failure::NoManifest)?;
    let plan = Plan {
        engine: &engine,
        inputs: inputs(options, Some(&target), &stores)?,
        out: target,
        manifest,
        about: about::about(&policy, &options.masks, &engine, as_of, &options.to)?,
        jobs: jobs(options),
        keep_names: options.keep_names,
        force: options.force,
        digest_key: options.digest_key.clone(),
        sign_key: options.sign_key.clone(),
    };
    let meters = Meters::new(options.rate.map(|rate| rate.0));
    let outcome = options.progress.during(&meters, || replay::run(&plan, &meters));
    let left = sinks.map_or(0, Sinks::finish);
    let outcome = outcome?;
    tell(&outcome);
    if left > 0 {
        super::say_error(&format!(
            "records of {left} bytes wait in the folder of the buffer: the next run with this configuration sends them"
        ));
    }
    if let Some(head) = outcome.head {
        Output::stdout()?.write(format!("{head}\n").as_bytes())?;
    }
    Ok(if outcome.totals.complete() { Exit::Done } else { Exit::Input })
}

/// Says what did not come out whole, and the totals.
fn tell(outcome: &Outcome) {
    for entry in outcome.entries.iter().filter(|entry| entry.status != Status::Done) {
        let what = match entry.status {
            Status::Damaged => "is damaged, what came before is written",
            Status::LeftOut => "is left out",
            _ => "was not read",
        };
        let reason = entry.reason.as_deref().unwrap_or_default();
        super::say(format_args!("hushlog: warning: `{}` {what}: {reason}", escape_controls(&entry.name)));
    }
    let totals = &outcome.totals;
    let findings: u64 = totals.findings.values().sum();
    let others =
        [(totals.damaged, "damaged"), (totals.left_out, "left out"), (totals.unread, "not read"), (outcome.resumed, "done before")];
    let others: String = others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect();
    super::say(format_args!(
        "hushlog: {}, {}{others}; {}, {}, {} withheld",
        counted(totals.inputs, "inputs"),
        bytes(totals.size),
        counted(totals.records, "records"),
        counted(findings, "findings"),
        totals.withheld
    ));
}

fn list(options: &Options) -> Result<Exit, Failure> {
    let mut policy = options.policy.clone();
    policy.masking.fix_day(None);
    let engine = setup::engine(&policy, &options.masks)?;
    // Nothing is written, and an output folder that is named all the same is no input.
    let stores = options.stores.stores();
    let target = options.output.as_deref().map(|out| Target::named(out, &stores)).transpose()?;
    let inputs = inputs(options, target.as_ref(), &stores)?;
    let meters = Meters::new(options.rate.map(|rate| rate.0));
    let found = options.progress.during(&meters, || replay::inventory(&engine, &inputs, options.keep_names, jobs(options), &meters));
    Output::stdout()?.write(&show::page(&found, options.format))?;
    Ok(if found.incomplete == 0 { Exit::Done } else { Exit::Input })
}

fn jobs(options: &Options) -> usize {
    options.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
}

fn inputs(options: &Options, out: Option<&Target>, stores: &Stores) -> Result<Vec<Input>, Failure> {
    let mut given = options.inputs.clone();
    for list in &options.list {
        let unread = |source| Failure::List { file: printable(list.as_os_str()), source };
        let mut file = BufReader::new(File::open(list).map_err(unread)?);
        loop {
            use std::io::Read as _;
            use std::os::unix::ffi::OsStringExt as _;
            let mut line = Vec::new();
            if file.by_ref().take(NAME_MAX).read_until(b'\n', &mut line).map_err(unread)? == 0 {
                break;
            }
            let name = line.strip_suffix(b"\n").unwrap_or(&line);
            let name = name.strip_suffix(b"\r").unwrap_or(name);
            if !name.is_empty() {
                given.push(std::ffi::OsString::from_vec(name.to_vec()).into());
            }
        }
    }
    let filter = Filter {
        include: options.include.clone(),
        exclude: options.exclude.clone(),
        since: options.since.map(|day| day.0),
        until: options.until.map(|day| day.0),
    };
    Ok(replay::collect(&given, &filter, out, stores)?)
}

fn check(verify: &Verify) -> Result<Exit, Failure> {
    let manifest = &verify.manifest;
    let beside = PublicKeys::beside(manifest);
    let keys = match &verify.public_key {
        None if !beside.exists() => None,
        given => {
            let file = given.as_ref().unwrap_or(&beside);
            Some(PublicKeys::read(file).map_err(|source| Failure::AuditKey { file: printable(file.as_os_str()), source })?)
        }
    };
    let out = verify.output.as_deref().or(manifest.parent()).unwrap_or(Path::new("."));
    let out = Target::named(out, &verify.stores.stores())?;
    let verdict = replay::verify(manifest, &out, keys.as_ref(), verify.head)?;
    let mut text = String::new();
    for problem in &verdict.problems {
        text.push_str(&escape_controls(problem));
        text.push('\n');
    }
    let signed = if verdict.signed { "signed" } else { "not signed: who changed it could write it anew" };
    let anchored = if verdict.anchored { "end anchored" } else { "end not anchored" };
    let state = match verdict.problems.len() {
        0 => "intact".to_owned(),
        wrong => counted(wrong as u64, "problems"),
    };
    text.push_str(&format!(
        "{}: {state}; {} and {} as they were written, {signed}, {anchored}\n",
        printable(manifest.as_os_str()),
        counted(verdict.inputs, "inputs"),
        counted(verdict.outputs, "outputs"),
    ));
    Output::stdout()?.write(text.as_bytes())?;
    Ok(if verdict.problems.is_empty() { Exit::Done } else { Exit::Found })
}
