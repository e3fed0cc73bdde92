//! People who sign in.

use node::{Database, Tx, read, run};

use crate::people::{Login, Role};

use super::stamp::Stamp;

/// An account without its password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub login: String,
    pub name: String,
    pub role: Role,
    /// Empty for people of the brand.
    pub partner_id: String,
    pub active: bool,
}

/// An account as it is made.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    pub login: &'a Login,
    pub name: &'a str,
    /// The argon2id hash.
    pub password: &'a str,
    pub role: Role,
    pub partner_id: &'a str,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: String,
    login: String,
    name: String,
    role: String,
    partner_id: String,
    active: bool,
}

/// A role in the database that this program does not know: a newer one wrote it.
#[derive(Debug, thiserror::Error)]
#[error("accounts.role holds `{0}`, which this program does not know")]
struct UnknownRole(String);

impl Row {
    pub(super) fn account(self) -> Result<Account, sqlx::Error> {
        let role = Role::parse(&self.role).ok_or_else(|| sqlx::Error::Decode(Box::new(UnknownRole(self.role))))?;
        Ok(Account {
            id: self.id,
            login: self.login,
            name: self.name,
            role,
            partner_id: self.partner_id,
            active: self.active,
        })
    }
}

const ALL: &str = "select id, login, name, role, partner_id, active from accounts order by partner_id, login";
const PAGE: &str =
    "select id, login, name, role, partner_id, active from accounts where login > $1 order by login limit $2";
const BY_LOGIN: &str = "select id, login, name, role, partner_id, active from accounts where login = $1";
const PASSWORD: &str = "select password from accounts where login = $1 and active = $2";
const ANY: &str = "select count(*) from accounts where active = $1";
const ADD: &str = "insert into accounts (id, login, name, password, role, partner_id, active, created_at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (login) do nothing";
const SET_ACTIVE: &str = "update accounts set active = $2 where login = $1";
const SET_ROLE: &str = "update accounts set role = $2, partner_id = $3 where login = $1";
const SET_PASSWORD: &str = "update accounts set password = $2 where login = $1";

pub async fn all(db: &Database) -> Result<Vec<Account>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(ALL).fetch_all(c).await)?;
    rows.into_iter().map(Row::account).collect()
}

/// Accounts by login, after this one.
pub async fn page(db: &Database, after: &str, limit: i64) -> Result<Vec<Account>, sqlx::Error> {
    let rows = read!(db, |c| sqlx::query_as::<_, Row>(PAGE).bind(after).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(Row::account).collect()
}

pub async fn by_login(db: &Database, login: &str) -> Result<Option<Account>, sqlx::Error> {
    let row = read!(db, |c| sqlx::query_as::<_, Row>(BY_LOGIN).bind(login).fetch_optional(c).await)?;
    row.map(Row::account).transpose()
}

/// The hash of an active account.
pub async fn password(db: &Database, login: &str) -> Result<Option<String>, sqlx::Error> {
    read!(db, |c| sqlx::query_scalar::<_, String>(PASSWORD).bind(login).bind(true).fetch_optional(c).await)
}

/// Whether anybody can sign in.
pub async fn any(db: &Database) -> Result<bool, sqlx::Error> {
    let count = read!(db, |c| sqlx::query_scalar::<_, i64>(ANY).bind(true).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Adds an account; false when the login is taken.
pub async fn add(tx: &mut Tx, account: NewAccount<'_>, stamp: &Stamp<'_>) -> Result<bool, sqlx::Error> {
    let added = run!(tx, |c| sqlx::query(ADD)
        .bind(stamp.id())
        .bind(account.login.as_str())
        .bind(account.name)
        .bind(account.password)
        .bind(account.role.as_str())
        .bind(account.partner_id)
        .bind(true)
        .bind(stamp.ms())
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// False when there is no such account.
pub async fn set_active(tx: &mut Tx, login: &str, active: bool) -> Result<bool, sqlx::Error> {
    let changed = run!(tx, |c| sqlx::query(SET_ACTIVE)
        .bind(login)
        .bind(active)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// False when there is no such account.
pub async fn set_role(tx: &mut Tx, login: &str, role: Role, partner_id: &str) -> Result<bool, sqlx::Error> {
    let changed = run!(tx, |c| sqlx::query(SET_ROLE)
        .bind(login)
        .bind(role.as_str())
        .bind(partner_id)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// False when there is no such account.
pub async fn set_password(tx: &mut Tx, login: &str, hash: &str) -> Result<bool, sqlx::Error> {
    let changed = run!(tx, |c| sqlx::query(SET_PASSWORD)
        .bind(login)
        .bind(hash)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
