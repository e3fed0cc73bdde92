//! What every changing call passes, whether it comes to the API, the console or the portal: it is written down who asks, the
//! call is done at most once for its Idempotency-Key, and what came of it is written down too.
//!
//! The act runs in a task of its own: a caller that hangs up cannot stop it between the act and its record.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, ResponseError, web};
use tracing::Instrument;

use crate::api::access::{Who, identified};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::people::doors;
use crate::portal;
use crate::store::audit::{self, Asked};

pub mod idempotency;

/// Longest target that is kept, in characters.
const TARGET_MAX: usize = 200;

/// What a door says of its act, for the record.
#[derive(Clone, Debug, Default)]
struct Noted {
    target: String,
    summary: String,
}

/// Says what was done to what, where the address of the call does not. No secrets: it stays for good.
pub fn note(request: &HttpRequest, target: &str, summary: impl Into<String>) {
    request.extensions_mut().insert(Noted { target: target.to_owned(), summary: summary.into() });
}

/// The middleware of all three rooms.
pub async fn recorded(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    let done = actix_web::rt::spawn(in_full(request, next).in_current_span()).await;
    done.map_err(|error| {
        tracing::error!(%error, "a changing call broke off");
        Error::from(Problem::new(
            actix_web::http::StatusCode::INTERNAL_SERVER_ERROR,
            "this node could not do it; its log says why",
        ))
    })?
}

async fn in_full(request: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, Error> {
    let Some(app) = request.app_data::<web::Data<SellerApp>>().cloned() else { return next.call(request).await };
    let begun = match begin(&app, request.request()).await {
        Ok(begun) => begun,
        Err(problem) => return Ok(request.into_response(problem.error_response())),
    };
    let Begun { id, who, words } = begun;
    let answer = idempotency::once(&app, who.as_ref(), request, next).await?;
    let status = i64::from(answer.status().as_u16());
    let noted = answer.request().extensions().get::<Noted>().cloned().unwrap_or_default();
    let summary = match (answer.status().as_u16(), noted.summary.as_str()) {
        (..=399, "") => words,
        (..=399, noted) => noted,
        (401 | 403, _) => "refused",
        _ => "not done",
    };
    if let Err(error) = end(&app, &id, status, &noted.target, summary).await {
        // The first row stays and says that somebody asked.
        tracing::error!(%error, audit = id, "what came of an act could not be recorded");
    }
    Ok(answer)
}

/// An act whose first row is written.
struct Begun {
    id: String,
    who: Option<Who>,
    words: &'static str,
}

/// Nothing is done that cannot be recorded: a database that takes no row refuses the call.
async fn begin(app: &SellerApp, request: &HttpRequest) -> Result<Begun, Problem> {
    let pattern = request.match_pattern().unwrap_or_default();
    let path = request.path();
    let by_link = if path.starts_with("/portal") { portal::by_link(app, request).await? } else { None };
    let who = match by_link {
        Some(who) => Some(who),
        None => identified(app, request).await?,
    };
    let address = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    let target = target(&pattern, path);
    let asked = Asked {
        kind: who.as_ref().map_or("unknown", Who::kind),
        actor: who.as_ref().map_or("", Who::actor),
        role: who.as_ref().map_or("", |who| who.role().as_str()),
        partner_id: who.as_ref().and_then(Who::partner).unwrap_or_default(),
        method: request.method().as_str(),
        door: &pattern,
        target: &target,
        address: &address,
    };
    let mut tx = app.node.db.begin().await?;
    let id = audit::ask(&mut tx, &asked, &app.stamp()).await?;
    tx.commit().await?;
    let words = doors::words(request.method().as_str(), &pattern).unwrap_or_default();
    Ok(Begun { id, who, words })
}

async fn end(app: &SellerApp, id: &str, status: i64, target: &str, summary: &str) -> Result<(), sqlx::Error> {
    let mut tx = app.node.db.begin().await?;
    audit::answer(&mut tx, id, status, target, summary).await?;
    tx.commit().await
}

/// Writes down an act of the node itself or of its command line.
///
/// # Errors
/// When the database fails.
pub async fn by_system(app: &SellerApp, door: &str, target: &str, summary: &str) -> Result<(), sqlx::Error> {
    let asked =
        Asked { kind: "system", actor: "system", role: "", partner_id: "", method: "", door, target, address: "" };
    let mut tx = app.node.db.begin().await?;
    let id = audit::ask(&mut tx, &asked, &app.stamp()).await?;
    audit::answer(&mut tx, &id, 200, "", summary).await?;
    tx.commit().await
}

/// The parts of the address that the pattern leaves open: `ORDER1/pack`. Empty for a door that is not there.
fn target(pattern: &str, path: &str) -> String {
    let Some((fixed, _)) = pattern.split_once('{') else { return String::new() };
    // `/api/orders/{id}/…`: what is open, without the fixed words after it.
    let words: Vec<&str> = pattern.get(fixed.len()..).unwrap_or_default().split('/').collect();
    let parts = path.get(fixed.len()..).unwrap_or_default().splitn(words.len().max(1), '/');
    let open = words.iter().zip(parts).filter(|(word, _)| word.starts_with('{')).map(|(_, part)| decoded(part));
    open.collect::<Vec<_>>().join("/").chars().filter(|c| !c.is_control()).take(TARGET_MAX).collect()
}

fn decoded(part: &str) -> String {
    let query = format!("part={}", part.replace('+', "%2B").replace('&', "%26"));
    match web::Query::<Vec<(String, String)>>::from_query(&query) {
        Ok(pairs) => pairs.into_inner().into_iter().next().map(|(_, part)| part).unwrap_or_default(),
        Err(_) => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_what_the_pattern_leaves_open() {
        assert_eq!(target("/api/stock/{partner_id}/{sku}/lots", "/api/stock/p1/NG-1/lots"), "p1/NG-1");
        assert_eq!(
            target("/api/orders/{id}/{action:.+}", "/api/orders/O%2F1/returns/R1/approve"),
            "O/1/returns/R1/approve"
        );
        assert_eq!(target("/console/people/{login}", "/console/people/a+b%40c"), "a+b@c");
        assert_eq!(target("/api/people", "/api/people"), "");
    }
}
