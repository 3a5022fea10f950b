//! Options and environment to an engine: preset, packs, rules, masks, kernel.
//!
//! Everything that can be wrong about them is found here, before any input is opened.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use hushlog::{Engine, Kernel, Mask};

use super::config;
use super::exit::Failure;
use super::policy::{self, MaskOptions, MaskingOptions};
use super::text::printable;

/// Environment variable that forces a kernel.
const KERNEL_VARIABLE: &str = "HUSHLOG_KERNEL";

/// Largest file of user rules. Rules are written by hand; this is some ten thousand.
const RULES_MAX: u64 = 4 << 20;

/// What is looked for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct PolicyOptions {
    /// Configuration to take the policy from; see `hushlog init`
    ///
    /// Preset, packs, rules, formats of your site, masks and keys for tokens. `--packs`, `--rules`,
    /// `--mask` and `--key` add to it.
    #[arg(short, long, value_name = "FILE", conflicts_with_all = ["preset", "mode", "reference", "floor"])]
    pub(super) config: Option<PathBuf>,

    /// Built-in policy, or several with commas between them
    ///
    /// Which kinds are looked for, how sure a finding has to be, and which masks are allowed:
    /// `standard`, `hipaa`, `gdpr`, `pci`, `soc2`. Of several, the strictest of everything. See
    /// docs/policy.md.
    #[arg(long, value_name = "NAMES", default_value = "standard")]
    pub(super) preset: String,

    #[command(flatten)]
    pub(super) masking: Box<MaskingOptions>,
    /// National identifiers to look for as well
    ///
    /// Country codes with commas between them, such as `gb,de`, or `all`; off by default.
    /// docs/detectors.md lists the packs and what is in each.
    #[arg(long, value_name = "PACKS")]
    pub(super) packs: Option<String>,

    /// File of user rules; repeatable
    ///
    /// TOML, described in docs/rules.md. Rules add kinds of your own; they cannot switch
    /// a built-in kind off.
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,
}

impl PolicyOptions {
    /// The preset `standard` with these rule files.
    pub(super) fn standard(rules: Vec<PathBuf>) -> Self {
        Self { config: None, preset: "standard".to_owned(), masking: Box::default(), packs: None, rules }
    }
}

/// One `--mask KIND=MASK`.
#[derive(Clone, Debug)]
pub(super) struct MaskOption {
    kind: String,
    mask: Mask,
}

impl FromStr for MaskOption {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some((kind, mask)) = text.split_once('=') else {
            return Err("it has no `=`; write KIND=MASK, such as email=partial".to_owned());
        };
        match mask.parse() {
            Ok(mask) => Ok(Self { kind: kind.to_owned(), mask }),
            Err(_) => {
                let known = Mask::ALL.map(|mask| format!("`{}`", mask.name())).join(", ");
                Err(format!("there is no mask `{mask}`; known: {known}"))
            }
        }
    }
}

/// Whether the options, or the configuration that they name, have keys for tokens.
pub(super) fn has_keys(policy: &PolicyOptions) -> Result<bool, Failure> {
    let of_file = policy.config.as_deref().map(|path| config::read(path)?.merged(policy)).transpose()?;
    Ok(!of_file.as_ref().unwrap_or(policy).masking.keys.is_empty())
}

/// The options with those of the configuration that they name.
#[cfg(feature = "server")]
pub(super) fn merged(policy: &PolicyOptions) -> Result<PolicyOptions, Failure> {
    match policy.config.as_deref() {
        Some(path) => config::read(path)?.merged(policy),
        None => Ok(policy.clone()),
    }
}

/// Builds the engine that the options and the environment ask for.
pub(super) fn engine(policy: &PolicyOptions, masks: &MaskOptions) -> Result<Engine, Failure> {
    engine_with(policy, masks, kernel(None)?)
}

/// The same, with this kernel.
pub(super) fn engine_with(policy: &PolicyOptions, masks: &MaskOptions, kernel: Kernel) -> Result<Engine, Failure> {
    let merged;
    let (policy, mut builder) = match &policy.config {
        Some(path) => {
            let file = config::read(path)?;
            merged = file.merged(policy)?;
            (&merged, file.builder(&merged)?)
        }
        None => (policy, policy::builder(&policy.preset, &policy.masking)?),
    };
    if let Some(packs) = &policy.packs {
        builder = builder.packs(packs).map_err(Failure::Packs)?;
    }
    for path in &policy.rules {
        let file = printable(path.as_os_str());
        let text = read_rules(path, &file)?;
        builder = builder.rules(&file, &text).map_err(Failure::Rules)?;
    }
    for MaskOption { kind, mask } in &masks.masks {
        builder = builder.mask(kind, *mask).map_err(|source| Failure::Mask { kind: kind.clone(), mask: mask.name().to_owned(), source })?;
    }
    let engine = builder.json_numbers(masks.numbers()).kernel(kernel).build().map_err(Failure::Build)?;
    let presets: Vec<String> = policy.preset.split(',').map(|name| name.trim().to_owned()).collect();
    hushlog::policy::loosenings(&presets, engine.loosenings(), policy.masking.day())?;
    Ok(engine)
}

/// An engine that looks for every kind, and for what these rule files name.
pub(super) fn every_kind(rules: &[PathBuf]) -> Result<Engine, Failure> {
    let mut builder = Engine::builder().all_kinds();
    for path in rules {
        let file = printable(path.as_os_str());
        builder = builder.rules(&file, &read_rules(path, &file)?).map_err(Failure::Rules)?;
    }
    builder.kernel(kernel(None)?).build().map_err(Failure::Build)
}

/// The kernel an option names, or else the environment, or else the best one.
pub(super) fn kernel(option: Option<&str>) -> Result<Kernel, Failure> {
    let (option, given) = match (option, std::env::var_os(KERNEL_VARIABLE)) {
        (Some(name), _) => ("--kernel", name.to_owned()),
        (None, Some(name)) if !name.is_empty() => (KERNEL_VARIABLE, printable(&name)),
        (None, _) => return Ok(Kernel::best()),
    };
    match Kernel::from_name(&given) {
        Some(kernel) if kernel.is_available() => Ok(kernel),
        _ => Err(Failure::Kernel { option, given, available: available_kernels().map(Kernel::name).collect::<Vec<_>>().join(", ") }),
    }
}

/// Whether the environment forces a kernel.
pub(super) fn kernel_is_forced() -> bool {
    std::env::var_os(KERNEL_VARIABLE).is_some_and(|name| !name.is_empty())
}

/// The kernels this processor can run, fastest first.
pub(super) fn available_kernels() -> impl Iterator<Item = Kernel> {
    Kernel::ALL.into_iter().filter(|kernel| kernel.is_available())
}

fn read_rules(path: &Path, file: &str) -> Result<String, Failure> {
    let mut text = String::new();
    let outcome = File::open(path).and_then(|reader| reader.take(RULES_MAX + 1).read_to_string(&mut text));
    match outcome {
        Ok(read) if read as u64 > RULES_MAX => Err(Failure::RulesTooLarge { file: file.to_owned(), limit: RULES_MAX }),
        Ok(_) => Ok(text),
        Err(source) => Err(Failure::RulesUnread { file: file.to_owned(), source }),
    }
}
