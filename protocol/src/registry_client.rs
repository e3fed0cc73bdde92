//! Asks the registry (ONDC registry: `/v2.0/lookup` signed, `/lookup` plain, `/vlookup` old; `/subscribe`).

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::ack::{NetworkError, Reply};
use crate::clock::Clock;
use crate::http::{Http, HttpAnswer, HttpFailure};
use crate::ids::{SubscriberId, UniqueKeyId};
use crate::keys::Signer;
use crate::participant::read::{RecordError, records};
use crate::participant::{Participant, Role};
use crate::randomness::{OsRandomness, Randomness};
use crate::signature::sign;
use crate::vlookup::{VlookupParameters, VlookupRequest};

mod changes;

pub use changes::{Changed, Changes};

/// What is looked for: every given member must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Filter {
    /// Exactly this participant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber_id: Option<SubscriberId>,
    /// Exactly this key.
    #[serde(rename = "ukId", skip_serializing_if = "Option::is_none")]
    pub unique_key_id: Option<UniqueKeyId>,
    /// ISO 3166 alpha-3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A city that must be served; participants with `*` serve it too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// `ONDC:RET10`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Buyer, seller or gateway.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Filter {
    /// Everyone of one role in one domain.
    pub fn discovery(country: &str, domain: &str, role: Role) -> Filter {
        let (country, domain) = (Some(country.to_owned()), Some(domain.to_owned()));
        Filter { country, domain, role: Some(role), ..Filter::default() }
    }

    /// One key.
    pub fn key(subscriber_id: &SubscriberId, unique_key_id: &UniqueKeyId) -> Filter {
        let (subscriber_id, unique_key_id) = (Some(subscriber_id.clone()), Some(unique_key_id.clone()));
        Filter { subscriber_id, unique_key_id, ..Filter::default() }
    }

    /// How many members are given. The registry wants two or more.
    pub fn given(&self) -> usize {
        let texts = [&self.country, &self.city, &self.domain].into_iter().flatten().count();
        texts
            + usize::from(self.subscriber_id.is_some())
            + usize::from(self.unique_key_id.is_some())
            + usize::from(self.role.is_some())
    }

    /// Is this record an answer to the question?
    pub fn matches(&self, participant: &Participant) -> bool {
        let is =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|w| found.is_empty() || w == found);
        self.subscriber_id.as_ref().is_none_or(|w| *w == participant.subscriber_id)
            && self.unique_key_id.as_ref().is_none_or(|w| *w == participant.unique_key_id)
            && self.role.is_none_or(|w| w == participant.role)
            && self.domain.as_deref().is_none_or(|w| participant.serves_domain(w))
            && is(&self.country, &participant.country)
            && self.city.as_deref().is_none_or(|w| participant.serves_city(w))
    }
}

/// Why there is no answer from the registry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// The question is too wide.
    #[error("a lookup needs at least two of subscriber_id, ukId, country, city, domain, type")]
    TooFewFilters,
    /// The old form wants all five.
    #[error("vlookup needs a signer and all of country, domain, type, city, subscriber_id, without `|`")]
    VlookupIncomplete,
    /// No answer.
    #[error("the registry cannot be reached: {0}")]
    Unreachable(#[from] HttpFailure),
    /// It asks for patience.
    #[error("the registry is overloaded (HTTP {http})")]
    Overloaded {
        /// HTTP status.
        http: u16,
        /// How long it asks to wait.
        after: Option<Duration>,
    },
    /// It refuses the question.
    #[error("the registry refuses (HTTP {http}): {error}")]
    Refused {
        /// HTTP status.
        http: u16,
        /// Its words.
        error: NetworkError,
    },
    /// No records, or none that can be read.
    #[error("the registry's answer cannot be read: {0}")]
    Unreadable(String),
    /// Records about someone else only.
    #[error("the registry answered about another participant or key than was asked for")]
    WrongAnswer,
}

impl LookupError {
    /// Is it the registry that is down, rather than the question that is wrong?
    pub const fn outage(&self) -> bool {
        match self {
            LookupError::Unreachable(_) | LookupError::Overloaded { .. } | LookupError::Unreadable(_) => true,
            LookupError::Refused { .. } | LookupError::WrongAnswer => true, // nothing was learnt: keep what is known
            LookupError::TooFewFilters | LookupError::VlookupIncomplete => false,
        }
    }
}

