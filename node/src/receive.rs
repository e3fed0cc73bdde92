//! The receive path: `POST /network/{action}`, from bytes to an ACK that means "durably ours".
//!
//! ```text
//!  body (limit) → signature headers → envelope → registry key → signature      protocol::trust
//!  → time to live → schema and rules (specs) → handler.screen → inbox commit → ACK
//! ```
//!
//! Whoever is not proved leaves no trace but a count. Whoever is proved is in the ledger, also with a NACK. A message that was
//! accepted before gets its ACK again, whatever a second look would say.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::FutureExt;
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::envelope::RawMessage;
use protocol::signature::TimeLimits;
use protocol::trust::refusal::RefusalCodes;
use protocol::trust::{TrustError, TrustPolicy, Verified, verify};
use serde_json::Value;
use specs::Action;
use tokio_util::context::TokioContext;

use crate::handler::{Incoming, MessageHandler};
use crate::inbox::work::panic_text;
use crate::inbox::{Message, Taken, Work};
use crate::ledger::hash;
use crate::node::Node;

mod body;
mod headers;
mod judge;
mod record;

use headers::Headers;

/// Longest life of a signature that is accepted, seconds.
const SIGNATURE_LIFETIME_S_MAX: i64 = 3600;

/// The receive path of one node.
pub(crate) struct Receiver {
    node: Arc<Node>,
    handler: Arc<dyn MessageHandler>,
    policy: TrustPolicy,
    codes: RefusalCodes,
}

/// What is answered.
pub(crate) struct Answer {
    status: u16,
    reply: Reply,
    /// `WWW-Authenticate` or `Proxy-Authenticate`.
    challenge: Option<(&'static str, String)>,
}

impl Answer {
    fn ack() -> Self {
        Self { status: 200, reply: Reply::Ack, challenge: None }
    }

    fn nack(status: u16, error: NetworkError) -> Self {
        Self { status, reply: Reply::Nack(error), challenge: None }
    }

    fn response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = HttpResponse::build(status);
        response.content_type("application/json");
        if let Some(challenge) = self.challenge {
            response.insert_header(challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, "1"));
        }
        response.body(self.reply.body())
    }
}

/// `POST /network/{action}`.
pub(crate) async fn receive(
    request: HttpRequest,
    action: web::Path<String>,
    payload: web::Payload,
    receiver: web::Data<Receiver>,
) -> HttpResponse {
    let started = Instant::now();
    receiver.answer(&request, &action, payload, started).await.response()
}

impl Receiver {
    pub(crate) fn new(node: Arc<Node>, handler: Arc<dyn MessageHandler>) -> Self {
        let time = TimeLimits { skew_s: node.config.clock_skew_s, lifetime_s_max: SIGNATURE_LIFETIME_S_MAX };
        let policy = TrustPolicy {
            require_gateway_on_search: node.config.require_gateway_on_search,
            time,
            ..TrustPolicy::new(node.identity.subscriber_id.clone(), node.role)
        };
        Self { codes: RefusalCodes::of(node.role), node, handler, policy }
    }

