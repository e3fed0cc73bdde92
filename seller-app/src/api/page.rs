//! Lists in pages: `limit` and `cursor` go in, `next` and a `Link` header come out. A cursor is a place in the order of the
//! list, not a number of rows, so what is added meanwhile neither repeats nor hides anything.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// Rows of one page at most.
pub const LIMIT_MAX: i64 = 200;
const LIMIT: i64 = 50;

/// Which page.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct PageQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
    /// `next` of the page before.
    pub cursor: String,
}

impl PageQuery {
    /// # Errors
    /// When the limit is out of its range.
    pub fn limit(&self) -> Result<i64, Problem> {
        match self.limit {
            None => Ok(LIMIT),
            Some(limit) if (1..=LIMIT_MAX).contains(&limit) => Ok(limit),
            Some(limit) => Err(Problem::bad_request(format!("limit: {limit} is not 1 to {LIMIT_MAX}"))),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    pub next: Option<String>,
}

/// Answers with a page. `rows` has one row more than the limit when there is a next page.
pub fn answer<T: Serialize>(
    request: &HttpRequest,
    rows: Vec<T>,
    limit: i64,
    cursor: impl Fn(&T) -> String,
) -> HttpResponse {
    let (items, next) = cut(rows, limit, cursor);
    linked(request, next.as_deref()).json(Page { items, next })
}

/// As [`answer`], for lists that are older than pages: the body is the array that it was, the `Link` header has the next page.
pub fn array<T: Serialize>(
    request: &HttpRequest,
    rows: Vec<T>,
    limit: i64,
    cursor: impl Fn(&T) -> String,
) -> HttpResponse {
    let (items, next) = cut(rows, limit, cursor);
    linked(request, next.as_deref()).json(items)
}

/// As [`array`], of a list that is whole in memory, each row with a key of its own. Without limit and cursor the whole list is
/// the answer, as it was before there were pages.
///
/// # Errors
/// When the limit is out of its range.
pub fn of_whole<T: Serialize>(
    request: &HttpRequest,
    mut rows: Vec<T>,
    query: &PageQuery,
    key: impl Fn(&T) -> String,
) -> Result<HttpResponse, Problem> {
    if query.limit.is_none() && query.cursor.is_empty() {
        return Ok(HttpResponse::Ok().json(rows));
    }
    let limit = query.limit()?;
    rows.retain(|row| query.cursor.is_empty() || key(row) > query.cursor);
    rows.sort_by_cached_key(&key);
    Ok(array(request, rows, limit, key))
}

pub fn bad_cursor(cursor: &str) -> Problem {
    Problem::bad_request(format!("cursor: `{cursor}` is none; take it from the page before"))
}

fn cut<T>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(cursor) } else { None };
    (rows, next)
}

fn linked(request: &HttpRequest, next: Option<&str>) -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    if let Some(next) = next {
        answer.insert_header((header::LINK, format!("<{}>; rel=\"next\"", address(request, next))));
    }
    answer
}

/// The same call with another cursor.
fn address(request: &HttpRequest, cursor: &str) -> String {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    let kept = pairs.iter().filter(|(name, _)| name != "cursor");
    let mut text: String = kept
        .map(|(name, value)| format!("{}={}&", node::pages::url_encode(name), node::pages::url_encode(value)))
        .collect();
    text.push_str("cursor=");
    text.push_str(&node::pages::url_encode(cursor));
    format!("{}?{text}", request.path())
}
