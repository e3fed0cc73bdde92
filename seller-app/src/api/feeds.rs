//! Stock numbers by the million, as a stream.

use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;

use crate::app::SellerApp;
use crate::feed::{Feed, FeedError, FeedReport};

use super::access::who;
use super::problem::Problem;

/// The longest line; a position needs some eighty bytes.
const LINE_MAX: usize = 16 * 1024;

/// Counts of many shelves: CSV with the columns partner_id, sku, on_hand and, if wanted, safety, or one JSON object with these names a
/// line. The body may be as long as it wants. Good rows are written as they come, faulty ones are told and left out;
/// the same feed may be sent again at any time. A partner feeds its own shelves.
#[utoipa::path(post, path = "/api/stock/feed", tag = "stock",
    request_body(content((String = "text/csv"), (String = "application/x-ndjson"))),
    responses((status = 200, body = FeedReport), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub async fn feed(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    mut body: web::Payload,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let mut feed = Feed::open(&app, caller.actor(), caller.partner()).await.map_err(problem)?;
    let mut rest: Vec<u8> = Vec::new();
    while let Some(bytes) = body.next().await {
        let bytes = bytes.map_err(|error| Problem::bad_request(format!("the body broke off: {error}")))?;
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let last = lines.next_back().unwrap_or_default();
        for line in lines {
            rest.extend_from_slice(line);
            feed.line(&rest).await.map_err(problem)?;
            rest.clear();
        }
        rest.extend_from_slice(last);
        if rest.len() > LINE_MAX {
            return Err(Problem::bad_request(format!("a line is longer than {LINE_MAX} bytes")));
        }
    }
    if !rest.is_empty() {
        feed.line(&rest).await.map_err(problem)?;
    }
    Ok(HttpResponse::Ok().json(feed.finish().await.map_err(problem)?))
}

fn problem(error: FeedError) -> Problem {
    match error {
        FeedError::Layout { .. } | FeedError::Broken { .. } => Problem::bad_request(error.to_string()),
        FeedError::Database(error) => error.into(),
    }
}
