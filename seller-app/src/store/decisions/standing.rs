//! How partners do, as routing counts it.

use node::{Database, Tx, read, run};

use super::super::stamp::Stamp;

/// One partner's numbers.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Measured {
    pub partner_id: String,
    /// 1 is the best.
    pub tier: i64,
    /// Perfect orders of a thousand.
    pub score_permille: i64,
    /// Orders of a thousand from which the seller's side took something off.
    pub rejection_permille: i64,
    /// Percent points of orders above an equal share.
    pub over_share_percent: i64,
}

const ALL: &str = "select partner_id, tier, score_permille, rejection_permille, over_share_percent from routing_standing \
     order by partner_id";
const SAVE: &str = "insert into routing_standing (partner_id, tier, score_permille, rejection_permille, \
     over_share_percent, measured_at_ms) values ($1, $2, $3, $4, $5, $6) on conflict (partner_id) do update set \
     tier = excluded.tier, score_permille = excluded.score_permille, \
     rejection_permille = excluded.rejection_permille, over_share_percent = excluded.over_share_percent, \
     measured_at_ms = excluded.measured_at_ms";

pub async fn all(db: &Database) -> Result<Vec<Measured>, sqlx::Error> {
    read!(db, |c| sqlx::query_as::<_, Measured>(ALL).fetch_all(c).await)
}

/// Keeps new numbers of a partner.
pub async fn save(tx: &mut Tx, measured: &Measured, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    run!(tx, |c| sqlx::query(SAVE)
        .bind(&measured.partner_id)
        .bind(measured.tier)
        .bind(measured.score_permille)
        .bind(measured.rejection_permille)
        .bind(measured.over_share_percent)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}
