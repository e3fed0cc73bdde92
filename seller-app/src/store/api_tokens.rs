//! Tokens with which systems, and people's programs, call the API. Only digests are kept.

use node::{Database, Tx, read, run};

use crate::people::{Permission, Role};

use super::stamp::Stamp;

/// How often "used" is written at most; a call is no write.
const USED_EVERY_MS: i64 = 60_000;

/// A token without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    pub id: String,
    pub name: String,
    /// Whose it is; empty for a system's. Role and partner are then the account's of this moment.
    pub login: String,
    pub role: Role,
    /// Empty for the brand.
    pub partner_id: String,
    /// Of the role's permissions only these; empty = all of them.
    pub permissions: Vec<Permission>,
    pub created_by: String,
    pub created_at_ms: i64,
    pub expires_at_ms: i64,
    /// 0 = never.
    pub last_used_ms: i64,
    /// 0 = it was not revoked.
    pub revoked_at_ms: i64,
    /// In records: the account's login, or `token:NAME`.
    pub actor: String,
}

/// A token as it is made.
#[derive(Clone, Debug)]
pub struct NewToken<'a> {
    pub name: &'a str,
    pub digest: &'a str,
    /// Empty for a system's.
    pub account_id: &'a str,
    pub role: Role,
    pub partner_id: &'a str,
    pub permissions: &'a [Permission],
    pub created_by: &'a str,
    pub expires_at_ms: i64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    login: String,
    role: String,
    partner_id: String,
    permissions: String,
    created_by: String,
    created_at_ms: i64,
    expires_at_ms: i64,
    last_used_ms: i64,
    revoked_at_ms: i64,
}

/// A word in the database that this program does not know: a newer one wrote it.
#[derive(Debug, thiserror::Error)]
#[error("api_tokens.{column} holds `{word}`, which this program does not know")]
struct UnknownWord {
    column: &'static str,
    word: String,
}

impl Row {
    fn token(self) -> Result<ApiToken, sqlx::Error> {
        let unknown = |column, word: &str| sqlx::Error::Decode(Box::new(UnknownWord { column, word: word.to_owned() }));
        let permission = |word: &str| Permission::parse(word).ok_or_else(|| unknown("permissions", word));
        let actor = if self.login.is_empty() { format!("token:{}", self.name) } else { self.login.clone() };
        Ok(ApiToken {
            role: Role::parse(&self.role).ok_or_else(|| unknown("role", &self.role))?,
            permissions: self.permissions.split_whitespace().map(permission).collect::<Result<_, _>>()?,
            actor,
            id: self.id,
            name: self.name,
            login: self.login,
            partner_id: self.partner_id,
            created_by: self.created_by,
            created_at_ms: self.created_at_ms,
            expires_at_ms: self.expires_at_ms,
            last_used_ms: self.last_used_ms,
            revoked_at_ms: self.revoked_at_ms,
        })
    }
}

const PAGE: &str = "select t.id, t.name, coalesce(a.login, '') as login, coalesce(a.role, t.role) as role, \
     coalesce(a.partner_id, t.partner_id) as partner_id, t.permissions, t.created_by, t.created_at_ms, t.expires_at_ms, \
     t.last_used_ms, t.revoked_at_ms from api_tokens t left join accounts a on a.id = t.account_id \
     where ($1 = '' or t.id < $1) order by t.id desc limit $2";
const BY_DIGEST: &str = "select t.id, t.name, coalesce(a.login, '') as login, coalesce(a.role, t.role) as role, \
     coalesce(a.partner_id, t.partner_id) as partner_id, t.permissions, t.created_by, t.created_at_ms, t.expires_at_ms, \
     t.last_used_ms, t.revoked_at_ms from api_tokens t left join accounts a on a.id = t.account_id \
     where t.digest = $1 and t.revoked_at_ms = 0 and t.expires_at_ms > $2 and (t.account_id = '' or a.active = $3)";
const ADD: &str = "insert into api_tokens (id, name, digest, account_id, role, partner_id, permissions, created_by, \
     created_at_ms, expires_at_ms, last_used_ms, revoked_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0)";
const REVOKE: &str = "update api_tokens set revoked_at_ms = $2 where id = $1 and revoked_at_ms = 0";
const KNOWN: &str = "select count(*) from api_tokens where id = $1";
const USED: &str = "update api_tokens set last_used_ms = $2 where id = $1 and last_used_ms < $2";

/// Tokens, the newest first, revoked and expired ones too; `before` is the id of the last one seen, empty at first.
pub async fn page(db: &Database, before: &str, limit: i64) -> Result<Vec<ApiToken>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(PAGE).bind(before).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::token).collect()
}

/// The token that counts now and has this digest.
pub async fn by_digest(db: &Database, digest: &str, now_ms: i64) -> Result<Option<ApiToken>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(BY_DIGEST)
        .bind(digest)
        .bind(now_ms)
        .bind(true)
        .fetch_optional(c)
        .await)?;
    row.map(Row::token).transpose()
}

/// Adds a token; its id.
pub async fn add(tx: &mut Tx, token: &NewToken<'_>, stamp: &Stamp<'_>) -> Result<String, sqlx::Error> {
    let id = stamp.id();
    let permissions: Vec<&str> = token.permissions.iter().map(|one| one.as_str()).collect();
    run!(tx, |c| sqlx::query(ADD)
        .bind(&id)
        .bind(token.name)
        .bind(token.digest)
        .bind(token.account_id)
        .bind(token.role.as_str())
        .bind(token.partner_id)
        .bind(permissions.join(" "))
        .bind(token.created_by)
        .bind(stamp.ms())
        .bind(token.expires_at_ms)
        .execute(c)
        .await
        .map(|_| ()))?;
    Ok(id)
}

/// Revokes a token; false when there is none. Twice is as good as once.
pub async fn revoke(tx: &mut Tx, id: &str, now_ms: i64) -> Result<bool, sqlx::Error> {
    let done =
        run!(tx, |c| sqlx::query(REVOKE).bind(id).bind(now_ms).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        return Ok(true);
    }
    let known = run!(tx, |c| sqlx::query_scalar::<_, i64>(KNOWN).bind(id).fetch_one(c).await)?;
    Ok(known == 1)
}

/// Notes that it is in use, at most once a minute.
pub async fn used(db: &Database, token: &ApiToken, now_ms: i64) -> Result<(), sqlx::Error> {
    if now_ms - token.last_used_ms < USED_EVERY_MS {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    run!(tx, |c| sqlx::query(USED).bind(&token.id).bind(now_ms).execute(c).await.map(|_| ()))?;
    tx.commit().await
}
