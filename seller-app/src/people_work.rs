//! Accounts and sessions: making, changing, signing in and out.

use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::app::SellerApp;
use crate::people::password::{self, PasswordError};
use crate::people::{Login, LoginError, Permission, Role};
use crate::store::accounts::{self, Account, NewAccount};
use crate::store::{partners, sessions, sign_in_tries};

pub mod tokens;

/// Tries under one name until it must wait.
pub const TRIES_MAX: i64 = 5;
/// For how long tries are counted.
pub const TRIES_WINDOW_MS: i64 = 15 * 60_000;

/// Why something about an account was not done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    #[error("{0}")]
    Login(#[from] LoginError),
    #[error("{0}")]
    Password(#[from] PasswordError),
    #[error("there is no role `{0}`; roles: {list}", list = Role::ALL.map(Role::as_str).join(", "))]
    Role(String),
    #[error("the login `{0}` is taken")]
    Taken(String),
    #[error("there is no account `{0}`")]
    Unknown(String),
    #[error("there is no partner `{0}`: a partner's role needs one")]
    Partner(String),
    #[error("a role of the brand has no partner: leave it out, or take partner-owner or picker")]
    NotOfPartner,
    #[error("the last brand-admin stays: make another one first")]
    LastAdmin,
    #[error("a token has a name of 1 to 64 characters")]
    TokenName,
    #[error("a token lives 1 to {} days", tokens::DAYS_MAX)]
    TokenDays,
    #[error("there is no permission `{0}`; permissions: {list}", list = Permission::ALL.map(Permission::as_str).join(", "))]
    Permission(String),
    #[error("the role {role} may not {}: leave `{}` out, or take another role", .permission.words(), .permission.as_str())]
    BeyondRole { role: &'static str, permission: Permission },
    #[error("a token of an account has its role and partner: leave `role` and `partner_id` out")]
    TokenOfAccount,
    #[error("there is no token `{0}`")]
    NoToken(String),
    #[error("login or password are not right")]
    Wrong,
    #[error("too many tries under this name: wait 15 minutes")]
    TooMany,
    #[error("the node is stopping")]
    Stopping,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// What an account is made from. Without a password one is drawn.
#[derive(Debug)]
pub struct Wanted<'a> {
    pub login: &'a str,
    pub name: &'a str,
    pub role: &'a str,
    /// Empty for people of the brand.
    pub partner_id: &'a str,
    pub password: Option<Zeroizing<String>>,
}

/// Makes an account; the password that was drawn, to be shown once, when none was given.
///
/// # Errors
/// Says which input is wrong; nothing was written then.
pub async fn add(app: &SellerApp, wanted: Wanted<'_>) -> Result<Option<Zeroizing<String>>, PeopleError> {
    let login = Login::parse(wanted.login)?;
    let role = Role::parse(wanted.role).ok_or_else(|| PeopleError::Role(wanted.role.to_owned()))?;
    fits(app, role, wanted.partner_id).await?;
    if partners::one(&app.node.db, login.as_str()).await?.is_some() {
        // Records name a partner's system by the partner's id.
        return Err(PeopleError::Taken(login.as_str().to_owned()));
    }
    let (password, drawn) = given_or_drawn(app, wanted.password);
    let hash = hash(app, password).await?;
    let name = if wanted.name.trim().is_empty() { login.as_str() } else { wanted.name.trim() };
    let new = NewAccount { login: &login, name, password: &hash, role, partner_id: wanted.partner_id };
    let mut tx = app.node.db.begin().await?;
    if !accounts::add(&mut tx, new, &app.stamp()).await? {
        return Err(PeopleError::Taken(login.as_str().to_owned()));
    }
    tx.commit().await?;
    Ok(drawn)
}

/// A partner's role has a partner, a role of the brand has none.
async fn fits(app: &SellerApp, role: Role, partner_id: &str) -> Result<(), PeopleError> {
    match (role.is_of_partner(), partner_id) {
        (false, "") => {}
        (false, _) => return Err(PeopleError::NotOfPartner),
        (true, id) => {
            partners::one(&app.node.db, id).await?.ok_or_else(|| PeopleError::Partner(id.to_owned()))?;
        }
    }
    Ok(())
}

/// Refuses when this account is the only brand-admin and others sign in.
async fn another_admin(app: &SellerApp, login: &str) -> Result<(), PeopleError> {
    let all = accounts::all(&app.node.db).await?;
    let is_admin = |one: &&Account| one.active && one.role == Role::BrandAdmin;
    let others = all.iter().filter(is_admin).any(|one| one.login != login);
    let mine = all.iter().filter(is_admin).any(|one| one.login == login);
    if mine && !others && all.iter().any(|one| one.active && one.login != login) {
        return Err(PeopleError::LastAdmin);
    }
    Ok(())
}

/// Gives an account another role; it counts from the next call on.
///
/// # Errors
/// When there is no such account, role or partner, or it is the last brand-admin.
pub async fn set_role(app: &SellerApp, login: &str, role: &str, partner_id: &str) -> Result<Role, PeopleError> {
    let role = Role::parse(role).ok_or_else(|| PeopleError::Role(role.to_owned()))?;
    fits(app, role, partner_id).await?;
    if role != Role::BrandAdmin {
        another_admin(app, login).await?;
    }
    let mut tx = app.node.db.begin().await?;
    if !accounts::set_role(&mut tx, login, role, partner_id).await? {
        return Err(PeopleError::Unknown(login.to_owned()));
    }
    tx.commit().await?;
    Ok(role)
}

/// Switches an account on or off; off ends its sessions at once.
///
/// # Errors
/// When there is none, or it is the last brand-admin.
pub async fn set_active(app: &SellerApp, login: &str, active: bool) -> Result<(), PeopleError> {
    if !active {
        another_admin(app, login).await?;
    }
    let mut tx = app.node.db.begin().await?;
    if !accounts::set_active(&mut tx, login, active).await? {
        return Err(PeopleError::Unknown(login.to_owned()));
    }
    if !active {
        sessions::close_of(&mut tx, login).await?;
    }
    Ok(tx.commit().await?)
}

/// Sets a new password, which ends all sessions of the account; the drawn one when none was given.
///
/// # Errors
/// When there is no such account, or the password is too short.
pub async fn set_password(
    app: &SellerApp,
    login: &str,
    password: Option<Zeroizing<String>>,
) -> Result<Option<Zeroizing<String>>, PeopleError> {
    let (password, drawn) = given_or_drawn(app, password);
    let hash = hash(app, password).await?;
    let mut tx = app.node.db.begin().await?;
    if !accounts::set_password(&mut tx, login, &hash).await? {
        return Err(PeopleError::Unknown(login.to_owned()));
    }
    sessions::close_of(&mut tx, login).await?;
    sign_in_tries::forget(&mut tx, login).await?;
    tx.commit().await?;
    Ok(drawn)
}

/// Opens a session; the secret for the cookie.
///
/// # Errors
/// `Wrong` for a login that does not exist, too: nobody learns which ones do.
pub async fn sign_in(
    app: &SellerApp,
    login: &str,
    password: Zeroizing<String>,
) -> Result<Zeroizing<String>, PeopleError> {
    let login = Login::parse(login).map_err(|_| PeopleError::Wrong)?;
    let now_ms = app.now().as_millisecond();
    let mut tx = app.node.db.begin().await?;
    sign_in_tries::sweep(&mut tx, now_ms, TRIES_WINDOW_MS).await?;
    let tries = sign_in_tries::count(&mut tx, login.as_str(), now_ms, TRIES_WINDOW_MS).await?;
    tx.commit().await?;
    if tries > TRIES_MAX {
        return Err(PeopleError::TooMany);
    }
    let stored = accounts::password(&app.node.db, login.as_str()).await?;
    let permit = app.hashing.acquire().await.map_err(|_| PeopleError::Stopping)?;
    let right = tokio::task::spawn_blocking(move || password::is_right(&password, stored.as_deref())).await;
    drop(permit);
    if !right.map_err(|_| PeopleError::Stopping)? {
        return Err(PeopleError::Wrong);
    }
    let account = accounts::by_login(&app.node.db, login.as_str()).await?.ok_or(PeopleError::Wrong)?;
    let secret = random_hex(app);
    let ends_ms = now_ms.saturating_add(session_ms(app));
    let mut tx = app.node.db.begin().await?;
    sign_in_tries::forget(&mut tx, login.as_str()).await?;
    sessions::sweep(&mut tx, now_ms, idle_ms(app)).await?;
    sessions::open(&mut tx, &digest(&secret), &account.id, now_ms, ends_ms).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Ends the session of a cookie.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(app: &SellerApp, secret: &str) -> Result<(), sqlx::Error> {
    let mut tx = app.node.db.begin().await?;
    sessions::close(&mut tx, &digest(secret)).await?;
    tx.commit().await
}

/// Whose cookie this is; noted as seen at most once a minute.
///
/// # Errors
/// When the database fails.
pub async fn of_cookie(app: &SellerApp, secret: &str, now: Timestamp) -> Result<Option<Account>, sqlx::Error> {
    let (digest, now_ms) = (digest(secret), now.as_millisecond());
    let found = sessions::find(&app.node.db, &digest, now_ms, idle_ms(app)).await?;
    if found.is_some() && sessions::is_due(&app.node.db, &digest, now_ms).await? {
        let mut tx = app.node.db.begin().await?;
        sessions::seen(&mut tx, &digest, now_ms).await?;
        tx.commit().await?;
    }
    Ok(found)
}

fn idle_ms(app: &SellerApp) -> i64 {
    i64::from(app.config.session_idle_min) * 60_000
}

fn session_ms(app: &SellerApp) -> i64 {
    i64::try_from(app.config.node.console_session_hours).unwrap_or(12).saturating_mul(3_600_000)
}

/// Secrets are 256 random bits, so a plain digest is enough.
fn digest(secret: &str) -> String {
    protocol::digest::digest(secret.as_bytes())
}

pub(crate) fn random_hex(app: &SellerApp) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 32]);
    app.node.randomness.fill(&mut *bytes);
    Zeroizing::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn given_or_drawn(app: &SellerApp, given: Option<Zeroizing<String>>) -> (Zeroizing<String>, Option<Zeroizing<String>>) {
    match given {
        Some(password) => (password, None),
        None => {
            // 96 bits, short enough to be typed once.
            let drawn = Zeroizing::new(random_hex(app)[..24].to_owned());
            (drawn.clone(), Some(drawn))
        }
    }
}

async fn hash(app: &SellerApp, password: Zeroizing<String>) -> Result<String, PeopleError> {
    let mut salt = [0; 16];
    app.node.randomness.fill(&mut salt);
    let permit = app.hashing.acquire().await.map_err(|_| PeopleError::Stopping)?;
    let hashed = tokio::task::spawn_blocking(move || password::hash(&password, &salt)).await;
    drop(permit);
    Ok(hashed.map_err(|_| PeopleError::Stopping)??)
}
