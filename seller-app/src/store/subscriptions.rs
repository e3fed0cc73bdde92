//! Buyer apps that asked to be told of catalogue changes (search with `catalog_inc` mode start, until mode stop).

use node::{Database, Tx, read, run};
use protocol::context::Context;

use super::stamp::Stamp;

#[derive(sqlx::FromRow)]
struct Row {
    context: String,
}

const START: &str = "insert into subscriptions (bap_id, transaction_id, context, started_at_ms) values ($1, $2, $3, $4) \
     on conflict (bap_id, transaction_id) do update set context = excluded.context";
const STOP: &str = "delete from subscriptions where bap_id = $1 and transaction_id = $2";
const STOP_ALL: &str = "delete from subscriptions where bap_id = $1";
const ALL: &str = "select context from subscriptions order by started_at_ms, bap_id";

/// Remembers the context of the search that began the subscription: pushes carry its transaction id.
pub async fn start(tx: &mut Tx, context: &Context, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(context).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    run!(tx, |c| sqlx::query(START)
        .bind(context.bap_id.as_str())
        .bind(context.transaction_id.as_str())
        .bind(&text)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|_| ()))
}

/// Ends the subscription of this transaction; without one, every subscription of the buyer app (it may stop by a new search).
pub async fn stop(tx: &mut Tx, context: &Context) -> Result<(), sqlx::Error> {
    let bap_id = context.bap_id.as_str();
    let ended = run!(tx, |c| sqlx::query(STOP)
        .bind(bap_id)
        .bind(context.transaction_id.as_str())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if ended == 0 {
        run!(tx, |c| sqlx::query(STOP_ALL).bind(bap_id).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// The contexts of all running subscriptions. One that can no longer be read is left out.
pub async fn all(db: &Database) -> Result<Vec<Context>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    Ok(rows.iter().filter_map(|row| serde_json::from_str(&row.context).ok()).collect())
}
