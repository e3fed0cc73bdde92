//! What changed in the published catalogue, for buyer apps that ask for it (pull) or are told (push).

use node::{Database, Tx, read, run};
use serde_json::json;

use super::stamp::Stamp;
use super::webhook_events::{Happening, Listeners};

/// Everything that a partner sells: no SKU may have a star.
pub const EVERYTHING: &str = "*";

/// A shelf whose price or availability changed; with an empty `sku` a partner that went on or off the network; with
/// [`EVERYTHING`] a partner whose items may all stand in other zones now.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Change {
    pub partner_id: String,
    pub sku: String,
}

/// A change that waits to be pushed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    id: String,
    partner_id: String,
    sku: String,
}

/// Kinds of webhooks.
const SHELF: &str = "stock.change";
const PARTNER: &str = "partner.change";

const NOTE: &str = "insert into catalogue_changes (id, partner_id, sku, pushed, at_ms) values ($1, $2, $3, false, $4)";
const BETWEEN: &str = "select distinct partner_id, sku from catalogue_changes \
     where at_ms >= $1 and at_ms <= $2 order by partner_id, sku";
const WAITING: &str = "select id, partner_id, sku from catalogue_changes where pushed = false order by id limit $1";
const PUSHED: &str = "update catalogue_changes set pushed = true where id = $1 and pushed = false";
const FORGET: &str = "delete from catalogue_changes where pushed = true and at_ms < $1";

/// Notes a change in the transaction that makes it, and tells the brand's systems that want to know.
pub async fn note(tx: &mut Tx, partner_id: &str, sku: &str, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(NOTE)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(sku)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))?;
    tell(tx, [(partner_id, sku)], stamp).await
}

/// Tells the brand's systems of changes that are noted in another way.
pub(super) async fn tell<'a>(
    tx: &mut Tx,
    changes: impl IntoIterator<Item = (&'a str, &'a str)>,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let listeners = Listeners::read(tx).await?;
    if !listeners.want(SHELF) && !listeners.want(PARTNER) {
        return Ok(());
    }
    for (partner_id, sku) in changes {
        let happening = match sku {
            "" | EVERYTHING => Happening {
                kind: PARTNER.to_owned(),
                subject: format!("partner {partner_id}"),
                data: json!({ "partner_id": partner_id }),
            },
            sku => Happening {
                kind: SHELF.to_owned(),
                subject: format!("shelf {partner_id} {sku}"),
                data: json!({ "partner_id": partner_id, "sku": sku }),
            },
        };
        listeners.tell(tx, &happening, stamp).await?;
    }
    Ok(())
}

/// What changed between two moments (Unix milliseconds, both included).
pub async fn between(db: &Database, from_ms: i64, to_ms: i64) -> Result<Vec<Change>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Change>(BETWEEN).bind(from_ms).bind(to_ms).fetch_all(c).await)
}

/// Changes that no subscriber was told yet, oldest first.
pub async fn waiting(db: &Database, limit: i64) -> Result<Vec<Waiting>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Waiting>(WAITING).bind(limit).fetch_all(c).await)
}

/// Marks changes as told. `false` = another replica told some of them: roll back.
pub async fn mark_pushed(tx: &mut Tx, told: &[Waiting]) -> Result<bool, sqlx::Error> {
    for row in told {
        let marked = run!(tx, |c| sqlx::query(PUSHED).bind(&row.id).execute(c).await.map(|done| done.rows_affected()))?;
        if marked == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The same change noted twice is one change.
pub fn distinct(waiting: &[Waiting]) -> Vec<Change> {
    let mut changes: Vec<Change> =
        waiting.iter().map(|row| Change { partner_id: row.partner_id.clone(), sku: row.sku.clone() }).collect();
    changes.sort();
    changes.dedup();
    changes
}

/// Drops told changes older than `before_ms`: a buyer app that was away longer takes the full catalogue again.
pub async fn forget(tx: &mut Tx, before_ms: i64) -> Result<u64, sqlx::Error> {
    run!(tx, |c| sqlx::query(FORGET).bind(before_ms).execute(c).await.map(|done| done.rows_affected()))
}
