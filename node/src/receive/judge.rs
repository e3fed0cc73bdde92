//! Is the message fresh, and does it keep the published rules? Pure but for the thread that large payloads get.

use jiff::SignedDuration;
use protocol::ack::{ErrorType, NetworkError};
use protocol::context::Context;
use protocol::trust::refusal::RefusalCodes;
use protocol::trust::{Stage, TrustError, Verified};
use serde_json::Value;
use specs::{Action, Book, Layer, Specs, Violation};

use crate::config::Validation;
use crate::node::Node;
use crate::payload;

/// Refuses a message whose time to live is over, or that comes from the future.
pub(super) fn freshness(verified: &Verified, skew_s: i64, codes: &RefusalCodes) -> Result<(), NetworkError> {
    let (context, now) = (&verified.context, verified.at);
    let stale = |text: String| Err(NetworkError::new(ErrorType::Context, codes.stale, text).at("context.timestamp"));
    let skew = SignedDuration::from_secs(skew_s);
    if now.saturating_add(skew).is_ok_and(|latest| context.timestamp > latest) {
        return stale(format!("context.timestamp {} lies in the future; our time is {now}", context.timestamp));
    }
    let Some(ttl) = context.ttl() else { return Ok(()) };
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    match context.timestamp.checked_add(ttl) {
        Ok(end) if end < now => stale(format!("the message was good until {end}; our time is {now}")),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Reads the payload once and checks it against the book of its domain and version.
pub(super) async fn rules(node: &Node, verified: &Verified, codes: &RefusalCodes) -> Result<Value, NetworkError> {
    let context = &verified.context;
    let bytes = verified.raw.bytes.clone();
    let large = bytes.len() >= payload::LARGE_BYTES;
    let payload = payload::parse(bytes).await;
    let payload = payload
        .map_err(|error| NetworkError::new(ErrorType::JsonSchema, codes.schema, format!("not JSON: {error}")))?;
    let (payload, broken) = if large {
        let (specs, context) = (node.specs.clone(), context.clone());
        let checked = tokio::task::spawn_blocking(move || {
            let broken = check(&specs, &context, &payload);
            (payload, broken)
        });
        checked.await.map_err(|_| {
            NetworkError::new(ErrorType::Core, codes.internal, "the check failed; send the message again later")
        })?
    } else {
        let broken = check(&node.specs, context, &payload);
        (payload, broken)
    };
    let Some(broken) = broken else { return Ok(payload) };
    match node.config.validation {
        Validation::Enforce => Err(broken.network_error(codes)),
        Validation::Warn => {
            node.metrics.rule_warning();
            let error = broken.network_error(codes);
            tracing::warn!(peer = %verified.sender.subscriber_id, action = context.action.as_str(),
                message_id = %context.message_id, %error, "a rule is broken; the message is accepted all the same");
            Ok(payload)
        }
    }
}

/// What is wrong with a payload.
enum Broken {
    Domain { domain: String, version: String, known: bool },
    Rules(Vec<Violation>),
}

fn check(specs: &Specs, context: &Context, payload: &Value) -> Option<Broken> {
    let Some(book) = book(specs, context) else {
        let known = specs.books().iter().any(|book| book.domain() == context.domain);
        return Some(Broken::Domain { domain: context.domain.clone(), version: context.core_version.clone(), known });
    };
    let violations = book.check(context.action, payload);
    if violations.is_empty() { None } else { Some(Broken::Rules(violations)) }
}

/// The book of the message's domain and version. Issues have versions of their own (IGM 1.0.0, 2.0.0) in the same domain.
fn book<'a>(specs: &'a Specs, context: &Context) -> Option<&'a Book> {
    let issue = matches!(context.action, Action::Issue | Action::OnIssue | Action::IssueStatus | Action::OnIssueStatus);
    let exact = specs.book(&context.domain, &context.core_version);
    exact.or_else(|| specs.books().iter().find(|book| issue && book.domain() == context.domain))
}

impl Broken {
    fn network_error(&self, codes: &RefusalCodes) -> NetworkError {
        match self {
            Self::Domain { version, known: true, .. } => {
                NetworkError::new(ErrorType::Context, codes.schema, format!("version {version} is not spoken here"))
                    .at("context.core_version")
            }
            Self::Domain { domain, .. } => {
                NetworkError::new(ErrorType::Context, codes.schema, format!("domain {domain} is not served here"))
                    .at("context.domain")
            }
            Self::Rules(violations) => violations.first().map_or_else(
                || NetworkError::new(ErrorType::JsonSchema, codes.schema, "a rule is broken"),
                |first| rule_error(first, violations.len(), codes),
            ),
        }
    }
}

fn rule_error(first: &Violation, count: usize, codes: &RefusalCodes) -> NetworkError {
    let kind = match first.layer {
        Layer::Schema => ErrorType::JsonSchema,
        Layer::Rule | Layer::History => ErrorType::Domain,
    };
    let more = if count > 1 { format!(" ({} more)", count - 1) } else { String::new() };
    NetworkError::new(kind, codes.schema, format!("{} [{}]{more}", first.message, first.rule)).at(first.path.as_str())
}

/// The label under which a refusal is counted.
pub(super) fn reason(error: &TrustError) -> &'static str {
    match error.stage() {
        Stage::Header => "header",
        Stage::Time => "signature_time",
        Stage::Envelope => "envelope",
        Stage::Identity => "identity",
        Stage::Registry => "registry",
        Stage::Signature => "signature",
    }
}
