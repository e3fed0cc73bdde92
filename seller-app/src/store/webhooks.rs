//! Places that want to be told (webhooks).

use node::{Database, Tx, read, run};

use super::stamp::Stamp;

/// A place. Its secrets are in it: never show it as it is.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    /// Words divided by spaces ([`crate::webhooks::kinds`]).
    pub kinds: String,
    pub description: String,
    /// `on` or `paused`.
    pub state: String,
    /// Why it was paused by itself; empty when a person did it.
    pub state_why: String,
    pub secret: String,
    /// Empty when there is none.
    pub former_secret: String,
    /// Unix milliseconds.
    pub former_until_ms: i64,
    pub created_by: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Deliveries that wait, and that were given up.
    pub waiting: i64,
    pub failed: i64,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook")
            .field("id", &self.id)
            .field("url", &self.url)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// What a person decides about a place.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'a> {
    pub url: &'a str,
    pub kinds: &'a str,
    pub description: &'a str,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select w.id, w.url, w.kinds, w.description, w.state, w.state_why, w.secret, w.former_secret, w.former_until_ms, ",
            "w.created_by, w.created_at_ms, ",
            "(select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'waiting') as waiting, ",
            "(select count(*) from webhook_deliveries d where d.webhook_id = w.id and d.state = 'failed') as failed ",
            "from webhooks w ",
            $rest
        )
    };
}

const ALL: &str = select!("order by w.id");
const ONE: &str = select!("where w.id = $1");
const ADD: &str = "insert into webhooks (id, url, kinds, description, state, state_why, secret, former_secret, former_until_ms, \
     created_by, created_at_ms) values ($1, $2, $3, $4, 'on', '', $5, '', 0, $6, $7)";
const CHANGE: &str = "update webhooks set url = $2, kinds = $3, description = $4 where id = $1";
const SWITCH: &str = "update webhooks set state = $2, state_why = $3 where id = $1";
const ROTATE: &str = "update webhooks set former_secret = secret, former_until_ms = $3, secret = $2 where id = $1";
const REMOVE: &str = "delete from webhooks where id = $1";
const REMOVE_DELIVERIES: &str = "delete from webhook_deliveries where webhook_id = $1";

/// All places, the oldest first.
pub async fn all(db: &Database) -> Result<Vec<Webhook>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(ALL).fetch_all(c).await)
}

pub async fn one(db: &Database, id: &str) -> Result<Option<Webhook>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(ONE).bind(id).fetch_optional(c).await)
}

/// Adds a place and gives its id.
pub async fn add(
    tx: &mut Tx,
    chosen: Chosen<'_>,
    secret: &str,
    created_by: &str,
    stamp: &Stamp<'_>,
) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    run!(tx, |c| sqlx::query(ADD)
        .bind(&id)
        .bind(chosen.url)
        .bind(chosen.kinds)
        .bind(chosen.description)
        .bind(secret)
        .bind(created_by)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// False when there is none.
pub async fn change(tx: &mut Tx, id: &str, chosen: Chosen<'_>) -> Result<bool, sqlx::Error> {
    let rows = run!(tx, |c| sqlx::query(CHANGE)
        .bind(id)
        .bind(chosen.url)
        .bind(chosen.kinds)
        .bind(chosen.description)
        .execute(c)
        .await?
        .rows_affected());
    Ok(rows > 0)
}

/// Switches it on, or pauses it; `why` is empty when a person does.
pub async fn switch(tx: &mut Tx, id: &str, on: bool, why: &str) -> Result<bool, sqlx::Error> {
    let state = if on { "on" } else { "paused" };
    let rows = run!(tx, |c| sqlx::query(SWITCH).bind(id).bind(state).bind(why).execute(c).await?.rows_affected());
    Ok(rows > 0)
}

/// A new secret; the one before it signs too until `former_until_ms`.
pub async fn rotate(tx: &mut Tx, id: &str, secret: &str, former_until_ms: i64) -> Result<bool, sqlx::Error> {
    let rows =
        run!(tx, |c| sqlx::query(ROTATE).bind(id).bind(secret).bind(former_until_ms).execute(c).await?.rows_affected());
    Ok(rows > 0)
}

/// Forgets a place with its deliveries.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<bool, sqlx::Error> {
    run!(tx, |c| sqlx::query(REMOVE_DELIVERIES).bind(id).execute(c).await.map(|_| ()))?;
    let rows = run!(tx, |c| sqlx::query(REMOVE).bind(id).execute(c).await?.rows_affected());
    Ok(rows > 0)
}
