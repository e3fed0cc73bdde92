//! Tokens of the API: making and revoking.

use zeroize::Zeroizing;

use crate::app::{SellerApp, later_ms};
use crate::people::{Permission, Role};
use crate::store::{accounts, api_tokens};

use super::{PeopleError, fits, random_hex};

/// The longest life of a token.
pub const DAYS_MAX: i64 = 366;
const DAY_MS: i64 = 86_400_000;
const NAME_MAX: usize = 64;

/// What a token is made from.
#[derive(Debug)]
pub struct Wanted<'a> {
    pub name: &'a str,
    /// Whose it is; empty for a system's.
    pub login: &'a str,
    /// For a system's.
    pub role: &'a str,
    pub partner_id: &'a str,
    /// Of the role's permissions only these; empty = all of them.
    pub permissions: &'a [String],
    pub days: i64,
}

/// A token that was made.
#[derive(Debug)]
pub struct Made {
    pub id: String,
    /// Shown once.
    pub secret: Zeroizing<String>,
    pub expires_at_ms: i64,
}

/// Makes a token; `by` is the actor in records.
///
/// # Errors
/// Says which input is wrong; nothing was written then.
pub async fn add(app: &SellerApp, wanted: Wanted<'_>, by: &str) -> Result<Made, PeopleError> {
    let name = wanted.name.trim();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(PeopleError::TokenName);
    }
    if !(1..=DAYS_MAX).contains(&wanted.days) {
        return Err(PeopleError::TokenDays);
    }
    let (account_id, role) = owner(app, &wanted).await?;
    let permission = |word: &String| Permission::parse(word).ok_or_else(|| PeopleError::Permission(word.clone()));
    let permissions = wanted.permissions.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
    if let Some(beyond) = permissions.iter().find(|one| !role.may(**one)) {
        return Err(PeopleError::BeyondRole { role: role.as_str(), permission: *beyond });
    }
    let secret = Zeroizing::new(format!("ht_{}", random_hex(app).as_str()));
    let expires_at_ms = later_ms(app.now(), wanted.days * DAY_MS).as_millisecond();
    let digest = super::digest(&secret);
    let new = api_tokens::NewToken {
        name,
        digest: &digest,
        account_id: &account_id,
        role,
        partner_id: wanted.partner_id,
        permissions: &permissions,
        created_by: by,
        expires_at_ms,
    };
    let mut tx = app.node.db.begin().await?;
    let id = api_tokens::add(&mut tx, &new, &app.stamp()).await?;
    tx.commit().await?;
    Ok(Made { id, secret, expires_at_ms })
}

/// The account's id, empty for a system's token, and the role.
async fn owner(app: &SellerApp, wanted: &Wanted<'_>) -> Result<(String, Role), PeopleError> {
    if wanted.login.is_empty() {
        let role = Role::parse(wanted.role).ok_or_else(|| PeopleError::Role(wanted.role.to_owned()))?;
        fits(app, role, wanted.partner_id).await?;
        return Ok((String::new(), role));
    }
    if !wanted.role.is_empty() || !wanted.partner_id.is_empty() {
        return Err(PeopleError::TokenOfAccount);
    }
    let account = accounts::by_login(&app.node.db, wanted.login).await?;
    let account = account.ok_or_else(|| PeopleError::Unknown(wanted.login.to_owned()))?;
    Ok((account.id, account.role))
}

/// Revokes a token: the next call with it is refused. Twice is as good as once.
///
/// # Errors
/// When there is none.
pub async fn revoke(app: &SellerApp, id: &str) -> Result<(), PeopleError> {
    let mut tx = app.node.db.begin().await?;
    if !api_tokens::revoke(&mut tx, id, app.now().as_millisecond()).await? {
        return Err(PeopleError::NoToken(id.to_owned()));
    }
    Ok(tx.commit().await?)
}
