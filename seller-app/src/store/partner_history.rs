//! Who moved a partner where in its life, and why. Append-only.

use node::{Database, Tx, read, run};
use serde::Serialize;
use utoipa::ToSchema;

use crate::partners::{Stage, Step};

use super::partners::Mover;
use super::stamp::Stamp;

/// One step in the life of a partner.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, Serialize, ToSchema)]
pub struct HistoryRow {
    pub from_stage: String,
    pub to_stage: String,
    /// `suspend`, `go-live`…; `warn` for a warning, which moves nothing.
    pub step: String,
    pub actor: String,
    pub reason: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

const ADD: &str = "insert into partner_history (id, partner_id, from_stage, to_stage, step, actor, reason, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_PARTNER: &str = "select from_stage, to_stage, step, actor, reason, at_ms from partner_history \
     where partner_id = $1 order by id desc";

/// Notes a step that was taken.
pub async fn add(
    tx: &mut Tx,
    partner_id: &str,
    (from, to, step): (Stage, Stage, Step),
    mover: Mover<'_>,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    note(tx, partner_id, (from, to), step.as_str(), mover, stamp).await
}

/// Notes something that belongs into the history and moves nothing, such as a warning.
pub async fn remark(
    tx: &mut Tx,
    partner_id: &str,
    stage: Stage,
    word: &str,
    mover: Mover<'_>,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    note(tx, partner_id, (stage, stage), word, mover, stamp).await
}

async fn note(
    tx: &mut Tx,
    partner_id: &str,
    (from, to): (Stage, Stage),
    word: &str,
    mover: Mover<'_>,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(ADD)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(from.as_str())
        .bind(to.as_str())
        .bind(word)
        .bind(mover.actor)
        .bind(mover.reason)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// The newest first.
pub async fn of_partner(db: &Database, partner_id: &str) -> Result<Vec<HistoryRow>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, HistoryRow>(OF_PARTNER).bind(partner_id).fetch_all(c).await)
}
