//! Claims on PostgreSQL, where replicas share the table: a claim is two columns, who and until when. No index knows of them, so a
//! claim writes one row and nothing else.

use sqlx::{FromRow, PgPool};

/// Oldest unfinished message of each transaction that is due. `lapsed`: a replica that is gone held it. The commit waits for no
/// flush: a claim that a power cut undoes is a message that is claimed again.
const CLAIM: &str = "with relaxed as materialized (select set_config('synchronous_commit', 'off', true)) \
     update node_inbox set claimed_by = $3, lease_ms = $4 from relaxed, ( \
     select i.seq, i.claimed_by is not null as lapsed from node_inbox i \
     where i.state = 'ready' and i.due_ms <= $1 and (i.claimed_by is null or i.lease_ms < $1) \
     and i.seq = (select min(e.seq) from node_inbox e where e.transaction_key = i.transaction_key and e.state = 'ready') \
     order by i.due_ms, i.seq limit $2 for update of i skip locked) head \
     where node_inbox.seq = head.seq returning node_inbox.seq, node_inbox.attempts, head.lapsed";
const RELEASE: &str =
    "update node_inbox set claimed_by = null, lease_ms = null where claimed_by = $1 and state = 'ready'";
const RENEW: &str = "update node_inbox set lease_ms = $2 where claimed_by = $1 and state = 'ready' and seq = any($3)";

/// A message that this replica holds.
#[derive(Clone, Copy, Debug, FromRow)]
pub(crate) struct Claimed {
    pub seq: i64,
    pub attempts: i64,
    pub lapsed: bool,
}

/// Takes up to `limit` messages that may be worked on now.
pub(crate) async fn claim(
    pool: &PgPool,
    now_ms: i64,
    limit: i64,
    token: &str,
    lease_ms: i64,
) -> Result<Vec<Claimed>, sqlx::Error> {
    let query = sqlx::query_as(CLAIM).bind(now_ms).bind(limit).bind(token).bind(lease_ms);
    let mut claimed: Vec<Claimed> = query.fetch_all(pool).await?;
    claimed.sort_by_key(|one| one.seq);
    Ok(claimed)
}

/// Gives back what this process claimed and did not begin.
pub(crate) async fn release(pool: &PgPool, token: &str) -> Result<(), sqlx::Error> {
    sqlx::query(RELEASE).bind(token).execute(pool).await.map(|_| ())
}

/// Tells the other replicas that we still hold these messages. What we claimed without knowing (the answer was lost) is left to lapse.
pub(crate) async fn renew(pool: &PgPool, token: &str, held: &[i64], lease_ms: i64) -> Result<(), sqlx::Error> {
    if held.is_empty() {
        return Ok(());
    }
    sqlx::query(RENEW).bind(token).bind(lease_ms).bind(held).execute(pool).await.map(|_| ())
}
