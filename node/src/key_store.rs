//! The private keys of a participant, in one file that only its owner can read.
//!
//! The file can hold several key pairs: the active one, and a next one that is made before a rotation. To rotate:
//! [`stage`](KeyStore::stage) a new pair, subscribe it at the registry, wait until caches have it, then
//! [`activate`](KeyStore::activate) it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use protocol::ids::{IdError, SubscriberId, UniqueKeyId};
use protocol::keys::{EncryptionKeyPair, KeyTextError, Signer, SigningKeyPair};
use protocol::randomness::Randomness;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyStoreError {
    #[error("keys file {path}: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("keys file {path} is not in the expected form: {source}")]
    Form { path: PathBuf, source: serde_json::Error },
    #[error("keys file {path}, key {unique_key_id}: {source}")]
    Key { path: PathBuf, unique_key_id: String, source: KeyTextError },
    #[error("keys file {path} has no key `{unique_key_id}`; leave unique_key_id empty to use the active one")]
    Unknown { path: PathBuf, unique_key_id: String },
    #[error("unique_key_id: {0}")]
    Id(#[from] IdError),
    #[error("keys file {path} can be read by others (mode {mode:o}); run: chmod 600 {path}")]
    Open { path: PathBuf, mode: u32 },
}

/// One key pair for signatures and one for encryption, under one name in the registry.
#[derive(Clone, Debug)]
pub struct KeyPair {
    pub unique_key_id: UniqueKeyId,
    pub signing: SigningKeyPair,
    pub encryption: EncryptionKeyPair,
}

#[derive(Serialize, Deserialize)]
struct File {
    active: String,
    keys: Vec<FileKey>,
}

#[derive(Clone, Serialize, Deserialize)]
struct FileKey {
    unique_key_id: String,
    signing_private_key: Zeroizing<String>,
    encryption_private_key: Zeroizing<String>,
}

/// The keys of one participant.
#[derive(Debug)]
pub struct KeyStore {
    path: PathBuf,
    subscriber_id: SubscriberId,
    keys: RwLock<Keys>,
}

#[derive(Clone, Debug)]
struct Keys {
    active: Arc<KeyPair>,
    all: Vec<Arc<KeyPair>>,
}

impl KeyStore {
    /// Reads the file, or makes it (mode 0600) with a new pair. `unique_key_id` "" takes the active pair of the file.
    pub fn open_or_create(
        path: &Path,
        subscriber_id: SubscriberId,
        unique_key_id: &str,
        randomness: &dyn Randomness,
    ) -> Result<Self, KeyStoreError> {
        let keys = if path.exists() {
            read(path, unique_key_id)?
        } else {
            let name =
                if unique_key_id.is_empty() { randomness.uuid_v4().to_string() } else { unique_key_id.to_owned() };
            let pair = Arc::new(generate(UniqueKeyId::parse(name)?, randomness));
            let keys = Keys { active: pair.clone(), all: vec![pair] };
            write(path, &keys)?;
            keys
        };
        Ok(Self { path: path.to_owned(), subscriber_id, keys: RwLock::new(keys) })
    }

    /// What a message is signed with.
    pub fn signer(&self) -> Signer {
        let active = self.active();
        Signer {
            subscriber_id: self.subscriber_id.clone(),
            unique_key_id: active.unique_key_id.clone(),
            key: active.signing.clone(),
        }
    }

    /// The active pair for encryption.
    pub fn encryption(&self) -> EncryptionKeyPair {
        self.active().encryption.clone()
    }

    /// The name of the active pair in the registry.
    pub fn unique_key_id(&self) -> UniqueKeyId {
        self.active().unique_key_id.clone()
    }

    /// The active pair.
    pub fn active(&self) -> Arc<KeyPair> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).active.clone()
    }

    /// All pairs, the active one among them.
    pub fn all(&self) -> Vec<Arc<KeyPair>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// Makes a new pair and stores it beside the active one.
    pub fn stage(&self, randomness: &dyn Randomness) -> Result<Arc<KeyPair>, KeyStoreError> {
        let pair = Arc::new(generate(UniqueKeyId::parse(randomness.uuid_v4().to_string())?, randomness));
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = keys.clone();
        next.all.push(pair.clone());
        write(&self.path, &next)?;
        *keys = next;
        Ok(pair)
    }

    /// Signs with the pair of this name from now on. The old pair stays in the file.
    pub fn activate(&self, unique_key_id: &UniqueKeyId) -> Result<(), KeyStoreError> {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = keys.clone();
        next.active = find(&next.all, unique_key_id.as_str()).ok_or_else(|| self.unknown(unique_key_id.as_str()))?;
        write(&self.path, &next)?;
        *keys = next;
        Ok(())
    }

    fn unknown(&self, unique_key_id: &str) -> KeyStoreError {
        KeyStoreError::Unknown { path: self.path.clone(), unique_key_id: unique_key_id.to_owned() }
    }
}

