//! Keys of the audit log: the private one seals, public ones verify.

use crate::config::SecretRef;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What stands before the 32 bytes of an Ed25519 key (RFC 8410, section 4).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A key cannot be used. No part of it is named.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditKeyError {
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("it is no Ed25519 key (PKCS#8 for the private one, `BEGIN PUBLIC KEY` for the public one)")]
    Form,
    /// Others than its owner may read it.
    #[error("others than its owner may read it: `chmod 400` it, and make a new one if they may have read it")]
    Shared,
}

/// Signs.
pub struct SealKey {
    pair: Ed25519KeyPair,
    id: String,
}

impl SealKey {
    /// The key that the configuration names, or the one beside the log, which is made if there is none.
    /// The public key is put beside the log, too.
    ///
    /// # Errors
    /// If the key cannot be read, made or used.
    pub fn load(configured: Option<&SecretRef>, log: &Path) -> Result<Self, AuditKeyError> {
        let key = match configured {
            Some(secret) => Self::parse(secret.load()?.reveal())?,
            None => Self::beside(&with_ending(log, "key"))?,
        };
        key.publish(&with_ending(log, "pub"))?;
        Ok(key)
    }

    /// Whether the key can be used as it is now. Makes none.
    ///
    /// # Errors
    /// If it cannot be read or used.
    pub fn ready(configured: Option<&SecretRef>, log: &Path) -> Result<(), AuditKeyError> {
        match configured {
            Some(secret) => Self::parse(secret.load()?.reveal()).map(drop),
            None => {
                let path = with_ending(log, "key");
                if path.exists() { Self::beside(&path).map(drop) } else { Ok(()) }
            }
        }
    }

    /// The key of this file, which is made if there is none. The public key is put beside `signed`.
    ///
    /// # Errors
    /// If the key cannot be read, made or used.
    pub fn of_file(path: &Path, signed: &Path) -> Result<Self, AuditKeyError> {
        let key = Self::beside(path)?;
        key.publish(&PublicKeys::beside(signed))?;
        Ok(key)
    }

    fn beside(path: &Path) -> Result<Self, AuditKeyError> {
        match fs::metadata(path) {
            Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => Err(AuditKeyError::Shared),
            Ok(_) => Self::parse(&Zeroizing::new(fs::read(path)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let pair = Ed25519KeyPair::generate().map_err(|_| AuditKeyError::Form)?;
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| AuditKeyError::Form)?;
                let text = Zeroizing::new(pem("PRIVATE KEY", der.as_ref()));
                let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
                file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| drop(fs::remove_file(path)))?;
                Ok(Self::of(pair))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, AuditKeyError> {
        let der = match PrivatePkcs8KeyDer::from_pem_slice(bytes) {
            Ok(key) => Zeroizing::new(key.secret_pkcs8_der().to_vec()),
            Err(_) => Zeroizing::new(bytes.to_vec()),
        };
        Ed25519KeyPair::from_pkcs8(&der).map(Self::of).map_err(|_| AuditKeyError::Form)
    }

    fn of(pair: Ed25519KeyPair) -> Self {
        let id = id(pair.public_key().as_ref());
        Self { pair, id }
    }

    /// Adds the public key to a file of them.
    fn publish(&self, path: &Path) -> Result<(), AuditKeyError> {
        if PublicKeys::read(path).is_ok_and(|keys| keys.find(&self.id).is_some()) {
            return Ok(());
        }
        let text = pem("PUBLIC KEY", &[&SPKI, self.pair.public_key().as_ref()].concat());
        let mut file = OpenOptions::new().append(true).create(true).mode(0o644).open(path)?;
        Ok(file.write_all(text.as_bytes()).and_then(|()| file.sync_all())?)
    }

    /// Its identifier: the first half of the public key's hash, shortened.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        // What cannot be signed gets a signature that fits nothing, and the verifier says so.
        self.pair.try_sign(message).map(|signature| signature.as_ref().to_vec()).unwrap_or_else(|_| vec![0; 64])
    }
}

/// Keys that seals may have been made with.
#[derive(Default)]
pub struct PublicKeys {
    keys: Vec<[u8; 32]>,
}

impl PublicKeys {
    /// Reads a file of one or more public keys.
    ///
    /// # Errors
    /// If it cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, AuditKeyError> {
        let text = fs::read(path)?;
        let mut keys = Vec::new();
        for key in SubjectPublicKeyInfoDer::pem_slice_iter(&text) {
            let key = key.map_err(|_| AuditKeyError::Form)?;
            let raw = key.strip_prefix(SPKI.as_slice()).and_then(|raw| raw.try_into().ok());
            keys.push(raw.ok_or(AuditKeyError::Form)?);
        }
        if keys.is_empty() { Err(AuditKeyError::Form) } else { Ok(Self { keys }) }
    }

    /// The file beside a log.
    pub fn beside(log: &Path) -> PathBuf {
        with_ending(log, "pub")
    }

    fn find(&self, wanted: &str) -> Option<&[u8; 32]> {
        self.keys.iter().find(|key| id(key.as_slice()) == wanted)
    }

    /// Whether a signature is that of a key. `None` if the key is not known.
    pub(super) fn verify(&self, key: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let key = self.find(key)?;
        Some(UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok())
    }
}

fn id(public: &[u8]) -> String {
    let mut id = super::line::hex(blake3::hash(public).as_bytes());
    id.truncate(16);
    id
}

/// `audit.jsonl` becomes `audit.jsonl.ENDING`.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
