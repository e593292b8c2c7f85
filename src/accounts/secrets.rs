//! Sealing: how secrets are kept at rest.
//!
//! Promises:
//! - a sealed value opens only with the key it was sealed with, and only for the record it was sealed for;
//! - the key lives outside the database, in a file that only its owner can read;
//! - neither the key nor an opened value has a way to be printed or serialised.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

const KEY_LENGTH: usize = 32;
const NONCE_LENGTH: usize = 24;
/// The first byte of every sealed value: XChaCha20-Poly1305 with the record's id and the purpose as associated data.
/// 1 was the same without the fingerprint and the purpose.
const VERSION: u8 = 2;
const FINGERPRINT_LENGTH: usize = 8;

/// What a value is sealed for beside its record, so that one value of a record does not open in the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Secret,
    StaticHeader,
    Credentials,
    Totp,
    DestinationSecret,
    DestinationHeaders,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::StaticHeader => "static_header",
            Self::Credentials => "credentials",
            Self::Totp => "totp",
            Self::DestinationSecret => "destination_secret",
            Self::DestinationHeaders => "destination_headers",
        }
    }
}

/// Tells one sealing key from another without telling anything of either. Every sealed value begins with the version and
/// the fingerprint of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyFingerprint(pub [u8; FINGERPRINT_LENGTH]);

impl std::fmt::Display for KeyFingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl KeyFingerprint {
    /// Of the key that sealed the value; `None` when it is none.
    pub fn of_sealed(sealed: &[u8]) -> Option<Self> {
        let (&version, rest) = sealed.split_first()?;
        let fingerprint = rest.first_chunk()?;
        (version == VERSION).then_some(Self(*fingerprint))
    }
}

/// Whether an earlier version of this program sealed the value, in a form that this one does not open.
pub(super) fn is_of_earlier_version(sealed: &[u8]) -> bool {
    sealed.first().is_some_and(|version| *version < VERSION)
}

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("the key file {path} cannot be read or written: {source}", path = .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("the key file {path} does not hold 32 bytes in base64", path = .path.display())]
    Malformed { path: PathBuf },
    #[error("the key file {path} can be read by others: run `chmod 600 {path}`", path = .path.display())]
    TooOpen { path: PathBuf },
}

/// A sealed value does not open: another key sealed it, it was sealed for another record, or it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the key does not open it")]
pub struct Unopenable;

/// Seals and opens secrets.
pub struct SealingKey(Zeroizing<[u8; KEY_LENGTH]>);

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

impl SealingKey {
    pub fn new(key: [u8; KEY_LENGTH]) -> Self {
        Self(Zeroizing::new(key))
    }

    /// Reads the key from a file, or makes one with mode 0600 when there is no such file.
    pub fn load_or_create(path: &Path) -> Result<Self, KeyFileError> {
        let create = || {
            Self::create(path).map_err(|source| KeyFileError::Io {
                path: path.to_owned(),
                source,
            })
        };
        Self::load(path)?.map_or_else(create, Ok)
    }

