//! The sealed history: a line for each change, chained by hash to the one before, signed by the registry, verified by anyone offline.
//!
//! What is hashed is the text of the line as it is kept and sent, so that nobody needs to agree on a form of JSON. The signature
//! covers the hash; the hash covers the line; the line names the hash before it. So a line that was changed, left out, added or
//! moved shows, also to somebody who has seen nothing but a later line. Pure: no clock, no store.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use protocol::digest::digest;
use protocol::keys::{KeyTextError, SigningKeyPair, VerifyingKey, parse_signing_public};
use serde::{Deserialize, Serialize};

/// What `previous` of the first line says.
pub const BEGINNING: &str = "";
/// Stands before the hash in what is signed, so that no other signature of the registry can be taken for one of these.
const PURPOSE: &str = "registry history v1\n";

/// One change, as the line's text says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Subscriber id of the registry.
    pub registry: String,
    /// Counts from 1 without gaps.
    pub seq: i64,
    pub at: jiff::Timestamp,
    pub subscriber_id: String,
    pub event: String,
    pub actor: String,
    pub detail: String,
    /// Hash of the line before; [`BEGINNING`] in the first.
    pub previous: String,
}

/// A line with its seal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct SealedLine {
    pub seq: i64,
    pub subscriber_id: String,
    /// A [`Change`] as JSON, byte for byte what `hash` is of.
    pub line: String,
    /// BLAKE2b-512 of `line`, base64.
    pub hash: String,
    #[serde(rename = "ukId")]
    pub unique_key_id: String,
    /// Ed25519 over [`PURPOSE`] and `hash`, base64.
    pub signature: String,
}

impl SealedLine {
    /// Seals a change.
    pub fn seal(change: &Change, unique_key_id: &str, key: &SigningKeyPair) -> serde_json::Result<Self> {
        let line = serde_json::to_string(change)?;
        let hash = digest(line.as_bytes());
        let signature = STANDARD.encode(key.sign(signed_text(&hash).as_bytes()));
        let (seq, subscriber_id) = (change.seq, change.subscriber_id.clone());
        Ok(Self { seq, subscriber_id, line, hash, unique_key_id: unique_key_id.to_owned(), signature })
    }
}

fn signed_text(hash: &str) -> String {
    format!("{PURPOSE}{hash}")
}

/// Public signing keys of the registry, by name.
#[derive(Clone, Debug, Default)]
pub struct RegistryKeys(BTreeMap<String, VerifyingKey>);

/// Why a list of keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    #[error("not the answer of GET /public-keys: {0}")]
    Form(#[from] serde_json::Error),
    #[error("key {unique_key_id}: {source}")]
    Key { unique_key_id: String, source: KeyTextError },
}

impl RegistryKeys {
    /// Reads the answer of `GET /public-keys`.
    ///
    /// # Errors
    /// What is wrong with which key.
    pub fn read(text: &str) -> Result<Self, KeysError> {
        #[derive(Deserialize)]
        struct Answer {
            keys: Vec<One>,
        }
        #[derive(Deserialize)]
        struct One {
            #[serde(rename = "ukId")]
            unique_key_id: String,
            signing_public_key: String,
        }
        let answer: Answer = serde_json::from_str(text)?;
        let mut keys = Self::default();
        for One { unique_key_id, signing_public_key } in answer.keys {
            keys.add(&unique_key_id, &signing_public_key)?;
        }
        Ok(keys)
    }

    /// Adds one key.
    ///
    /// # Errors
    /// When the text is no good key.
    pub fn add(&mut self, unique_key_id: &str, text: &str) -> Result<(), KeysError> {
        let key = parse_signing_public(text);
        let key = key.map_err(|source| KeysError::Key { unique_key_id: unique_key_id.to_owned(), source })?;
        self.0.insert(unique_key_id.to_owned(), key);
        Ok(())
    }
}

/// Where a history does not hold, and why.
#[derive(Debug, thiserror::Error)]
#[error("line {at}: {why}")]
pub struct Broken {
    /// Counts the lines of the file from 1.
    pub at: usize,
    pub why: Flaw,
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("its text was changed: the hash is that of another text")]
    Text,
    #[error("seq and subscriber_id beside the text are not those in it")]
    Label,
    #[error("number {expected} is missing; this is number {found}")]
    Gap { expected: i64, found: i64 },
    #[error("it does not follow the line before it: `previous` is another hash")]
    Link,
    #[error("it is of the registry {found}, the lines before it of {expected}")]
    Registry { expected: String, found: String },
    #[error("the registry's key {0} is not among the given keys")]
    UnknownKey(String),
    #[error("the signature is not the registry's")]
    Signature,
}

/// Follows a history line by line.
#[derive(Debug, Default)]
pub struct Verifier {
    keys: RegistryKeys,
    last: Option<(Change, String)>,
    lines: usize,
}

impl Verifier {
    pub fn new(keys: RegistryKeys) -> Self {
        Self { keys, ..Self::default() }
    }

    /// The next line. The first one may be any line of a history: what came before it is then not known.
    ///
    /// # Errors
    /// The first flaw; nothing after it counts.
    pub fn follow(&mut self, sealed: &SealedLine) -> Result<(), Broken> {
        self.lines += 1;
        let change = self.check(sealed).map_err(|why| Broken { at: self.lines, why })?;
        self.last = Some((change, sealed.hash.clone()));
        Ok(())
    }

    /// The same for a line of NDJSON.
    ///
    /// # Errors
    /// As [`Verifier::follow`], and when it cannot be read.
    pub fn follow_text(&mut self, text: &str) -> Result<(), Broken> {
        match serde_json::from_str(text) {
            Ok(sealed) => self.follow(&sealed),
            Err(error) => Err(Broken { at: self.lines + 1, why: error.into() }),
        }
    }

    /// Lines that hold.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// The newest line that holds, and its hash.
    pub fn head(&self) -> Option<(&Change, &str)> {
        self.last.as_ref().map(|(change, hash)| (change, hash.as_str()))
    }

    fn check(&self, sealed: &SealedLine) -> Result<Change, Flaw> {
        if digest(sealed.line.as_bytes()) != sealed.hash {
            return Err(Flaw::Text);
        }
        let change: Change = serde_json::from_str(&sealed.line)?;
        if (change.seq, &change.subscriber_id) != (sealed.seq, &sealed.subscriber_id) {
            return Err(Flaw::Label);
        }
        self.check_link(&change)?;
        let key = self.keys.0.get(&sealed.unique_key_id);
        let key = key.ok_or_else(|| Flaw::UnknownKey(sealed.unique_key_id.clone()))?;
        let signature = STANDARD.decode(&sealed.signature).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
        let signature = protocol::keys::Signature::from_bytes(&signature.ok_or(Flaw::Signature)?);
        key.verify_strict(signed_text(&sealed.hash).as_bytes(), &signature).map_err(|_| Flaw::Signature)?;
        Ok(change)
    }

    fn check_link(&self, change: &Change) -> Result<(), Flaw> {
        let Some((before, hash)) = &self.last else {
            let is_first = change.seq == 1;
            return if is_first == (change.previous == BEGINNING) { Ok(()) } else { Err(Flaw::Link) };
        };
        if change.registry != before.registry {
            return Err(Flaw::Registry { expected: before.registry.clone(), found: change.registry.clone() });
        }
        if change.seq != before.seq + 1 {
            return Err(Flaw::Gap { expected: before.seq + 1, found: change.seq });
        }
        if change.previous == *hash { Ok(()) } else { Err(Flaw::Link) }
    }
}

#[cfg(test)]
mod tests;
