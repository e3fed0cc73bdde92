//! The registry's HTTP doors: bytes in, JSON out. What they mean is decided in [`crate::subscribe`] and [`crate::lookup`].

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::auth_header::COVERED;
use protocol::trust::Credentials;
use serde_json::json;

use crate::directory::Answer;
use crate::lookup::{self, LookupRefusal};
use crate::rate_limit::caller;
use crate::refusal::Refusal;
use crate::registry::Registry;
use crate::subscribe;

/// Largest subscription and lookup, in bytes.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// What an accepted subscription is answered with; participants expect the empty error object.
const ACK: &str =
    r#"{"message":{"ack":{"status":"ACK"}},"error":{"type":null,"code":null,"path":null,"message":null}}"#;
/// Seconds to wait after 429.
const PAUSE_S: &str = "60";

/// Mounts the registry's API under `/`, and under `/ondc` where older participants look for it.
pub fn mount(app: &mut web::ServiceConfig) {
    app.app_data(PayloadConfig::new(BODY_BYTES_MAX));
    for prefix in ["", "/ondc"] {
        app.route(&format!("{prefix}/subscribe"), web::post().to(post_subscribe))
            .route(&format!("{prefix}/v2.0/lookup"), web::post().to(post_signed_lookup))
            .route(&format!("{prefix}/lookup"), web::post().to(post_open_lookup))
            .route(&format!("{prefix}/vlookup"), web::post().to(post_vlookup));
    }
    app.route("/public-keys", web::get().to(public_keys));
}

async fn post_subscribe(registry: Data<Registry>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let address = caller(&request, &registry.config.client_address_header);
    if !registry.subscribe_limit.allows(address) {
        registry.counters.subscription("rate_limited");
        let error = NetworkError::new(
            ErrorType::Policy,
            "1025",
            "too many subscriptions from this address: try again in a minute",
        );
        return pause(StatusCode::TOO_MANY_REQUESTS).body(Reply::Nack(error).body());
    }
    let outcome = match authorization(&request) {
        Ok(authorization) => apply(&registry, body, authorization.map(str::to_owned)).await,
        Err(error) => Err(Refusal::Unsigned(format!("; {error}"))),
    };
    match outcome {
        Ok(_) => {
            registry.counters.subscription("granted");
            json_answer(StatusCode::OK).body(ACK)
        }
        Err(refusal) => {
            registry.counters.subscription(refusal.label());
            let status = match refusal {
                Refusal::Busy => StatusCode::TOO_MANY_REQUESTS,
                Refusal::Store => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::OK, // every other refusal is an answer to the question
            };
            json_answer(status).body(Reply::Nack(refusal.network_error()).body())
        }
    }
}

/// Goes on to its end when the caller hangs up.
async fn apply(
    registry: &Data<Registry>,
    body: Bytes,
    authorization: Option<String>,
) -> Result<subscribe::Granted, Refusal> {
    let this = registry.clone();
    let work = async move { subscribe::subscribe(&this, &body, authorization.as_deref()).await };
    registry.runtime.spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a subscription failed half-way");
        Err(Refusal::Store)
    })
}

async fn post_signed_lookup(registry: Data<Registry>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let outcome = match (allowed(&registry, &request), authorization(&request)) {
        (Err(refusal), _) => Err(refusal),
        (Ok(()), Err(error)) => Err(LookupRefusal::Trust(error)),
        (Ok(()), Ok(authorization)) => lookup::signed(&registry, &body, authorization).await,
    };
    tell(&registry, "signed", outcome)
}

async fn post_open_lookup(registry: Data<Registry>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let outcome = match allowed(&registry, &request) {
        Err(refusal) => Err(refusal),
        Ok(()) => lookup::open(&registry, &body).await,
    };
    tell(&registry, "open", outcome)
}

async fn post_vlookup(registry: Data<Registry>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let outcome = match allowed(&registry, &request) {
        Err(refusal) => Err(refusal),
        Ok(()) => lookup::old(&registry, &body).await,
    };
    tell(&registry, "vlookup", outcome)
}

/// The registry's own public keys, for the settings of a participant (`registry_encryption_keys`).
async fn public_keys(registry: Data<Registry>) -> HttpResponse {
    let keys = registry
        .node
        .keys
        .all()
        .iter()
        .map(|pair| {
            json!({
                "ukId": pair.unique_key_id,
                "signing_public_key": pair.signing.public_text(),
                "encr_public_key": pair.encryption.public_text(),
            })
        })
        .collect::<Vec<_>>();
    HttpResponse::Ok().json(json!({ "subscriber_id": registry.node.identity.subscriber_id, "keys": keys }))
}

fn allowed(registry: &Registry, request: &HttpRequest) -> Result<(), LookupRefusal> {
    let address = caller(request, &registry.config.client_address_header);
    if registry.lookup_limit.allows(address) { Ok(()) } else { Err(LookupRefusal::TooMany) }
}

/// The one `Authorization` line; two of them are refused.
fn authorization(request: &HttpRequest) -> Result<Option<&str>, protocol::trust::TrustError> {
    let lines = request.headers().get_all(AUTHORIZATION).map(|value| value.to_str().unwrap_or(""));
    Credentials::from_lines(lines, [], []).map(|credentials| credentials.authorization)
}

fn tell(registry: &Registry, form: &'static str, outcome: Result<Arc<Answer>, LookupRefusal>) -> HttpResponse {
    match outcome {
        Ok(answer) => {
            registry.counters.lookup(form, if answer.records == 0 { "empty" } else { "found" });
            json_answer(StatusCode::OK).body(answer.body.clone())
        }
        Err(refusal) => {
            let (status, code) = refusal.status_and_code();
            registry.counters.lookup(form, if status == 401 { "unproved" } else { "refused" });
            let body = Reply::Nack(NetworkError::new(kind(status), code, refusal.to_string())).body();
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            let mut answer = if status.is_client_error() { json_answer(status) } else { pause(status) };
            if status == StatusCode::UNAUTHORIZED {
                let realm = &registry.node.identity.subscriber_id;
                answer.insert_header((WWW_AUTHENTICATE, format!("Signature realm=\"{realm}\",headers=\"{COVERED}\"")));
            }
            if status == StatusCode::TOO_MANY_REQUESTS {
                answer.insert_header((RETRY_AFTER, PAUSE_S));
            }
            answer.body(body)
        }
    }
}

fn kind(status: u16) -> ErrorType {
    match status {
        401 => ErrorType::Context,
        400 => ErrorType::JsonSchema,
        429 => ErrorType::Policy,
        _ => ErrorType::Core,
    }
}

fn json_answer(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.content_type("application/json");
    answer
}

fn pause(status: StatusCode) -> HttpResponseBuilder {
    let mut answer = json_answer(status);
    answer.insert_header((RETRY_AFTER, PAUSE_S));
    answer
}
