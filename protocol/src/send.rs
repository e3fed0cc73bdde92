//! Posts a message: signed now, sent once, answer capped and understood. Whether to try again is the caller's schedule.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::ack::{NetworkError, Reply};
use crate::auth_header::AuthHeader;
use crate::clock::Clock;
use crate::http::{Http, HttpAnswer, HttpFailure};
use crate::keys::Signer;
use crate::signature::sign;

/// One attempt: what was said, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The header that we signed: `Authorization`, or as a gateway `X-Gateway-Authorization`. `None` when nothing was sent.
    pub signature: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is durably the receiver's.
    Acked {
        /// HTTP status.
        http: u16,
        /// Of the whole exchange.
        took: Duration,
    },
    /// Refused for good; sending the same bytes again changes nothing.
    Nacked {
        /// The receiver's reason.
        error: NetworkError,
        /// HTTP status.
        http: u16,
        /// Of the whole exchange.
        took: Duration,
    },
    /// No answer, or the receiver asks for patience.
    TryLater {
        /// In words.
        why: String,
        /// How long the receiver asks to wait.
        after: Option<Duration>,
        /// HTTP status, when there was one.
        http: Option<u16>,
    },
    /// It cannot be delivered there as it is.
    Impossible {
        /// In words.
        why: String,
        /// HTTP status, when there was one.
        http: Option<u16>,
    },
}

/// Life of a signature, in seconds: long enough for a slow receiver, short for a thief.
pub const SIGNATURE_LIFETIME_S: i64 = 300;

/// Sends messages.
#[derive(Debug, Clone)]
pub struct Sender {
    http: Http,
    clock: Arc<dyn Clock>,
}

impl Sender {
    /// Uses the client's limits and address guard.
    pub fn new(http: Http, clock: Arc<dyn Clock>) -> Self {
        Self { http, clock }
    }

    /// Posts `bytes` to `url` (base URL and action). As a gateway, `forwarded` is the sender's `Authorization`: it is kept, and ours
    /// becomes `X-Gateway-Authorization`.
    pub async fn send(&self, signer: &Signer, url: &str, bytes: Bytes, forwarded: Option<&str>) -> Attempt {
        let now = self.clock.now();
        if let Some(original) = forwarded
            && let Err(why) = still_good(original, now.as_second())
        {
            return Attempt { signature: None, outcome: Outcome::Impossible { why, http: None } };
        }
        let created = now.as_second();
        let own = sign(&bytes, signer, created, created + SIGNATURE_LIFETIME_S);
        let started = Instant::now();
        let answer = match forwarded {
            None => self.http.post(url, bytes, &[("authorization", &own)]).await,
            Some(original) => {
                self.http.post(url, bytes, &[("authorization", original), ("x-gateway-authorization", &own)]).await
            }
        };
        Attempt { outcome: self.judge(answer, started.elapsed()), signature: Some(own) }
    }

    fn judge(&self, answer: Result<HttpAnswer, HttpFailure>, took: Duration) -> Outcome {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) if failure.passing() => {
                return Outcome::TryLater { why: failure.to_string(), after: None, http: None };
            }
            Err(failure) => return Outcome::Impossible { why: failure.to_string(), http: None },
        };
        let http = answer.status;
        if matches!(http, 408 | 425 | 429) || http >= 500 {
            let why = match Reply::parse(&answer.body) {
                Ok(Reply::Nack(error)) => format!("HTTP {http}: {error}"),
                Ok(Reply::Ack) | Err(_) => format!("HTTP {http}"),
            };
            return Outcome::TryLater { why, after: answer.retry_after(self.clock.now()), http: Some(http) };
        }
        match Reply::parse(&answer.body) {
            Ok(Reply::Nack(error)) => Outcome::Nacked { error, http, took },
            Ok(Reply::Ack) if (200..300).contains(&http) => Outcome::Acked { http, took },
            Ok(Reply::Ack) => Outcome::Impossible { why: format!("HTTP {http} with an ACK"), http: Some(http) },
            Err(error) => Outcome::Impossible { why: format!("HTTP {http}: {error}"), http: Some(http) },
        }
    }
}

/// The original signature cannot be renewed by a gateway: once it has expired, the message is lost.
fn still_good(original: &str, now: i64) -> Result<(), String> {
    let header =
        AuthHeader::parse(original).map_err(|error| format!("the forwarded Authorization cannot be read: {error}"))?;
    if now > header.expires {
        return Err(format!("the forwarded Authorization expired at {}, it is {now}", header.expires));
    }
    Ok(())
}
