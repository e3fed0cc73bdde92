//! One try to send one message: address from the registry, signature now, POST.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use protocol::ack::NetworkError;
use protocol::clock::{Clock, ManualClock};
use protocol::http::Http;
use protocol::ids::SubscriberId;
use protocol::participant::Role;
use protocol::registry_cache::{KeyError, RegistryCache};
use protocol::send::{Attempt, Outcome, Sender};

use super::store::Claimed;
use crate::key_store::KeyStore;
use crate::ledger::Verdict;
use crate::node::Node;

/// What the worker needs to send.
#[derive(Clone, Debug)]
pub(crate) struct Courier {
    registry: Arc<RegistryCache>,
    keys: Arc<KeyStore>,
    http: Http,
    clock: Arc<dyn Clock>,
}

/// What became of one try.
#[derive(Debug)]
pub(super) enum Fate {
    Acked,
    Refused(NetworkError),
    Later { why: String, after: Option<Duration> },
    Impossible { why: String },
}

impl Fate {
    pub(super) fn verdict(&self) -> Verdict {
        match self {
            Self::Acked => Verdict::Ack,
            Self::Refused(_) => Verdict::Nack,
            Self::Later { .. } | Self::Impossible { .. } => Verdict::Failed,
        }
    }
}

/// A finished try, on its way to the closer.
#[derive(Debug)]
pub(super) struct Tried {
    pub message: Claimed,
    pub bytes: Bytes,
    pub at: Timestamp,
    pub url: Option<String>,
    pub headers: BTreeMap<&'static str, String>,
    pub http_status: u16,
    pub took: Duration,
    pub fate: Fate,
}

impl Courier {
    pub(crate) fn new(node: &Node) -> Self {
        Self {
            registry: node.registry.clone(),
            keys: node.keys.clone(),
            http: node.http.clone(),
            clock: node.clock.clone(),
        }
    }

    pub(super) async fn try_once(&self, message: Claimed, bytes: Bytes) -> Tried {
        let at = self.clock.now();
        let started = Instant::now();
        let mut tried = Tried {
            bytes: bytes.clone(),
            at,
            url: None,
            headers: BTreeMap::new(),
            http_status: 0,
            took: Duration::ZERO,
            fate: Fate::Acked,
            message,
        };
        match self.address(&tried.message).await {
            Err(fate) => tried.fate = fate,
            Ok(base) => {
                let url = format!("{base}/{}", tried.message.action);
                let forwarded = tried.message.forwarded_authorization.clone();
                // The sender signs with the time of `at`, which is that of the ledger's entry.
                let sender = Sender::new(self.http.clone(), Arc::new(ManualClock::new(at)));
                let Attempt { signature, outcome } =
                    sender.send(&self.keys.signer(), &url, bytes, forwarded.as_deref()).await;
                tried.headers = sent_headers(signature, forwarded);
                tried.url = Some(url);
                (tried.fate, tried.http_status) = judge(outcome);
            }
        }
        tried.took = started.elapsed();
        tried
    }

    /// Only the registry says where a counterparty is; the URI in a message is never used.
    async fn address(&self, message: &Claimed) -> Result<String, Fate> {
        let impossible = |why: String| Fate::Impossible { why };
        let to = SubscriberId::parse(message.to_id.as_str()).map_err(|error| impossible(error.to_string()))?;
        let role =
            Role::read(&message.to_role).ok_or_else(|| impossible(format!("role {} is unknown", message.to_role)))?;
        self.registry.url_of(&to, role, &message.domain).await.map_err(|error| match error {
            KeyError::Unavailable(_) => Fate::Later { why: error.to_string(), after: None },
            // Not there now may be there soon: a counterparty that is just joining, or a key that is renewed.
            other => Fate::Later { why: format!("no address for {to}: {other}"), after: None },
        })
    }
}

fn sent_headers(signature: Option<String>, forwarded: Option<String>) -> BTreeMap<&'static str, String> {
    let mut headers = BTreeMap::from([("content-type", "application/json".to_owned())]);
    let own = if forwarded.is_some() { "x-gateway-authorization" } else { "authorization" };
    headers.extend(forwarded.map(|original| ("authorization", original)));
    headers.extend(signature.map(|signature| (own, signature)));
    headers
}

fn judge(outcome: Outcome) -> (Fate, u16) {
    match outcome {
        Outcome::Acked { http, .. } => (Fate::Acked, http),
        Outcome::Nacked { error, http, .. } => (Fate::Refused(error), http),
        Outcome::TryLater { why, after, http } => (Fate::Later { why, after }, http.unwrap_or_default()),
        Outcome::Impossible { why, http } => (Fate::Impossible { why }, http.unwrap_or_default()),
    }
}
