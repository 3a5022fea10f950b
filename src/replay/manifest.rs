//! The manifest: one line for the whole, one for each input, one with the totals, and a seal.
//!
//! Chained and signed as `audit::chain` does it. It holds no time, so that a replay that was killed and
//! went on ends with the same bytes. It appears when everything else is on disk.

use super::ReplayError;
use super::entry::{Entry, Totals};
use crate::audit::SealKey;
use crate::audit::chain::{Chain, hex};
use crate::audit::{AuditKeyError, Head};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// What a signature is made for, so that it fits nothing else.
pub(super) const DOMAIN: &[u8] = b"hushlog replay manifest v1\n";
/// Longest line; one names some hundred kinds at most.
pub(super) const LINE_MAX: u64 = 1 << 20;
/// Bytes of a new key for digests.
const KEY: usize = 32;

/// Under what the inputs were processed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Version of the program.
    pub version: String,
    /// Names of presets, with commas.
    pub preset: String,
    /// Hash of what is looked for: the catalogue and the rule files.
    pub rules: String,
    /// Hash of everything that decides what is masked and how.
    pub config: String,
    /// Day on which ages are judged.
    pub as_of: String,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct First {
    pub(super) manifest: u32,
    #[serde(flatten)]
    pub(super) about: About,
    /// Keyed digest of inputs and options, by which a run knows its own.
    pub(super) plan: String,
    pub(super) inputs: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) signed_by: Option<String>,
}

/// Which of the lines one is.
#[derive(Deserialize)]
pub(super) struct Tag {
    pub(super) event: String,
    #[serde(default)]
    pub(super) key: Option<String>,
}

/// A file beside the manifest.
pub(super) fn beside(manifest: &Path, ending: &str) -> PathBuf {
    let mut name = manifest.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Writes the manifest, and gives its last line.
pub(super) fn write(path: &Path, first: &First, entries: &[Entry], totals: &Totals, key: Option<&SealKey>) -> Result<Head, ReplayError> {
    let new = beside(path, "new");
    let outcome = fill(&new, first, entries, totals, key);
    let outcome = outcome.and_then(|head| fs::rename(&new, path).map(|()| head));
    outcome.map_err(|source| ReplayError::own(path, source))
}

fn fill(new: &Path, first: &First, entries: &[Entry], totals: &Totals, key: Option<&SealKey>) -> io::Result<Head> {
    let mut file = BufWriter::new(File::create(new)?);
    let mut chain = Chain::default();
    file.write_all(chain.line(&members("head", first)?).as_bytes())?;
    for entry in entries {
        file.write_all(chain.line(&members("input", entry)?).as_bytes())?;
    }
    file.write_all(chain.line(&members("end", totals)?).as_bytes())?;
    if let Some(key) = key {
        file.write_all(chain.seal(key, DOMAIN).as_bytes())?;
    }
    file.into_inner()?.sync_all()?;
    Ok(chain.head())
}

fn members(event: &str, value: &impl Serialize) -> io::Result<String> {
    let text = serde_json::to_string(value)?;
    let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or_default();
    Ok(format!("\"event\":\"{event}\",{inside}"))
}

/// The first line of a manifest that is there, as far as it is one.
pub(super) fn first(path: &Path) -> Option<First> {
    let mut text = Vec::new();
    BufReader::new(File::open(path).ok()?).take(LINE_MAX).read_until(b'\n', &mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The totals of a manifest that is there.
pub(super) fn totals(path: &Path) -> Option<Totals> {
    let text = fs::read(path).ok()?;
    let lines = text.split(|byte| *byte == b'\n').rev();
    lines.take(3).find(|line| serde_json::from_slice::<Tag>(line).is_ok_and(|tag| tag.event == "end")).and_then(|line| {
        // What the line has beside the totals is passed over.
        serde_json::from_slice(line).ok()
    })
}

/// Reads the key of digests, or makes it where `given` is none: beside the manifest.
pub(super) fn digest_key(given: Option<&Path>, manifest: &Path) -> Result<Vec<u8>, AuditKeyError> {
    let own = beside(manifest, "digest-key");
    let path = given.unwrap_or(&own);
    match File::open(path) {
        Ok(file) => {
            if file.metadata()?.permissions().mode() & 0o077 != 0 {
                return Err(AuditKeyError::Shared);
            }
            let mut text = Vec::new();
            (&file).take(1 << 12).read_to_end(&mut text)?;
            let key = text.trim_ascii().to_vec();
            // Fewer bytes could be tried out.
            if key.len() < 16 { Err(io::Error::new(io::ErrorKind::InvalidData, "it has fewer than 16 bytes").into()) } else { Ok(key) }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && given.is_none() => {
            let mut secret = [0; KEY];
            getrandom::fill(&mut secret).map_err(|_| io::Error::other("the operating system gives no random bytes"))?;
            let text = hex(&secret);
            // Under its name only when it is whole: half a key would begin another replay.
            let new = beside(manifest, "digest-key.new");
            let _ = fs::remove_file(&new);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(format!("{text}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&new, path)?;
            Ok(text.into_bytes())
        }
        Err(error) => Err(error.into()),
    }
}
