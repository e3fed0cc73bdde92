//! What the registry said, kept for minutes: keys with their decoded form, and participants for discovery.
//!
//! One question at a time per key. A failed question does not erase an answer: it is served for up to an hour while the registry is
//! down, but never past `valid_until`, and never after the registry has refused the key. Entries age by our clock, not by the machine's.
//! Whoever hears of a change in the registry tells the cache ([`RegistryCache::changed`]): nothing from before it is served again.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use moka::future::Cache;

use crate::clock::Clock;
use crate::ids::{SubscriberId, UniqueKeyId};
use crate::keys::KeyTextError;
use crate::participant::{Participant, Role, Unusable};
use crate::registry_client::{Filter, KeySource, LookupError};

mod budget;
mod entry;
mod known_key;
mod marks;

pub use known_key::KnownKey;

use budget::LookupBudget;
use entry::Entry;
use marks::Marks;

/// How long answers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheLimits {
    /// A good key, or a named participant. 5 to 15 minutes: revocation is seen within it.
    pub positive_ttl: SignedDuration,
    /// An unknown or unusable key, an empty list. 30 to 60 seconds.
    pub negative_ttl: SignedDuration,
    /// A list of participants for discovery.
    pub discovery_ttl: SignedDuration,
    /// Least time between two questions about one key, however many signatures fail.
    pub refresh_min: SignedDuration,
    /// How old an answer may be while the registry is down.
    pub stale_max: SignedDuration,
    /// Pause after a failed question.
    pub outage_retry: SignedDuration,
    /// Keys held; the least used leave first.
    pub keys_max: u64,
    /// Lists held.
    pub lists_max: u64,
    /// All questions together; the operator allows 7600.
    pub lookups_per_minute_max: u32,
}

impl Default for CacheLimits {
    fn default() -> Self {
        Self {
            positive_ttl: SignedDuration::from_mins(10),
            negative_ttl: SignedDuration::from_secs(30),
            discovery_ttl: SignedDuration::from_mins(1),
            refresh_min: SignedDuration::from_secs(60),
            stale_max: SignedDuration::from_hours(1),
            outage_retry: SignedDuration::from_secs(5),
            keys_max: 50_000,
            lists_max: 10_000,
            lookups_per_minute_max: 6_000,
        }
    }
}

/// Why there is no key to verify with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The registry has no such key.
    #[error(
        "the registry knows no key {unique_key_id} of {subscriber_id}: check keyId, and that the subscription is done"
    )]
    Unknown {
        /// Who.
        subscriber_id: SubscriberId,
        /// Which key.
        unique_key_id: UniqueKeyId,
    },
    /// It has, but not for use now.
    #[error("the registered participant may not talk: {0}")]
    NotUsable(#[from] Unusable),
    /// What is registered is no good key.
    #[error("the registered signing key cannot be used: {0}")]
    BadKey(#[from] KeyTextError),
    /// Two live records name different keys.
    #[error("the registry has two different live keys under one unique_key_id")]
    Conflicting,
    /// Registered as something else.
    #[error("the registry does not have this participant as {}", .wanted.wire())]
    WrongRole {
        /// What it should be.
        wanted: Role,
    },
    /// Registered for other domains.
    #[error("the registry does not have this participant in domain {domain}")]
    NotInDomain {
        /// The message's domain.
        domain: String,
    },
    /// The registry is down and nothing recent enough is known. Ask again later.
    #[error("the registry gives no answer now: {0}")]
    Unavailable(String),
}

/// Where [`crate::trust`] takes keys from.
#[async_trait]
pub trait KeyRing: Send + Sync {
    /// The key, from memory or from the registry.
    async fn known_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError>;

    /// The key, asked for again if that was not done lately.
    async fn refreshed_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError>;
}

type KeyName = (SubscriberId, UniqueKeyId);
type KeyEntry = Entry<Arc<KnownKey>, KeyError>;
type ListEntry = Entry<Arc<[Arc<Participant>]>, LookupError>;

/// The cache. Clone an `Arc` of it, one per node.
#[derive(Debug)]
pub struct RegistryCache {
    source: Arc<dyn KeySource>,
    clock: Arc<dyn Clock>,
    limits: CacheLimits,
    keys: Cache<KeyName, KeyEntry>,
    lists: Cache<Filter, ListEntry>,
    marks: Marks,
    budget: LookupBudget,
}

/// When an entry is good enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Fresh,
    AskedLately,
}

