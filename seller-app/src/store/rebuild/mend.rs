//! Mending, one shelf at a time under its lock: the program may go on serving.

use super::*;

const LOCK: &str = "insert into stock (partner_id, sku, on_hand, held, committed, safety, counted_at_ms, updated_at_ms) \
     values ($1, $2, 0, 0, 0, 0, $3, $3) on conflict (partner_id, sku) do update set updated_at_ms = excluded.updated_at_ms";
const KEEP_LOT: &str = "insert into stock_lots \
     (partner_id, sku, lot, expires_ms, on_hand, committed, received_at_ms, updated_at_ms) values ($1, $2, $3, $4, 0, 0, $4, $4) \
     on conflict (partner_id, sku, lot) do nothing";
const SET_ON_HAND: &str = "update stock set on_hand = $3 where partner_id = $1 and sku = $2";
const SET_HELD: &str = "update stock set held = $3 where partner_id = $1 and sku = $2";
const SET_COMMITTED: &str = "update stock set committed = $3 where partner_id = $1 and sku = $2";
const SET_SAFETY: &str = "update stock set safety = $3 where partner_id = $1 and sku = $2";
const SET_RESERVE: &str = "update stock set reserve_b2b = $3 where partner_id = $1 and sku = $2";
const SET_CAP: &str = "update stock set cap_network = $3 where partner_id = $1 and sku = $2";
const SET_LOT_ON_HAND: &str = "update stock_lots set on_hand = $3 where partner_id = $1 and sku = $2 and lot = $4";
const SET_LOT_COMMITTED: &str = "update stock_lots set committed = $3 where partner_id = $1 and sku = $2 and lot = $4";
const RECORD: &str = "insert into stock_movements \
     (id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms, lot) \
     values ($1, $2, $3, $4, $5, $6, $7, 0, 'rebuild', $8, $9)";

/// What was done about the disagreements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mended {
    pub mended: Vec<Disagreement>,
    /// The ledger adds up to less than nothing: a person must look.
    pub left: Vec<Disagreement>,
}

/// Makes every balance agree with the ledger and the reservations. Where these two differ, the reservations count and a movement
/// `mend` is added to the ledger, which is never changed otherwise.
///
/// # Errors
/// When the database fails; shelves before that are mended.
pub async fn mend(db: &Database, stamp: &Stamp<'_>) -> Result<Mended, sqlx::Error> {
    let mut shelves: BTreeMap<ShelfKey, ()> = BTreeMap::new();
    shelves.extend(verify(db).await?.into_iter().map(|one| (one.shelf, ())));
    let mut done = Mended::default();
    for key in shelves.keys() {
        let mut tx = db.begin().await?;
        let (partner_id, sku) = (&key.partner_id, &key.sku);
        run!(tx, |c| sqlx::query(LOCK).bind(partner_id).bind(sku).bind(stamp.ms()).execute(c).await.map(|_| ()))?;
        for wrong in verify_one(&mut tx, key).await? {
            if wrong.truth() < 0 && wrong.figure != Figure::CapNetwork {
                done.left.push(wrong);
            } else {
                mend_one(&mut tx, &wrong, stamp).await?;
                done.mended.push(wrong);
            }
        }
        tx.commit().await?;
    }
    Ok(done)
}

async fn mend_one(tx: &mut Tx, wrong: &Disagreement, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let (partner_id, sku, lot, truth) = (&wrong.shelf.partner_id, &wrong.shelf.sku, &wrong.lot, wrong.truth());
    let of_shelf = match wrong.figure {
        Figure::OnHand => Some(SET_ON_HAND),
        Figure::Held => Some(SET_HELD),
        Figure::Committed => Some(SET_COMMITTED),
        Figure::Safety => Some(SET_SAFETY),
        Figure::ReserveB2b => Some(SET_RESERVE),
        Figure::CapNetwork => Some(SET_CAP),
        Figure::LotOnHand | Figure::LotCommitted => None,
    };
    if let Some(sql) = of_shelf {
        run!(tx, |c| sqlx::query(sql).bind(partner_id).bind(sku).bind(truth).execute(c).await.map(|_| ()))?;
    } else {
        let ms = stamp.ms();
        run!(tx, |c| sqlx::query(KEEP_LOT).bind(partner_id).bind(sku).bind(lot).bind(ms).execute(c).await.map(|_| ()))?;
        let sql = if wrong.figure == Figure::LotOnHand { SET_LOT_ON_HAND } else { SET_LOT_COMMITTED };
        run!(tx, |c| sqlx::query(sql).bind(partner_id).bind(sku).bind(truth).bind(lot).execute(c).await.map(|_| ()))?;
    }
    let missing = truth - wrong.ledger;
    let (held, committed) = match wrong.figure {
        Figure::Held => (missing, 0),
        // The whole of the shelf is the sum over its lots: the lot's own line would count twice.
        Figure::Committed => (0, missing),
        _ => return Ok(()),
    };
    if missing == 0 {
        return Ok(());
    }
    run!(tx, |c| sqlx::query(RECORD)
        .bind(stamp.id())
        .bind(partner_id)
        .bind(sku)
        .bind(Movement::Mend.as_str())
        .bind(0_i64)
        .bind(held)
        .bind(committed)
        .bind(stamp.ms())
        .bind("")
        .execute(c)
        .await
        .map(|_| ()))
}
