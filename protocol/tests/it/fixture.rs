//! Two participants, a gateway, their keys, and a registry that a test can change.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use protocol::http::HttpFailure;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::keys::{Signer, SigningKeyPair};
use protocol::participant::{Participant, Role, Status};
use protocol::randomness::SeededRandomness;
use protocol::registry_client::{Filter, KeySource, LookupError};

pub const NOW: &str = "2025-10-09T08:54:20Z";

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub fn id(text: &str) -> SubscriberId {
    SubscriberId::parse(text).unwrap()
}

pub fn key_id(text: &str) -> UniqueKeyId {
    UniqueKeyId::parse(text).unwrap()
}

pub fn signer(subscriber: &str, seed: u64) -> Signer {
    let key = SigningKeyPair::generate(&SeededRandomness::new(seed));
    Signer { subscriber_id: id(subscriber), unique_key_id: key_id("k1"), key }
}

pub fn buyer() -> Signer {
    signer("buyer.example.com", 1)
}

pub fn seller() -> Signer {
    signer("seller.example.com", 2)
}

pub fn gateway() -> Signer {
    signer("gateway.example.com", 3)
}

pub fn record(signer: &Signer, role: Role) -> Participant {
    Participant {
        subscriber_id: signer.subscriber_id.clone(),
        unique_key_id: signer.unique_key_id.clone(),
        role,
        domain: "ONDC:RET10".to_owned(),
        country: "IND".to_owned(),
        city: vec!["std:080".to_owned()],
        subscriber_url: Some(format!("https://{}/network", signer.subscriber_id)),
        signing_public_key: signer.key.public_text(),
        encr_public_key: String::new(),
        valid_from: "2025-01-01T00:00:00Z".parse().unwrap(),
        valid_until: "2030-01-01T00:00:00Z".parse().unwrap(),
        status: Status::Subscribed,
        created: None,
        updated: None,
    }
}

pub fn network() -> Vec<Participant> {
    vec![record(&buyer(), Role::Buyer), record(&seller(), Role::Seller), record(&gateway(), Role::Gateway)]
}

/// A registry in memory: counts questions, can be down, can be slow.
#[derive(Debug, Default)]
pub struct FakeRegistry {
    pub records: Mutex<Vec<Participant>>,
    pub questions: AtomicUsize,
    pub down: AtomicBool,
    pub delay: Duration,
}

impl FakeRegistry {
    pub fn with(records: Vec<Participant>) -> FakeRegistry {
        FakeRegistry { records: Mutex::new(records), ..FakeRegistry::default() }
    }

    pub fn replace(&self, records: Vec<Participant>) {
        *self.records.lock().unwrap() = records;
    }

    pub fn asked(&self) -> usize {
        self.questions.load(Ordering::SeqCst)
    }

    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    async fn answer(&self) -> Result<Vec<Participant>, LookupError> {
        self.questions.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(self.delay).await;
        if self.down.load(Ordering::SeqCst) {
            return Err(LookupError::Unreachable(HttpFailure::Timeout));
        }
        Ok(self.records.lock().unwrap().clone())
    }
}

#[async_trait]
impl KeySource for FakeRegistry {
    /// Answers with everything it has: whoever asks must check what comes back.
    async fn lookup_key(&self, _: &SubscriberId, _: &UniqueKeyId) -> Result<Vec<Participant>, LookupError> {
        self.answer().await
    }

    async fn lookup(&self, filter: &Filter) -> Result<Vec<Participant>, LookupError> {
        let mut all = self.answer().await?;
        all.retain(|one| filter.matches(one));
        Ok(all)
    }
}

/// A message between the two; `""` as `bpp` leaves the seller out.
pub fn message(action: &str, bap: &str, bpp: &str) -> Bytes {
    let bpp = match bpp {
        "" => String::new(),
        bpp => format!(r#""bpp_id":"{bpp}","bpp_uri":"https://{bpp}/network","#),
    };
    Bytes::from(format!(
        r#"{{"context":{{"domain":"ONDC:RET10","action":"{action}","country":"IND","city":"std:080","core_version":"1.2.5","bap_id":"{bap}","bap_uri":"https://{bap}/network",{bpp}"transaction_id":"t-1","message_id":"m-1","timestamp":"2025-10-09T08:54:20.000Z","ttl":"PT30S"}},"message":{{}}}}"#
    ))
}

/// Signed at [`NOW`] for 300 seconds.
pub fn signed(bytes: &[u8], by: &Signer) -> String {
    let created = now().as_second();
    protocol::signature::sign(bytes, by, created, created + 300)
}