    /// Reads the key from a file; `None` when there is no such file.
    pub fn load(path: &Path) -> Result<Option<Self>, KeyFileError> {
        let io = |source| KeyFileError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = match OpenOptions::new().read(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(io(error)),
        };
        if file.metadata().map_err(io)?.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::TooOpen { path: path.to_owned() });
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(io)?;
        let malformed = || KeyFileError::Malformed { path: path.to_owned() };
        Self::from_base64(text.trim()).map(Some).ok_or_else(malformed)
    }

    /// A key as it stands in a key file; `None` when the text is not 32 bytes in base64.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(BASE64.decode(text).ok()?);
        bytes.as_slice().try_into().ok().map(Self::new)
    }

    /// A key that nobody knows.
    fn random() -> std::io::Result<Self> {
        let mut key = Zeroizing::new([0; KEY_LENGTH]);
        getrandom::fill(key.as_mut_slice()).map_err(std::io::Error::other)?;
        Ok(Self(key))
    }

    /// Makes a key in a file that is not there yet; both are on the disk afterwards.
    pub(super) fn create_new(path: &Path) -> std::io::Result<Self> {
        let key = Self::random()?;
        write_new(path, key.to_base64().as_bytes())?;
        flush_folder_of(path)?;
        Ok(key)
    }

    fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64.encode(self.0.as_slice()) + "\n")
    }

    /// The key is complete in a file of its own before it gets its name, so that a crash leaves no half key, and a
    /// node that starts at the same instant does not overwrite it.
    fn create(path: &Path) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let key = Self::random()?;
        let text = key.to_base64();
        let unnamed = path.with_extension(format!("new-{:016x}", getrandom::u64().map_err(std::io::Error::other)?));
        let named = write_new(&unnamed, text.as_bytes()).and_then(|()| std::fs::hard_link(&unnamed, path));
        let removed = std::fs::remove_file(&unnamed);
        match named {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let text = Zeroizing::new(std::fs::read_to_string(path)?);
                return Self::from_base64(text.trim())
                    .ok_or_else(|| std::io::Error::other("another process wrote an unreadable key"));
            }
            named => named.and(removed)?,
        }
        // The name must survive a power cut as surely as what will be sealed with the key.
        flush_folder_of(path)?;
        Ok(key)
    }

    pub fn fingerprint(&self) -> KeyFingerprint {
        let derived = self.derive("fingerprint");
        KeyFingerprint(*derived.first_chunk().expect("a digest is longer than a fingerprint"))
    }

    /// Seals `value` for the record with that id.
    pub fn seal(&self, record: Uuid, purpose: Purpose, value: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_LENGTH];
        getrandom::fill(&mut nonce).expect("the operating system gives random bytes");
        let sealed = self
            .cipher()
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: value,
                    aad: &associated(record, purpose),
                },
            )
            .expect("a secret is far shorter than what the cipher can take");
        [&[VERSION], self.fingerprint().0.as_slice(), &nonce, &sealed].concat()
    }

    /// Opens what [`Self::seal`] sealed for the same record and purpose.
    pub fn open(&self, record: Uuid, purpose: Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unopenable> {
        if KeyFingerprint::of_sealed(sealed) != Some(self.fingerprint()) {
            return Err(Unopenable);
        }
        let rest = &sealed[1 + FINGERPRINT_LENGTH..];
        let (nonce, message) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(Unopenable)?;
        self.cipher()
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: message,
                    aad: &associated(record, purpose),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| Unopenable)
    }

    /// A seed that only the owner of the key can make again, for keys that need not be stored.
    pub fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.as_slice()).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.as_slice().try_into().expect("the key has the cipher's length"))
    }
}

fn associated(record: Uuid, purpose: Purpose) -> Vec<u8> {
    [record.as_bytes().as_slice(), purpose.as_str().as_bytes()].concat()
}

/// Writes a file that only its owner can read, and flushes it.
fn write_new(path: &Path, contents: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(contents)?;
    file.sync_all()
}

/// Flushes the names in the folder that the file lies in.
pub(super) fn flush_folder_of(path: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder_of(path))?.sync_all()
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| *folder != Path::new(""))
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_only_with_its_key_and_for_its_record() {
        let (key, other_key) = (SealingKey::new([1; 32]), SealingKey::new([2; 32]));
        let (record, other_record) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let sealed = key.seal(record, Purpose::Secret, b"wbhsec_x");
        assert_eq!(
            key.open(record, Purpose::Secret, &sealed).expect("opens").as_slice(),
            b"wbhsec_x"
        );
        assert_eq!(other_key.open(record, Purpose::Secret, &sealed), Err(Unopenable));
        assert_eq!(key.open(other_record, Purpose::Secret, &sealed), Err(Unopenable));
        assert_eq!(key.open(record, Purpose::Credentials, &sealed), Err(Unopenable));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(key.open(record, Purpose::Secret, &changed), Err(Unopenable));
            assert_eq!(key.open(record, Purpose::Secret, &sealed[..at]), Err(Unopenable));
        }
    }

    #[test]
    fn the_key_file_is_made_once_and_only_its_owner_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deeper").join("hookproof.key");
        let first = SealingKey::load_or_create(&path).expect("made");
        assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        let again = SealingKey::load_or_create(&path).expect("read");
        let sealed = first.seal(Uuid::nil(), Purpose::Secret, b"secret");
        assert_eq!(
            again
                .open(Uuid::nil(), Purpose::Secret, &sealed)
                .expect("the same key")
                .as_slice(),
            b"secret"
        );

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(matches!(SealingKey::load_or_create(&path), Err(KeyFileError::TooOpen { .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("changed");
        std::fs::write(&path, "short").expect("written");
        assert!(matches!(
            SealingKey::load_or_create(&path),
            Err(KeyFileError::Malformed { .. })
        ));
    }
}
