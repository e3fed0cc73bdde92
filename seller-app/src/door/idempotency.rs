//! `Idempotency-Key` of the API (the IETF's draft): a call that is sent again with its key gets the answer of the first one
//! and is not done again.
//!
//! The key is taken before the act and lives in the database, so it holds on every replica and over a restart. When the node
//! stops between the act and its answer, nobody knows whether it was done: the key then stays taken, and the answer says so.

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use futures_util::StreamExt;

use crate::api::access::{Who, known};
use crate::api::imports::UPLOAD_BYTES_MAX;
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::people::doors;
use crate::store::idempotency::{self, KeyOf, Stored};

use super::note;

/// For so long an answer is kept.
pub const KEPT_HOURS: i64 = 24;
const HEADER: &str = "idempotency-key";
/// On an answer that was given before.
const REPLAYED: &str = "idempotency-replayed";
const KEY_MAX: usize = 255;
/// In place of a content type: the answer had a secret and was not kept.
const SHOWN_ONCE: &str = "shown once";

/// Does the call, or gives the answer that it got before.
pub(super) async fn once(
    app: &SellerApp,
    who: Option<&Who>,
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let wanted = matches!(*request.method(), Method::POST | Method::PUT) && request.path().starts_with("/api/");
    let (true, Some(who), true) = (wanted, who, request.headers().contains_key(HEADER)) else {
        return next.call(request).await;
    };
    // Whoever may not pass this door is told so by the door, and learns of no answer.
    if !passes(app, who, request.request()).await {
        return next.call(request).await;
    }
    match prepare(app, who, &mut request).await {
        Ok(Turn::Mine(of)) => {
            let answer = next.call(request).await?;
            keep(app, &of, answer).await
        }
        Ok(Turn::Done(stored)) => {
            note(request.request(), "", "the answer of the first call was given again");
            Ok(request.into_response(again(stored)))
        }
        Err(problem) => Ok(request.into_response(problem.error_response())),
    }
}

async fn passes(app: &SellerApp, who: &Who, request: &HttpRequest) -> bool {
    let pattern = request.match_pattern().unwrap_or_default();
    let may = who.may(doors::needs(request.method().as_str(), &pattern)).is_ok();
    may && matches!(known(app, request).await, Ok(Some(_)))
}

/// Whose turn it is.
enum Turn {
    /// This call does it.
    Mine(KeyOf),
    /// It was done.
    Done(Stored),
}

async fn prepare(app: &SellerApp, who: &Who, request: &mut ServiceRequest) -> Result<Turn, Problem> {
    let of = KeyOf { caller: who.scope_of_keys(), key: key(request.request())? };
    let body = read(request).await?;
    let fingerprint = fingerprint(request.request(), &body);
    request.set_payload(Payload::from(body));
    let now_ms = app.now().as_millisecond();
    let mut tx = app.node.db.begin().await?;
    let mine = idempotency::claim(&mut tx, &of, &fingerprint, now_ms, now_ms - KEPT_HOURS * 3_600_000).await?;
    tx.commit().await?;
    if mine {
        return Ok(Turn::Mine(of));
    }
    let stored = idempotency::find(&app.node.db, &of).await?;
    match stored {
        Some(stored) if stored.fingerprint != fingerprint => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "Idempotency-Key: this key was sent with another call or body; use a new key for a new call",
        )),
        Some(stored) if stored.status != 0 => Ok(Turn::Done(stored)),
        Some(_) | None => Err(Problem::new(
            StatusCode::CONFLICT,
            "Idempotency-Key: the first call with this key is not answered yet; send it again in a second. If that stays \
             so, the node was stopped meanwhile: look whether it was done (/api/audit), then use a new key",
        )),
    }
}

/// As a structured string (`"8e03…"`) or bare.
fn key(request: &HttpRequest) -> Result<String, Problem> {
    let mut given = request.headers().get_all(HEADER);
    let text = given.next().and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
    let bare = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let good = (1..=KEY_MAX).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if good && given.next().is_none() {
        return Ok(bare.to_owned());
    }
    Err(Problem::bad_request(format!(
        "Idempotency-Key: send one key of 1 to {KEY_MAX} visible characters, such as a new UUID"
    )))
}

async fn read(request: &mut ServiceRequest) -> Result<web::Bytes, Problem> {
    let (mut payload, mut body) = (request.take_payload(), web::BytesMut::new());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| Problem::bad_request(error.to_string()))?;
        if body.len() + chunk.len() > UPLOAD_BYTES_MAX {
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "a body with an Idempotency-Key has at most {UPLOAD_BYTES_MAX} bytes: divide it, or leave the key out"
                ),
            ));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn fingerprint(request: &HttpRequest, body: &[u8]) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri()).into_bytes();
    text.extend_from_slice(body);
    protocol::digest::digest(&text)
}

/// Keeps what may be given again; what was not done gives the key back.
async fn keep(app: &SellerApp, of: &KeyOf, answer: ServiceResponse) -> Result<ServiceResponse, Error> {
    let (request, answer) = answer.into_parts();
    let (answer, body) = answer.into_parts();
    let body = match to_bytes(body).await {
        Ok(body) => body,
        Err(error) => return Err(Problem::bad_request(error.to_string()).into()),
    };
    let text = |name: header::HeaderName| {
        answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    };
    // What is shown once is not kept: only its digest is anywhere.
    let once = text(header::CACHE_CONTROL).contains("no-store");
    let stored = Stored {
        fingerprint: String::new(),
        status: i64::from(answer.status().as_u16()),
        content_type: if once { SHOWN_ONCE.to_owned() } else { text(header::CONTENT_TYPE) },
        location: text(header::LOCATION),
        body: if once { Vec::new() } else { body.to_vec() },
    };
    let kept = if is_final(answer.status()) { finish(app, of, &stored).await } else { release(app, of).await };
    if let Err(error) = kept {
        tracing::error!(%error, "the answer to an Idempotency-Key could not be kept; the key stays taken");
    }
    Ok(ServiceResponse::new(request, answer.set_body(body).map_into_boxed_body()))
}

/// Whether the same call would get the same answer for good. Conflicts, refusals of the caller and our own failures pass.
fn is_final(status: StatusCode) -> bool {
    let passes = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::CONFLICT,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    !status.is_server_error() && !passes.contains(&status)
}

async fn finish(app: &SellerApp, of: &KeyOf, stored: &Stored) -> Result<(), sqlx::Error> {
    let mut tx = app.node.db.begin().await?;
    idempotency::finish(&mut tx, of, stored).await?;
    tx.commit().await
}

async fn release(app: &SellerApp, of: &KeyOf) -> Result<(), sqlx::Error> {
    let mut tx = app.node.db.begin().await?;
    idempotency::release(&mut tx, of).await?;
    tx.commit().await
}

fn again(stored: Stored) -> HttpResponse {
    if stored.content_type == SHOWN_ONCE {
        let detail = "Idempotency-Key: this was done, and its answer had a secret that is shown once and kept nowhere. If it \
                      did not arrive, make a new one with a new key";
        return Problem::new(StatusCode::CONFLICT, detail).error_response();
    }
    let status = u16::try_from(stored.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let mut answer = HttpResponse::build(status.unwrap_or(StatusCode::OK));
    answer.insert_header((REPLAYED, "true"));
    if !stored.location.is_empty() {
        answer.insert_header((header::LOCATION, stored.location));
    }
    if !stored.content_type.is_empty() {
        answer.insert_header((header::CONTENT_TYPE, stored.content_type));
    }
    answer.body(stored.body)
}
