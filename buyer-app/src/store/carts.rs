//! What shoppers have put in their carts.

use node::database::{Database, Tx};

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CartLine {
    pub domain: String,
    pub city: String,
    pub bpp_id: String,
    pub provider_id: String,
    pub item_id: String,
    pub count: i64,
}

const PUT: &str = "insert into buyer_cart_line (session_id, domain, city, bpp_id, provider_id, item_id, count, updated_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (session_id, domain, bpp_id, provider_id, item_id) \
     do update set count = excluded.count, city = excluded.city, updated_ms = excluded.updated_ms";
const REMOVE: &str = "delete from buyer_cart_line where session_id = $1 and domain = $2 and bpp_id = $3 and provider_id = $4 and item_id = $5";
const REMOVE_PROVIDER: &str = "delete from buyer_cart_line where session_id = $1 and bpp_id = $2 and provider_id = $3";
const LIST: &str = "select domain, city, bpp_id, provider_id, item_id, count from buyer_cart_line where session_id = $1 \
     order by bpp_id, provider_id, item_id";
const PIECES: &str = "select count(*) from buyer_cart_line where session_id = $1";

/// Sets the count of a line; zero removes it.
pub async fn put(tx: &mut Tx, session_id: &str, line: &CartLine, now_ms: i64) -> Result<(), sqlx::Error> {
    if line.count <= 0 {
        return node::run!(tx, |c| sqlx::query(REMOVE)
            .bind(session_id)
            .bind(&line.domain)
            .bind(&line.bpp_id)
            .bind(&line.provider_id)
            .bind(&line.item_id)
            .execute(c)
            .await
            .map(|_| ()));
    }
    node::run!(tx, |c| sqlx::query(PUT)
        .bind(session_id)
        .bind(&line.domain)
        .bind(&line.city)
        .bind(&line.bpp_id)
        .bind(&line.provider_id)
        .bind(&line.item_id)
        .bind(line.count)
        .bind(now_ms)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Empties the part of one provider, after its order was placed.
pub async fn remove_provider(
    tx: &mut Tx,
    session_id: &str,
    bpp_id: &str,
    provider_id: &str,
) -> Result<(), sqlx::Error> {
    node::run!(tx, |c| sqlx::query(REMOVE_PROVIDER)
        .bind(session_id)
        .bind(bpp_id)
        .bind(provider_id)
        .execute(c)
        .await
        .map(|_| ()))
}

pub async fn list(db: &Database, session_id: &str) -> Result<Vec<CartLine>, sqlx::Error> {
    node::read!(db, |c| sqlx::query_as::<_, CartLine>(LIST).bind(session_id).fetch_all(c).await)
}

/// Number of different items, for the badge.
pub async fn size(db: &Database, session_id: &str) -> Result<i64, sqlx::Error> {
    node::read!(db, |c| sqlx::query_scalar::<_, i64>(PIECES).bind(session_id).fetch_one(c).await)
}