/// Where keys come from: the registry, or a fake in a test.
#[async_trait]
pub trait KeySource: Send + Sync + Debug {
    /// All records of one key (one per domain and role); empty when there is none.
    async fn lookup_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Vec<Participant>, LookupError>;

    /// All records that match.
    async fn lookup(&self, filter: &Filter) -> Result<Vec<Participant>, LookupError>;
}

/// Which of the registry's lookups is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LookupForm {
    /// `/v2.0/lookup`, signed.
    #[default]
    Signed,
    /// `/v2.0/lookup`; where the registry has none (HTTP 404, 405), `/lookup`.
    SignedThenPlain,
    /// `/lookup`, unsigned.
    Plain,
    /// `/vlookup`: only questions with all five members.
    Vlookup,
}

/// Lives for signatures on lookups, in seconds.
const SIGNATURE_LIFETIME_S: i64 = 300;
/// A discovery answer can hold thousands of records.
const ANSWER_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Nobody waits longer for a key.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);
/// The registry proves domain and keys while the caller waits.
const SUBSCRIBE_TIMEOUT: Duration = Duration::from_secs(60);

/// The registry's client.
#[derive(Debug, Clone)]
pub struct RegistryClient {
    lookups: Http,
    subscriptions: Http,
    url: String,
    signer: Option<Signer>,
    clock: Arc<dyn Clock>,
    form: LookupForm,
}

impl RegistryClient {
    /// `registry_url` without the path of an API. Without a signer lookups are plain.
    pub fn new(http: Http, registry_url: impl Into<String>, signer: Option<Signer>, clock: Arc<dyn Clock>) -> Self {
        let form = if signer.is_some() { LookupForm::Signed } else { LookupForm::Plain };
        Self {
            lookups: http.with_limits(LOOKUP_TIMEOUT, ANSWER_BYTES_MAX),
            subscriptions: http.with_limits(SUBSCRIBE_TIMEOUT, 64 * 1024),
            url: registry_url.into().trim_end_matches('/').to_owned(),
            signer,
            clock,
            form,
        }
    }

    /// The same client with another form of lookup.
    #[must_use]
    pub fn with_form(self, form: LookupForm) -> Self {
        Self { form, ..self }
    }

    /// Posts a subscription; the registry calls back on `/on_subscribe` before it answers.
    ///
    /// # Errors
    /// Unreachable, overloaded or unreadable. A NACK is an answer.
    pub async fn subscribe(&self, body: Bytes) -> Result<Reply, LookupError> {
        let answer = self.subscriptions.post(&format!("{}/subscribe", self.url), body, &[]).await?;
        match Reply::parse(&answer.body) {
            Ok(reply) => Ok(reply),
            Err(_) if overloaded(&answer) => Err(self.overload(&answer)),
            Err(error) => Err(LookupError::Unreadable(format!("HTTP {}: {error}", answer.status))),
        }
    }

    async fn ask(&self, filter: &Filter) -> Result<Vec<Participant>, LookupError> {
        let answer = match self.form {
            LookupForm::Signed => self.ask_signed(filter).await?,
            LookupForm::SignedThenPlain => match self.ask_signed(filter).await? {
                HttpAnswer { status: 404 | 405, .. } => self.ask_plain(filter).await?,
                answer => answer,
            },
            LookupForm::Plain => self.ask_plain(filter).await?,
            LookupForm::Vlookup => self.ask_vlookup(filter).await?,
        };
        let found = self.read(&answer)?;
        if found.is_empty() {
            return Ok(found);
        }
        // A registry that does not know a member of the question answers too much: that is no wrong answer yet.
        let about_someone_else =
            |one: &Participant| filter.subscriber_id.as_ref().is_some_and(|id| *id != one.subscriber_id);
        if found.iter().all(about_someone_else) {
            return Err(LookupError::WrongAnswer);
        }
        Ok(found.into_iter().filter(|one| filter.matches(one)).collect())
    }

