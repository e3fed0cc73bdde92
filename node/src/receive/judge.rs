//! Is the message fresh, and does it keep the published rules? Pure but for the thread that large payloads get.

use jiff::SignedDuration;
use protocol::ack::{ErrorType, NetworkError};
use protocol::trust::refusal::RefusalCodes;
use protocol::trust::{Stage, TrustError, Verified};
use serde_json::Value;
use specs::{Action, Book, Layer, Severity, Specs, Violation};

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
        let (specs, domains) = (node.specs.clone(), node.config.domains.clone());
        let (action, domain) = (context.action, context.domain.clone());
        let checked = tokio::task::spawn_blocking(move || {
            let broken = check(&specs, &domains, action, &domain, &payload);
            (payload, broken)
        });
        checked.await.map_err(|_| {
            NetworkError::new(ErrorType::Core, codes.internal, "the check failed; send the message again later")
        })?
    } else {
        let broken = check(&node.specs, &node.config.domains, context.action, &context.domain, &payload);
        (payload, broken)
    };
    let Some(broken) = broken else { return Ok(payload) };
    match node.config.validation_for(verified.sender.subscriber_id.as_str()) {
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
    Domain { domain: String },
    Version { version: String },
    Rules(Vec<Violation>),
}

/// Domain, version, schema and rules. What the law only warns of refuses nobody.
fn check(specs: &Specs, domains: &[String], action: Action, domain: &str, payload: &Value) -> Option<Broken> {
    if !domains.is_empty() && !domains.iter().any(|ours| ours == domain) {
        return Some(Broken::Domain { domain: domain.to_owned() });
    }
    let Some(book) = specs.book_of(payload) else {
        let version = payload.pointer("/context/core_version").and_then(Value::as_str).unwrap_or_default();
        let known = specs.books().iter().any(|book| book.domain() == domain);
        return Some(match known {
            true => Broken::Version { version: version.to_owned() },
            false => Broken::Domain { domain: domain.to_owned() },
        });
    };
    let mut violations = book.check(action, payload);
    violations.retain(|violation| is_error(book, action, violation));
    if violations.is_empty() { None } else { Some(Broken::Rules(violations)) }
}

fn is_error(book: &Book, action: Action, violation: &Violation) -> bool {
    let rule = book.rules(action).find(|rule| rule.id == violation.rule);
    rule.is_none_or(|rule| rule.severity == Severity::Error)
}

impl Broken {
    fn network_error(&self, codes: &RefusalCodes) -> NetworkError {
        match self {
            Self::Version { version } => {
                NetworkError::new(ErrorType::Context, codes.schema, format!("version {version} is not spoken here"))
                    .at("context.core_version")
            }
            Self::Domain { domain } => {
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
