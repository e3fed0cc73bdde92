//! Answers of the store, kept in memory for a moment: the bytes of lookups, and keys to verify with.
//!
//! Memory is never the truth: a write on this machine moves the generation, which is part of every name in the cache; so does a write
//! by another replica once it is heard of ([`crate::feed`]), and no answer is older than `lookup_cache_ms`; and no answer outlives the next begin or end of a key in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use moka::future::Cache;
use node::database::Database;
use protocol::clock::Clock;
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::participant::{Participant, Status};
use protocol::registry_cache::{KeyError, KeyRing, KnownKey};
use protocol::registry_client::Filter;
use tokio::runtime::Handle;

use crate::config::RegistryConfig;
use crate::store::records::{Record, matching};

/// Most keys that are kept decoded.
const KEYS_MAX: u64 = 20_000;
/// Memory of a kept answer beside its bytes.
const ENTRY_BYTES: usize = 256;

/// An answer to a lookup.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The JSON array.
    pub body: Bytes,
    /// How many records it has.
    pub records: usize,
    fresh_until: Timestamp,
}

#[derive(Clone, Debug)]
struct Key {
    known: Result<Arc<KnownKey>, KeyError>,
    fresh_until: Timestamp,
}

/// The registry's own reading side; one per registry.
#[derive(Debug)]
pub struct Directory {
    db: Database,
    clock: Arc<dyn Clock>,
    runtime: Handle,
    statuses: Vec<Status>,
    generation: AtomicU64,
    answers: Cache<(u64, Filter), Arc<Answer>>,
    keys: Cache<(u64, SubscriberId, UniqueKeyId), Arc<Key>>,
}

impl Directory {
    /// An empty cache before the database.
    pub fn new(db: Database, clock: Arc<dyn Clock>, config: &RegistryConfig) -> Self {
        let age = Duration::from_millis(config.lookup_cache_ms);
        let weight = |_: &(u64, Filter), answer: &Arc<Answer>| {
            u32::try_from(answer.body.len() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        Self {
            db,
            clock,
            runtime: Handle::current(),
            statuses: config.lookup_statuses.clone(),
            generation: AtomicU64::new(0),
            answers: Cache::builder()
                .max_capacity(config.lookup_cache_bytes_max)
                .weigher(weight)
                .time_to_live(age)
                .build(),
            keys: Cache::builder().max_capacity(KEYS_MAX).time_to_live(age).build(),
        }
    }

    /// Call it after the commit of every write.
    pub fn changed(&self) {
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// The answer to a lookup. Questions that come together are read once.
    ///
    /// # Errors
    /// The database's.
    pub async fn answer(&self, filter: &Filter) -> Result<Arc<Answer>, Arc<sqlx::Error>> {
        let name = (self.generation.load(Ordering::Acquire), filter.clone());
        if let Some(answer) = self.answers.get(&name).await {
            if self.clock.now() < answer.fresh_until {
                return Ok(answer);
            }
            self.answers.invalidate(&name).await;
        }
        self.answers.try_get_with(name, async { self.read_answer(filter).await.map(Arc::new) }).await
    }

    /// On the runtime of the node: HTTP threads end before it does, and connections must not be bound to them.
    async fn records(&self, filter: Filter) -> Result<Vec<Record>, sqlx::Error> {
        let db = self.db.clone();
        let read = self.runtime.spawn(async move { matching(&db, &filter).await });
        read.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    async fn read_answer(&self, filter: &Filter) -> Result<Answer, sqlx::Error> {
        let now = self.clock.now();
        let records = self.records(filter.clone()).await?;
        let fresh_until = next_change(&records, now);
        let told: Vec<Participant> = records.into_iter().filter_map(|one| self.told(one, now)).collect();
        let body = serde_json::to_vec(&told).map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Answer { body: body.into(), records: told.len(), fresh_until })
    }

    /// The record as a caller sees it; `None` when its status is not for telling.
    fn told(&self, record: Record, now: Timestamp) -> Option<Participant> {
        let status = record.status(now);
        self.statuses.contains(&status).then_some(Participant { status, ..record.participant })
    }

    /// Signing keys that a participant may use now, for the old form of lookup, which does not name its key.
    ///
    /// # Errors
    /// The database's.
    pub async fn keys_of(&self, subscriber_id: &SubscriberId) -> Result<Vec<String>, sqlx::Error> {
        let now = self.clock.now();
        let records = self.records(Filter { subscriber_id: Some(subscriber_id.clone()), ..Filter::default() }).await?;
        let usable = records.into_iter().filter(|one| one.status(now) == Status::Subscribed);
        let mut keys: Vec<String> = usable.map(|one| one.participant.signing_public_key).collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    async fn key(&self, subscriber_id: &SubscriberId, unique_key_id: &UniqueKeyId) -> Result<Arc<KnownKey>, KeyError> {
        let name = (self.generation.load(Ordering::Acquire), subscriber_id.clone(), unique_key_id.clone());
        if let Some(key) = self.keys.get(&name).await {
            if self.clock.now() < key.fresh_until {
                return key.known.clone();
            }
            self.keys.invalidate(&name).await;
        }
        let read = async { self.read_key(subscriber_id, unique_key_id).await.map(Arc::new) };
        let key = self.keys.try_get_with(name, read).await;
        key.map_err(|error| KeyError::Unavailable(error.to_string()))?.known.clone()
    }

    async fn read_key(&self, subscriber_id: &SubscriberId, unique_key_id: &UniqueKeyId) -> Result<Key, sqlx::Error> {
        let now = self.clock.now();
        let records = self.records(Filter::key(subscriber_id, unique_key_id)).await?;
        let fresh_until = next_change(&records, now);
        let judged =
            records.into_iter().map(|one| Participant { status: one.status(now), ..one.participant }).collect();
        let known = KnownKey::from_records(subscriber_id, unique_key_id, judged, now).map(Arc::new);
        Ok(Key { known, fresh_until })
    }
}

/// When the next of these keys begins or ends: until then the same records mean the same.
fn next_change(records: &[Record], now: Timestamp) -> Timestamp {
    let after = jiff::SignedDuration::from_millis(1); // both ends of a validity belong to it
    let ends = records.iter().map(|one| one.participant.valid_until.saturating_add(after).unwrap_or(Timestamp::MAX));
    let begins = records.iter().map(|one| one.participant.valid_from);
    begins.chain(ends).filter(|at| *at > now).min().unwrap_or(Timestamp::MAX)
}

/// The registry verifies with its own store: there is nobody else to ask.
#[async_trait]
impl KeyRing for Directory {
    async fn known_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError> {
        self.key(subscriber_id, unique_key_id).await
    }

    async fn refreshed_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError> {
        self.key(subscriber_id, unique_key_id).await
    }
}
