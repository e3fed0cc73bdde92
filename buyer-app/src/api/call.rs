//! What every call carries beside its body: the token, `Idempotency-Key`, `Prefer: wait=N`.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, http::header};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::asks::{Caller, IdempotencyKey};
use crate::buyer::Buyer;

/// Longest key that is kept.
const KEY_LENGTH_MAX: usize = 200;
/// Orders placed through the API belong to it, not to a shopper's session.
pub const OWNER: &str = "api";

/// A call that may come in.
#[derive(Debug)]
pub struct Call {
    pub caller: Caller,
    /// Zero: answer at once.
    pub wait: Duration,
}

/// Checks the token; open only with `danger_open_console`.
pub fn authorised(request: &HttpRequest, buyer: &Buyer) -> Result<(), Problem> {
    node::access::staff(request, &buyer.config.node).map_err(|answer| {
        let status =
            if answer.status() == StatusCode::FORBIDDEN { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        Problem::new(status, "not-authorised", "send `Authorization: Bearer <console_token of the settings>`")
    })
}

/// Token, key and patience of an ask.
pub fn call(request: &HttpRequest, buyer: &Buyer, route: &'static str, body: &[u8]) -> Result<Call, Problem> {
    authorised(request, buyer)?;
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let idempotency = match text("Idempotency-Key") {
        Some(key) if key.is_empty() || key.len() > KEY_LENGTH_MAX => {
            return Err(Problem::unreadable("Idempotency-Key", format!("1 to {KEY_LENGTH_MAX} characters")));
        }
        Some(key) => Some(IdempotencyKey { key: key.to_owned(), route, digest: protocol::digest::digest(body) }),
        None => None,
    };
    let wait_max = Duration::from_secs(buyer.config.wait_s_max);
    let wait = text("Prefer").and_then(preferred_wait).unwrap_or_default().min(wait_max);
    Ok(Call { caller: Caller { owner: OWNER.to_owned(), idempotency }, wait })
}

/// `respond-async, wait=10` (RFC 7240).
fn preferred_wait(prefer: &str) -> Option<Duration> {
    let wait = prefer.split(',').find_map(|part| part.trim().strip_prefix("wait="))?;
    wait.trim().parse().ok().map(Duration::from_secs)
}

/// Reads the body; the problem names the field.
pub fn body<T: DeserializeOwned>(request: &HttpRequest, bytes: &[u8]) -> Result<T, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.is_empty() && !kind.contains("json") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "send JSON with content-type application/json",
        ));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let (field, words) = (error.path().to_string(), error.inner().to_string());
        Problem::unreadable(field, words)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefer_is_read_among_others() {
        assert_eq!(preferred_wait("wait=10"), Some(Duration::from_secs(10)));
        assert_eq!(preferred_wait("respond-async, wait=3"), Some(Duration::from_secs(3)));
        assert_eq!(preferred_wait("respond-async"), None);
        assert_eq!(preferred_wait("wait=soon"), None);
    }
}
