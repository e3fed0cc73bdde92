//! What each buyer app proposed to keep for finding the buyer, in its last search.

use node::{Database, Tx, read, run};

use crate::order::FinderFee;

use super::stamp::Stamp;

const SAVE: &str = "insert into finder_fees (bap_id, kind, amount, updated_at_ms) values ($1, $2, $3, $4) \
     on conflict (bap_id) do update set kind = excluded.kind, amount = excluded.amount, updated_at_ms = excluded.updated_at_ms";
const ONE: &str = "select kind, amount from finder_fees where bap_id = $1";

pub async fn save(tx: &mut Tx, bap_id: &str, fee: &FinderFee, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SAVE)
        .bind(bap_id)
        .bind(&fee.kind)
        .bind(&fee.amount)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn one(db: &Database, bap_id: &str) -> Result<Option<FinderFee>, sqlx::Error> {
    let row: Option<(String, String)> = read!(db, |c| sqlx::query_as(ONE).bind(bap_id).fetch_optional(c).await)?;
    Ok(row.map(|(kind, amount)| FinderFee { kind, amount }))
}