    async fn answer(
        self: &Arc<Self>,
        request: &HttpRequest,
        action: &str,
        payload: web::Payload,
        started: Instant,
    ) -> Answer {
        let action = match action.parse::<Action>() {
            Ok(known) if self.handler.actions().contains(&known) => known,
            Ok(_) | Err(_) => return self.unproved("unknown_action", 200, self.unknown_action(action)),
        };
        let limit = if action == Action::OnSearch {
            self.node.config.catalogue_bytes_max
        } else {
            self.node.config.body_bytes_max
        };
        let bytes = match body::read(request, payload, limit).await {
            Ok(bytes) => bytes,
            Err(error) => return self.unproved(error.reason(), error.status(), error.network_error(&self.codes)),
        };
        let headers = Headers::of(request);
        // In this HTTP thread, so that every core proves and checks. But connections that are opened on the way (registry,
        // PostgreSQL) belong to the runtime of the node: they outlive the server. When the sender hangs up, all this ends; what is
        // with the writer by then is stored and worked on all the same.
        let work = TokioContext::new(self.take(action, bytes, headers, started), self.node.workers.runtime().clone());
        AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| {
            tracing::error!(panic = panic_text(&*panic), action = action.as_str(), "the receive path failed");
            Answer::nack(503, self.internal())
        })
    }

    async fn take(&self, action: Action, bytes: Bytes, headers: Headers, started: Instant) -> Answer {
        let now = self.node.clock.now();
        let raw = RawMessage { bytes };
        let verified = match headers.credentials() {
            Ok(credentials) => verify(raw, action, credentials, &*self.node.registry, now, &self.policy).await,
            Err(error) => Err(error),
        };
        match verified {
            Ok(verified) => self.take_verified(verified, headers, started).await,
            Err(error) => self.untrusted(&error),
        }
    }

    async fn take_verified(&self, verified: Verified, headers: Headers, started: Instant) -> Answer {
        let action = verified.context.action.as_str();
        let verdict = match self.judge(&verified).await {
            Ok(()) => self.store(&verified, &headers, started).await,
            Err(error) => Err((200, error)),
        };
        let (status, error) = match verdict {
            Ok(()) => {
                self.node.metrics.received(action, "ack", started.elapsed());
                return Answer::ack();
            }
            Err(refused) => refused,
        };
        if self.was_accepted(&verified).await {
            self.node.metrics.repeated();
            return Answer::ack();
        }
        self.node.metrics.received(action, "nack", started.elapsed());
        tracing::info!(peer = %verified.sender.subscriber_id, action, transaction_id = %verified.context.transaction_id,
            message_id = %verified.context.message_id, %error, "refused");
        self.node.inbox.note(record::entry(&verified, &headers, Some((status, &error)), started)).await;
        Answer::nack(status, error)
    }

    /// Time to live, schema, rules, and the app's own checks.
    async fn judge(&self, verified: &Verified) -> Result<(), NetworkError> {
        judge::freshness(verified, self.node.config.clock_skew_s, &self.codes)?;
        let payload = judge::rules(&self.node, verified, &self.codes).await?;
        let incoming = Incoming { context: &verified.context, payload: &payload, sender: verified.sender.clone() };
        self.handler.screen(&incoming).await
    }

    /// Commits the message; fails with the status and the error of the NACK.
    async fn store(&self, verified: &Verified, headers: &Headers, started: Instant) -> Result<(), (u16, NetworkError)> {
        let entry = record::entry(verified, headers, None, started);
        let message = Message {
            context: verified.context.clone(),
            bytes: verified.raw.bytes.clone(),
            sender: verified.sender.subscriber_id.clone(),
            authorization: headers.authorization().to_owned(),
            received_ms: entry.entry.at_ms,
        };
        let work = Work { key: name(verified), digest: hash::short(&verified.digest), message };
        match self.node.inbox.accept(entry, work).await {
            Ok(Taken::Fresh) => Ok(()),
            Ok(Taken::Repeated) => {
                self.node.metrics.repeated();
                Ok(())
            }
            Ok(Taken::Different) => Err((200, self.other_bytes())),
            Err(_) => Err((503, self.internal())),
        }
    }

    async fn was_accepted(&self, verified: &Verified) -> bool {
        let known = self.node.inbox.known(&name(verified), &hash::short(&verified.digest)).await;
        matches!(known, Ok(Some(Taken::Repeated)))
    }

    fn untrusted(&self, error: &TrustError) -> Answer {
        let refused = error.network_error(self.node.role);
        let answer = self.unproved(judge::reason(error), error.http_status(), refused);
        Answer { challenge: error.challenge(&self.node.identity.subscriber_id), ..answer }
    }

    /// Counts and logs, but stores nothing.
    fn unproved(&self, reason: &'static str, status: u16, error: NetworkError) -> Answer {
        self.node.metrics.unproved(reason);
        tracing::info!(node = self.node.name, reason, status, %error, "refused before the sender was proved");
        Answer::nack(status, error)
    }

    fn unknown_action(&self, action: &str) -> NetworkError {
        let known: Vec<&str> = self.handler.actions().iter().map(|action| action.as_str()).collect();
        let shown: String = action.chars().take(40).filter(|c| !c.is_control()).collect();
        let text = format!("`{shown}` is not received here; this participant receives: {}", known.join(", "));
        NetworkError::new(ErrorType::Context, self.codes.schema, text).at("context.action")
    }

    fn other_bytes(&self) -> NetworkError {
        let text = "this message_id came before with other content; use a new message_id for a new message";
        NetworkError::new(ErrorType::Context, self.codes.schema, text).at("context.message_id")
    }

    fn internal(&self) -> NetworkError {
        NetworkError::new(ErrorType::Core, self.codes.internal, "the message could not be stored; send it again later")
    }
}

/// The name under which the inbox knows a message.
fn name(verified: &Verified) -> [u8; 16] {
    let context = &verified.context;
    hash::message(verified.sender.subscriber_id.as_str(), context.action.as_str(), context.message_id.as_str())
}

/// `POST /network/on_subscribe`: the registry's challenge.
pub(crate) async fn on_subscribe(node: web::Data<Node>, body: web::Bytes) -> HttpResponse {
    let challenge: Value = serde_json::from_slice(&body).unwrap_or_default();
    match crate::onboarding::answer(&node, &challenge) {
        Ok(answer) => HttpResponse::Ok().json(serde_json::json!({ "answer": answer })),
        Err(error) => {
            node.metrics.unproved("challenge");
            tracing::warn!(node = node.name, %error, "a challenge was not answered");
            HttpResponse::Forbidden().json(serde_json::json!({ "error": error.to_string() }))
        }
    }
}
