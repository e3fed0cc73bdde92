//! Requests of the B2B intake.

use node::{Database, Tx, read, run};

use crate::intake::{Request, RequestState};

use super::body;
use super::stamp::Stamp;

/// A request as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub reference: String,
    pub digest: String,
    pub state: RequestState,
    pub request: Request,
    pub created_at_ms: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    reference: String,
    digest: String,
    state: String,
    body: String,
    created_at_ms: i64,
}

impl Row {
    fn stored(self) -> Result<Stored, sqlx::Error> {
        let state = RequestState::parse(&self.state).map_err(|error| sqlx::Error::Decode(error.into()))?;
        let request = body::read(&self.body)?;
        Ok(Stored { reference: self.reference, digest: self.digest, state, request, created_at_ms: self.created_at_ms })
    }
}

const ONE: &str = "select reference, digest, state, body, created_at_ms from b2b_requests where reference = $1";
const OPEN: &str = "select reference, digest, state, body, created_at_ms from b2b_requests \
     where state <> 'placed' and updated_at_ms < $1 order by updated_at_ms limit $2";
const NEWEST: &str = "select reference, digest, state, body, created_at_ms from b2b_requests \
     where created_at_ms < $1 order by created_at_ms desc, reference limit $2";
const ADD: &str = "insert into b2b_requests (reference, digest, state, body, created_at_ms, updated_at_ms) \
     values ($1, $2, 'holding', $3, $4, $4) on conflict (reference) do nothing";
const MOVE: &str =
    "update b2b_requests set state = $3, body = $4, updated_at_ms = $5 where reference = $1 and state = $2";
const DROP: &str = "delete from b2b_requests where reference = $1 and state = 'holding'";

/// The request with this reference.
pub async fn one(db: &Database, reference: &str) -> Result<Option<Stored>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(ONE).bind(reference).fetch_optional(c).await)?;
    row.map(Row::stored).transpose()
}

/// Requests that are not placed and did not move since `before_ms`, the oldest first.
pub async fn open(db: &Database, before_ms: i64, limit: i64) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(OPEN).bind(before_ms).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::stored).collect()
}

/// The newest requests made before a moment.
pub async fn newest(db: &Database, before_ms: i64, limit: i64) -> Result<Vec<Stored>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(NEWEST).bind(before_ms).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::stored).collect()
}

/// Keeps a new request. `false` = the reference is taken.
pub async fn add(tx: &mut Tx, digest: &str, request: &Request, stamp: &Stamp<'_>) -> Result<bool, sqlx::Error> {
    let text = body::write(request)?;
    let rows = run!(tx, |c| sqlx::query(ADD)
        .bind(&request.form.reference)
        .bind(digest)
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Moves a request on. `false` = it is not in the state `from` any more.
pub async fn advance(
    tx: &mut Tx,
    request: &Request,
    (from, to): (RequestState, RequestState),
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let text = body::write(request)?;
    let rows = run!(tx, |c| sqlx::query(MOVE)
        .bind(&request.form.reference)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Forgets a request of which nothing was promised.
pub async fn drop_held(tx: &mut Tx, reference: &str) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(DROP).bind(reference).execute(c).await.map(|_| ()))
}