    async fn ask_signed(&self, filter: &Filter) -> Result<HttpAnswer, LookupError> {
        let Some(signer) = &self.signer else { return self.ask_plain(filter).await };
        let body = json(filter)?;
        let created = self.clock.now().as_second();
        let header = sign(&body, signer, created, created + SIGNATURE_LIFETIME_S);
        let url = format!("{}/v2.0/lookup", self.url);
        Ok(self.lookups.post(&url, body, &[("authorization", &header)]).await?)
    }

    async fn ask_plain(&self, filter: &Filter) -> Result<HttpAnswer, LookupError> {
        Ok(self.lookups.post(&format!("{}/lookup", self.url), json(filter)?, &[]).await?)
    }

    async fn ask_vlookup(&self, filter: &Filter) -> Result<HttpAnswer, LookupError> {
        let signer = self.signer.as_ref().ok_or(LookupError::VlookupIncomplete)?;
        let parameters = VlookupParameters::from_filter(filter);
        if !parameters.complete() {
            return Err(LookupError::VlookupIncomplete);
        }
        let request_id = OsRandomness.uuid_v4().to_string();
        let request = VlookupRequest::signed(signer, request_id, self.clock.now(), parameters)
            .map_err(|_| LookupError::VlookupIncomplete)?;
        Ok(self.lookups.post(&format!("{}/vlookup", self.url), json(&request)?, &[]).await?)
    }

    fn read(&self, answer: &HttpAnswer) -> Result<Vec<Participant>, LookupError> {
        let http = answer.status;
        if http == 404 {
            return Ok(Vec::new());
        }
        if overloaded(answer) {
            return Err(self.overload(answer));
        }
        if let Ok(Reply::Nack(error)) = Reply::parse(&answer.body) {
            return Err(LookupError::Refused { http, error });
        }
        let value: Value = serde_json::from_slice(&answer.body)
            .map_err(|_| LookupError::Unreadable(format!("HTTP {http}, not JSON")))?;
        if http != 200 {
            return Err(LookupError::Unreadable(format!("HTTP {http}")));
        }
        let read = records(&value);
        if let Some(first) = read.refused.first() {
            tracing::warn!(left_out = read.refused.len(), %first, "registry records that cannot be read");
        }
        match (read.participants.is_empty(), read.refused.first()) {
            (true, Some(RecordError { member, why })) => Err(LookupError::Unreadable(format!("`{member}`: {why}"))),
            _ => Ok(read.participants),
        }
    }

    fn overload(&self, answer: &HttpAnswer) -> LookupError {
        LookupError::Overloaded { http: answer.status, after: answer.retry_after(self.clock.now()) }
    }
}

fn overloaded(answer: &HttpAnswer) -> bool {
    answer.status == 429 || answer.status >= 500
}

fn json(value: &impl Serialize) -> Result<Bytes, LookupError> {
    serde_json::to_vec(value).map(Bytes::from).map_err(|error| LookupError::Unreadable(error.to_string()))
}

#[async_trait]
impl KeySource for RegistryClient {
    /// The old form cannot ask for a key, so it is asked for by the plain one.
    async fn lookup_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Vec<Participant>, LookupError> {
        let filter = Filter::key(subscriber_id, unique_key_id);
        match self.form {
            LookupForm::Vlookup => self.clone().with_form(LookupForm::Plain).ask(&filter).await,
            LookupForm::Signed | LookupForm::SignedThenPlain | LookupForm::Plain => self.ask(&filter).await,
        }
    }

    async fn lookup(&self, filter: &Filter) -> Result<Vec<Participant>, LookupError> {
        if filter.given() < 2 {
            return Err(LookupError::TooFewFilters);
        }
        self.ask(filter).await
    }
}

/// A fixed list is a registry too: for recorded logs and for tests.
#[async_trait]
impl KeySource for Vec<Participant> {
    async fn lookup_key(
        &self,
        subscriber_id: &SubscriberId,
        unique_key_id: &UniqueKeyId,
    ) -> Result<Vec<Participant>, LookupError> {
        self.lookup(&Filter::key(subscriber_id, unique_key_id)).await
    }

    async fn lookup(&self, filter: &Filter) -> Result<Vec<Participant>, LookupError> {
        Ok(self.iter().filter(|one| filter.matches(one)).cloned().collect())
    }
}
