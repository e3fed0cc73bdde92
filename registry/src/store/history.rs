//! Who did what to whom, and when: for the operator. Changes are also sealed ([`super::chain`]) and never forgotten. Refusals change
//! nothing; they are kept within a limit, because strangers cause them.

use jiff::Timestamp;
use node::database::{Database, Tx};
use node::{read, run};

use super::chain::{self, Happened, Sealer};
use super::ms;

/// Who caused an entry of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    Participant,
    Operator,
    /// A worker or a setting.
    Registry,
}

impl Actor {
    const fn as_str(self) -> &'static str {
        match self {
            Actor::Participant => "participant",
            Actor::Operator => "operator",
            Actor::Registry => "registry",
        }
    }
}

/// One line of the history.
#[derive(Clone, Debug, serde::Serialize, sqlx::FromRow)]
pub struct Line {
    pub at_ms: i64,
    pub subscriber_id: String,
    pub event: String,
    pub actor: String,
    pub detail: String,
}

/// The event name of a refused subscription.
pub const REFUSED: &str = "refused";

const ADD: &str =
    "insert into registry_history (at_ms, subscriber_id, event, actor, detail) values ($1, $2, $3, $4, $5)";
const FORGET: &str = "delete from registry_history where event = 'refused' and seq <= \
     (select seq from registry_history where event = 'refused' order by seq desc limit 1 offset $1)";
const OF_ONE: &str = "select at_ms, subscriber_id, event, actor, detail from registry_history where subscriber_id = $1 \
     order by seq desc limit 100";
const LATEST: &str =
    "select at_ms, subscriber_id, event, actor, detail from registry_history order by seq desc limit 50";

/// Adds what changed, here and in the sealed history.
pub async fn add(
    tx: &mut Tx,
    sealer: Sealer<'_>,
    at: Timestamp,
    id: &str,
    event: &str,
    actor: Actor,
    detail: &str,
) -> Result<(), sqlx::Error> {
    chain::add(tx, sealer, Happened { at, subscriber_id: id, event, actor: actor.as_str(), detail }).await?;
    insert(tx, at, id, event, actor, detail).await
}

/// Adds a refusal and forgets those before the newest `keep`.
pub async fn add_refusal(tx: &mut Tx, at: Timestamp, id: &str, detail: &str, keep: i64) -> Result<(), sqlx::Error> {
    insert(tx, at, id, REFUSED, Actor::Participant, detail).await?;
    run!(tx, |c| sqlx::query(FORGET).bind(keep.max(0)).execute(c).await.map(|_| ()))
}

async fn insert(
    tx: &mut Tx,
    at: Timestamp,
    id: &str,
    event: &str,
    actor: Actor,
    detail: &str,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(ADD)
        .bind(ms(at))
        .bind(id)
        .bind(event)
        .bind(actor.as_str())
        .bind(detail)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The newest lines of one subscriber.
pub async fn of(db: &Database, id: &str) -> Result<Vec<Line>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(OF_ONE).bind(id).fetch_all(c).await)
}

/// The newest lines of all.
pub async fn latest(db: &Database) -> Result<Vec<Line>, sqlx::Error> {
    read!(db, |c| sqlx::query_as(LATEST).fetch_all(c).await)
}
