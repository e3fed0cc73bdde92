//! The HTTP doors of the [`feed`](crate::feed).

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::web::{self, Bytes, Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Deserialize;
use serde_json::json;

use crate::chain::SealedLine;
use crate::feed::{self, Look};
use crate::registry::Registry;

/// A stream that has nothing to say says so this often.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Mounts the feed.
pub fn mount(app: &mut web::ServiceConfig) {
    app.route("/changes", web::get().to(changes)).route("/changes.ndjson", web::get().to(export));
}

#[derive(Debug, Deserialize)]
struct Wanted {
    /// Number of the last line that the caller has; without it only the head is told.
    after: Option<i64>,
    #[serde(default)]
    wait_s: u64,
}

async fn changes(registry: Data<Registry>, request: HttpRequest, wanted: Query<Wanted>) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("accept").is_some_and(|accept| accept.contains("text/event-stream")) {
        let last = header("last-event-id").and_then(|text| text.parse().ok());
        return stream_of(registry, last.or(wanted.after)).await;
    }
    let Some(after) = wanted.after else {
        return match feed::now(&registry).await {
            Ok(look) => answer(look.json()),
            Err(error) => failed(&error),
        };
    };
    let _place = match registry.feed.place() {
        Some(place) => place,
        None if wanted.wait_s == 0 => return poll(&registry, after, Duration::ZERO).await,
        None => return full(),
    };
    poll(&registry, after, Duration::from_secs(wanted.wait_s)).await
}

async fn poll(registry: &Registry, after: i64, wait: Duration) -> HttpResponse {
    match feed::look(registry, after, wait).await {
        Ok(look) => answer(look.json()),
        Err(error) => failed(&error),
    }
}

async fn stream_of(registry: Data<Registry>, last: Option<i64>) -> HttpResponse {
    if registry.feed.place().is_none() {
        return full();
    }
    let after = match last {
        Some(after) => after,
        None => match feed::now(&registry).await {
            Ok(look) => look.head,
            Err(error) => return failed(&error),
        },
    };
    let events = stream::unfold((registry, after), |(registry, after)| async move {
        if registry.feed.is_closing() {
            return None;
        }
        let found = {
            let _place = registry.feed.place()?;
            feed::look(&registry, after, KEEP_ALIVE).await.ok()?
        };
        let end = found.end(after);
        Some((Ok::<Bytes, actix_web::Error>(events(&found)), (registry, end)))
    });
    HttpResponse::Ok().content_type("text/event-stream").insert_header((CACHE_CONTROL, "no-store")).streaming(events)
}

fn events(found: &Look) -> Bytes {
    if found.changes.is_empty() {
        return Bytes::from_static(b": still here\n\n");
    }
    let event = |line: &SealedLine| format!("id: {}\nevent: change\ndata: {}\n\n", line.seq, text(line));
    found.changes.iter().map(event).collect::<String>().into()
}

async fn export(registry: Data<Registry>, wanted: Query<Wanted>) -> HttpResponse {
    let lines = stream::unfold((registry, wanted.after.unwrap_or(0)), |(registry, after)| async move {
        let found = match feed::look(&registry, after, Duration::ZERO).await {
            Ok(found) if found.changes.is_empty() => return None,
            Ok(found) => found,
            // The connection breaks, so that nobody takes a part for the whole.
            Err(error) => {
                tracing::error!(%error, "the history could not be read to its end");
                let broken = actix_web::error::ErrorInternalServerError("the database failed");
                return Some((Err(broken), (registry, i64::MAX)));
            }
        };
        let text: String = found.changes.iter().map(|line| format!("{}\n", text(line))).collect();
        Some((Ok::<Bytes, actix_web::Error>(text.into()), (registry, found.end(after))))
    });
    HttpResponse::Ok().content_type("application/x-ndjson").streaming(lines)
}

fn text(line: &SealedLine) -> String {
    serde_json::to_string(line).unwrap_or_default()
}

fn answer(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").insert_header((CACHE_CONTROL, "no-store")).body(body)
}

fn full() -> HttpResponse {
    let error = json!({ "error": "too many wait for changes: try again in a minute, or ask without wait_s" });
    HttpResponse::ServiceUnavailable().insert_header((RETRY_AFTER, "60")).json(error)
}

fn failed(error: &sqlx::Error) -> HttpResponse {
    tracing::error!(%error, "the history could not be read");
    let error = json!({ "error": "the registry's database failed: try again in a moment" });
    HttpResponse::ServiceUnavailable().insert_header((RETRY_AFTER, "5")).json(error)
}