fn generate(unique_key_id: UniqueKeyId, randomness: &dyn Randomness) -> KeyPair {
    let (signing, encryption) = (SigningKeyPair::generate(randomness), EncryptionKeyPair::generate(randomness));
    KeyPair { unique_key_id, signing, encryption }
}

fn find(all: &[Arc<KeyPair>], unique_key_id: &str) -> Option<Arc<KeyPair>> {
    all.iter().find(|pair| pair.unique_key_id.as_str() == unique_key_id).cloned()
}

fn read(path: &Path, wanted: &str) -> Result<Keys, KeyStoreError> {
    refuse_open(path)?;
    let failed = |source| KeyStoreError::File { path: path.to_owned(), source };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
    let file: File =
        serde_json::from_str(&text).map_err(|source| KeyStoreError::Form { path: path.to_owned(), source })?;
    let pair = |key: &FileKey| {
        let bad =
            |source| KeyStoreError::Key { path: path.to_owned(), unique_key_id: key.unique_key_id.clone(), source };
        Ok::<_, KeyStoreError>(Arc::new(KeyPair {
            unique_key_id: UniqueKeyId::parse(key.unique_key_id.as_str())?,
            signing: SigningKeyPair::from_text(&key.signing_private_key).map_err(bad)?,
            encryption: EncryptionKeyPair::from_text(&key.encryption_private_key).map_err(bad)?,
        }))
    };
    let all = file.keys.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    let wanted = if wanted.is_empty() { file.active.as_str() } else { wanted };
    let active = find(&all, wanted)
        .ok_or_else(|| KeyStoreError::Unknown { path: path.to_owned(), unique_key_id: wanted.to_owned() })?;
    Ok(Keys { active, all })
}

/// Writes a new file beside the old one and puts it in its place, so that a crash never leaves half a file.
fn write(path: &Path, keys: &Keys) -> Result<(), KeyStoreError> {
    let failed = |source| KeyStoreError::File { path: path.to_owned(), source };
    let file = File {
        active: keys.active.unique_key_id.to_string(),
        keys: keys
            .all
            .iter()
            .map(|pair| FileKey {
                unique_key_id: pair.unique_key_id.to_string(),
                signing_private_key: pair.signing.secret_text(),
                encryption_private_key: pair.encryption.secret_text(),
            })
            .collect(),
    };
    let text = serde_json::to_string_pretty(&file).map(Zeroizing::new);
    let text = text.map_err(|source| KeyStoreError::Form { path: path.to_owned(), source })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    // tempfile makes its files with mode 0600.
    let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    new.write_all(text.as_bytes()).map_err(failed)?;
    new.as_file().sync_all().map_err(failed)?;
    new.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn refuse_open(path: &Path) -> Result<(), KeyStoreError> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |source| KeyStoreError::File { path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 { Err(KeyStoreError::Open { path: path.to_owned(), mode }) } else { Ok(()) }
}

#[cfg(not(unix))]
fn refuse_open(_path: &Path) -> Result<(), KeyStoreError> {
    Ok(())
}
