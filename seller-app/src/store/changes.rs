//! What changed in the published catalogue, for buyer apps that ask for it (pull) or are told (push).

use node::{Database, Tx, read, run};

use super::stamp::Stamp;

/// A shelf whose price or availability changed, or (empty `sku`) a partner that opened, closed or moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Change {
    pub partner_id: String,
    pub sku: String,
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Waiting {
    id: String,
    partner_id: String,
    sku: String,
}

const NOTE: &str = "insert into catalogue_changes (id, partner_id, sku, pushed, at_ms) values ($1, $2, $3, false, $4)";
const BETWEEN: &str = "select distinct partner_id, sku from catalogue_changes \
     where at_ms >= $1 and at_ms <= $2 order by partner_id, sku";
const WAITING: &str = "select id, partner_id, sku from catalogue_changes where pushed = false order by id limit $1";
const PUSHED: &str = "update catalogue_changes set pushed = true where id = $1";
const FORGET: &str = "delete from catalogue_changes where pushed = true and at_ms < $1";

/// Notes a change in the transaction that makes it.
pub async fn note(tx: &mut Tx, partner_id: &str, sku: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(NOTE)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(sku)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// What changed between two moments (Unix milliseconds, both included).
pub async fn between(db: &Database, from_ms: i64, to_ms: i64) -> Result<Vec<Change>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Change>(BETWEEN).bind(from_ms).bind(to_ms).fetch_all(c).await)
}

/// Changes that no subscriber was told yet, marked as told in this transaction. At most `limit` rows; doubles are folded.
pub async fn take_unpushed(tx: &mut Tx, limit: i64) -> Result<Vec<Change>, sqlx::Error> {
    let waiting = run!(tx, |c| sqlx::query_as::<_, Waiting>(WAITING).bind(limit).fetch_all(c).await)?;
    for row in &waiting {
        run!(tx, |c| sqlx::query(PUSHED).bind(&row.id).execute(c).await.map(|_| ()))?;
    }
    let mut changes: Vec<Change> =
        waiting.into_iter().map(|row| Change { partner_id: row.partner_id, sku: row.sku }).collect();
    changes.sort();
    changes.dedup();
    Ok(changes)
}

/// Whether a push is due; cheap, asked often.
pub async fn any_unpushed(db: &Database) -> Result<bool, sqlx::Error> {
    let waiting = read!(db, |c| sqlx::query_as::<_, Waiting>(WAITING).bind(1_i64).fetch_optional(c).await)?;
    Ok(waiting.is_some())
}

/// Drops told changes older than `before_ms`: a buyer app that was away longer takes the full catalogue again.
pub async fn forget(tx: &mut Tx, before_ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(before_ms).execute(c).await.map(|done| done.rows_affected()))
}