impl RegistryCache {
    /// An empty cache before `source`.
    pub fn new(source: Arc<dyn KeySource>, clock: Arc<dyn Clock>, limits: CacheLimits) -> Self {
        Self {
            source,
            limits,
            keys: Cache::builder().max_capacity(limits.keys_max).build(),
            lists: Cache::builder().max_capacity(limits.lists_max).build(),
            marks: Marks::new(limits.stale_max.unsigned_abs()),
            budget: LookupBudget::new(limits.lookups_per_minute_max),
            clock,
        }
    }

    /// Something about this participant changed: what was known of it is asked again before it is used again.
    pub async fn changed(&self, subscriber_id: &SubscriberId) {
        self.marks.set(subscriber_id).await;
    }

    /// Nobody knows what changed: everything is asked again.
    pub fn all_changed(&self) {
        self.marks.set_all();
    }

    /// The usable record of one key.
    ///
    /// # Errors
    /// Unknown, not usable now, or the registry is down.
    pub async fn key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<Participant>, KeyError> {
        self.known_key(subscriber_id, unique_key_id).await?.any(self.clock.now())
    }

    /// Asks for one key again, at most once per `refresh_min`.
    ///
    /// # Errors
    /// As [`RegistryCache::key`].
    pub async fn refresh(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<Participant>, KeyError> {
        self.refreshed_key(subscriber_id, unique_key_id).await?.any(self.clock.now())
    }

    /// Usable participants that have a URL, for discovery. Cities are matched here, because registries differ on `*`.
    ///
    /// # Errors
    /// When the registry gives no answer and nothing recent enough is known.
    pub async fn participants(&self, filter: &Filter) -> Result<Vec<Arc<Participant>>, LookupError> {
        let question = Filter { city: None, ..filter.clone() };
        // The registry wants two members: where only the city makes the second one, it must be asked for.
        let question = if question.given() < 2 { filter.clone() } else { question };
        let now = self.clock.now();
        let all = self.list(question).await?;
        let usable =
            |one: &&Arc<Participant>| one.usable(now).is_ok() && one.subscriber_url.is_some() && filter.matches(one);
        Ok(all.iter().filter(usable).cloned().collect())
    }

    /// Base URL of a participant's network calls, without a trailing slash. An empty `domain` takes any.
    ///
    /// # Errors
    /// Unknown, not usable now, not in the domain, or the registry is down.
    pub async fn url_of(&self, subscriber_id: &SubscriberId, role: Role, domain: &str) -> Result<String, KeyError> {
        let filter = Filter { subscriber_id: Some(subscriber_id.clone()), role: Some(role), ..Filter::default() };
        let found = self.participants(&filter).await.map_err(|error| KeyError::Unavailable(error.to_string()))?;
        if found.is_empty() {
            return Err(KeyError::WrongRole { wanted: role });
        }
        let fits = found.iter().find(|one| domain.is_empty() || one.serves_domain(domain));
        fits.and_then(|one| one.url()).ok_or_else(|| KeyError::NotInDomain { domain: domain.to_owned() })
    }

    async fn key_entry(&self, name: KeyName, wanted: Wanted) -> KeyEntry {
        let mark = self.marks.of(&name.0).await;
        let serves = |entry: &KeyEntry, now: Timestamp| match wanted {
            _ if !entry.after(mark) => false,
            Wanted::Fresh => !entry.must_ask(now, self.key_ttl(entry), &self.limits),
            Wanted::AskedLately => entry.asked_within(now, self.limits.refresh_min),
        };
        if let Some(entry) = self.keys.get(&name).await
            && serves(&entry, self.clock.now())
        {
            return entry;
        }
        let ask = async |held: Option<moka::Entry<KeyName, KeyEntry>>| match held.map(moka::Entry::into_value) {
            Some(entry) if serves(&entry, self.clock.now()) => entry, // another task asked while this one waited
            held => self.ask_for_key(&name, held.filter(|entry| entry.after(mark))).await,
        };
        self.keys.entry_by_ref(&name).and_upsert_with(ask).await.into_value()
    }

    fn key_ttl(&self, entry: &KeyEntry) -> SignedDuration {
        if entry.answer.is_ok() { self.limits.positive_ttl } else { self.limits.negative_ttl }
    }

    async fn ask_for_key(&self, (subscriber_id, unique_key_id): &KeyName, held: Option<KeyEntry>) -> KeyEntry {
        let (now, marks) = (self.clock.now(), self.marks.count());
        if !self.budget.take(now) {
            let busy = KeyError::Unavailable("too many lookups in this minute".to_owned());
            return Entry::failed(now, marks, held, busy);
        }
        match self.source.lookup_key(subscriber_id, unique_key_id).await {
            Ok(records) => {
                let answer = KnownKey::from_records(subscriber_id, unique_key_id, records, now).map(Arc::new);
                if let (Some(Entry { answer: Ok(before), .. }), Ok(after)) = (&held, &answer)
                    && before.verifying_key() != after.verifying_key()
                {
                    tracing::warn!(%subscriber_id, %unique_key_id, "the registry has another key under the same name");
                }
                Entry::answered(now, marks, answer)
            }
            Err(error) => {
                tracing::warn!(%subscriber_id, %unique_key_id, %error, "key lookup failed");
                Entry::failed(now, marks, held, KeyError::Unavailable(error.to_string()))
            }
        }
    }

    async fn list(&self, question: Filter) -> Result<Arc<[Arc<Participant>]>, LookupError> {
        let mark = self.marks.of_list(&question).await;
        let serves = |entry: &ListEntry, now: Timestamp| {
            entry.after(mark) && !entry.must_ask(now, self.list_ttl(&question, entry), &self.limits)
        };
        if let Some(entry) = self.lists.get(&question).await
            && serves(&entry, self.clock.now())
        {
            return entry.serve(self.clock.now(), &self.limits);
        }
        let ask = async |held: Option<moka::Entry<Filter, ListEntry>>| match held.map(moka::Entry::into_value) {
            Some(entry) if serves(&entry, self.clock.now()) => entry,
            held => self.ask_for_list(&question, held.filter(|entry| entry.after(mark))).await,
        };
        self.lists.entry_by_ref(&question).and_upsert_with(ask).await.into_value().serve(self.clock.now(), &self.limits)
    }

    fn list_ttl(&self, question: &Filter, entry: &ListEntry) -> SignedDuration {
        match &entry.answer {
            Ok(list) if list.is_empty() => self.limits.negative_ttl,
            Ok(_) if question.subscriber_id.is_some() => self.limits.positive_ttl,
            Ok(_) => self.limits.discovery_ttl,
            Err(_) => self.limits.outage_retry,
        }
    }

    async fn ask_for_list(&self, question: &Filter, held: Option<ListEntry>) -> ListEntry {
        let (now, marks) = (self.clock.now(), self.marks.count());
        if !self.budget.take(now) {
            return Entry::failed(now, marks, held, LookupError::Overloaded { http: 429, after: None });
        }
        match self.source.lookup(question).await {
            Ok(found) => Entry::answered(now, marks, Ok(found.into_iter().map(Arc::new).collect())),
            Err(error) if error.outage() => {
                tracing::warn!(%error, "participant lookup failed");
                Entry::failed(now, marks, held, error)
            }
            Err(error) => Entry::answered(now, marks, Err(error)),
        }
    }
}

#[async_trait]
impl KeyRing for RegistryCache {
    async fn known_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError> {
        let entry = self.key_entry((subscriber_id.clone(), unique_key_id.clone()), Wanted::Fresh).await;
        entry.serve(self.clock.now(), &self.limits)
    }

    async fn refreshed_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Arc<KnownKey>, KeyError> {
        let entry = self.key_entry((subscriber_id.clone(), unique_key_id.clone()), Wanted::AskedLately).await;
        entry.serve(self.clock.now(), &self.limits)
    }
}
