//! Who calls: a person with a session, the brand with the console token (or a session of it), or a partner's system with the
//! token made for it. And whether it may: each door asks for a permission (`people::doors`), each role has some.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage, HttpRequest};

use crate::app::SellerApp;
use crate::people::{Permission, Role, doors};
use crate::people_work;
use crate::store::accounts::Account;
use crate::store::api_tokens::{self, ApiToken};
use crate::store::partners;

use super::problem::Problem;

/// The cookie of a person's session.
pub const COOKIE: &str = "haat_person";

/// Whose rights a call has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The console token, or a console that is open to all.
    Brand,
    /// A partner's system.
    Partner(String),
    /// Somebody who signed in.
    Person(Account),
    /// A token of a system or of an account.
    Token(ApiToken),
}

impl Who {
    /// The actor in records.
    pub fn actor(&self) -> &str {
        match self {
            Self::Brand => "brand",
            Self::Partner(id) => id,
            Self::Person(account) => &account.login,
            Self::Token(token) => &token.actor,
        }
    }

    pub fn role(&self) -> Role {
        match self {
            Self::Brand => Role::BrandAdmin,
            Self::Partner(_) => Role::PartnerOwner,
            Self::Person(account) => account.role,
            Self::Token(token) => token.role,
        }
    }

    /// The partner that it belongs to; `None` for the brand.
    pub fn partner(&self) -> Option<&str> {
        match self {
            Self::Brand => None,
            Self::Partner(id) => Some(id),
            Self::Person(account) if account.role.is_of_partner() => Some(&account.partner_id),
            Self::Token(token) if token.role.is_of_partner() => Some(&token.partner_id),
            Self::Person(_) | Self::Token(_) => None,
        }
    }

    /// For the record of acts: `brand` (the console token), `partner` (the token made for it), `account` or `token`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Brand => "brand",
            Self::Partner(_) => "partner",
            Self::Person(_) => "account",
            Self::Token(_) => "token",
        }
    }

    /// One caller and no other, for as long as it lives: a key of one does not meet the same key of another.
    pub fn scope_of_keys(&self) -> String {
        match self {
            Self::Brand => "brand".to_owned(),
            Self::Partner(id) => format!("partner:{id}"),
            Self::Person(account) => format!("account:{}", account.id),
            Self::Token(token) => format!("token:{}", token.id),
        }
    }

    /// Refuses a role that has not this permission.
    pub fn may(&self, permission: Permission) -> Result<(), Problem> {
        let role = self.role();
        if let Self::Token(token) = self
            && !token.permissions.is_empty()
            && !token.permissions.contains(&permission)
        {
            let words = permission.words();
            let detail = format!("the token `{}` may not {words}: make one with `{}`", token.name, permission.as_str());
            return Err(Problem::forbidden(detail));
        }
        if role.may(permission) {
            return Ok(());
        }
        Err(Problem::forbidden(format!("the role {} may not {}", role.as_str(), permission.words())))
    }

    /// Refuses a partner that reaches for what is another's. What is not its own does not exist for it.
    pub fn may_see(&self, partner_id: &str) -> Result<(), Problem> {
        match self.partner() {
            Some(own) if own != partner_id => Err(Problem::not_found("there is nothing of yours with this name")),
            Some(_) | None => Ok(()),
        }
    }

    /// Refuses partners.
    pub fn brand_only(&self) -> Result<(), Problem> {
        match self.partner() {
            None => Ok(()),
            Some(_) => Err(Problem::forbidden("only the brand may do this")),
        }
    }

    /// The partner whose rows a list is limited to; empty for the brand.
    pub fn scope<'a>(&'a self, asked: &'a str) -> &'a str {
        self.partner().unwrap_or(asked)
    }
}

/// Finds out who calls, and refuses who may not pass this door.
pub async fn who(app: &SellerApp, request: &HttpRequest) -> Result<Who, Problem> {
    let refused = || Problem::new(StatusCode::UNAUTHORIZED, "send `Authorization: Bearer TOKEN`");
    let who = known(app, request).await?.ok_or_else(refused)?;
    let pattern = request.match_pattern().unwrap_or_default();
    who.may(doors::needs(request.method().as_str(), &pattern))?;
    Ok(who)
}

/// Who calls, if anybody that is known here. What a browser sends along by itself counts only from our own pages.
pub async fn known(app: &SellerApp, request: &HttpRequest) -> Result<Option<Who>, Problem> {
    let found = identified(app, request).await?;
    if found.is_none() || request.method().is_safe() || bearer(request).is_some() || same_origin(request) {
        return Ok(found);
    }
    Err(Problem::forbidden("this call came from another site's page"))
}

/// What was found out about this call, so that the door and the room behind it ask the database once.
struct Found(Option<Who>);

/// Who it says it is, whether or not it may do what it asks for.
pub async fn identified(app: &SellerApp, request: &HttpRequest) -> Result<Option<Who>, sqlx::Error> {
    if let Some(Found(who)) = request.extensions().get::<Found>() {
        return Ok(who.clone());
    }
    let given = match bearer(request) {
        Some(token) => of_bearer(app, token).await?,
        None => person(app, request).await?.map(Who::Person),
    };
    let found = given.or_else(|| node::access::staff(request, &app.config.node).is_ok().then_some(Who::Brand));
    request.extensions_mut().insert(Found(found.clone()));
    Ok(found)
}

async fn of_bearer(app: &SellerApp, token: &str) -> Result<Option<Who>, sqlx::Error> {
    let (digest, now_ms) = (digest(token), app.now().as_millisecond());
    if let Some(partner_id) = partners::by_token(&app.node.db, &digest).await? {
        return Ok(Some(Who::Partner(partner_id)));
    }
    let Some(token) = api_tokens::by_digest(&app.node.db, &digest, now_ms).await? else { return Ok(None) };
    api_tokens::used(&app.node.db, &token, now_ms).await?;
    Ok(Some(Who::Token(token)))
}

async fn person(app: &SellerApp, request: &HttpRequest) -> Result<Option<Account>, sqlx::Error> {
    let Some(cookie) = request.cookie(COOKIE) else { return Ok(None) };
    people_work::of_cookie(app, cookie.value(), app.now()).await
}

/// What is stored of a token. Tokens are 256 random bits, so a plain digest is enough.
pub fn digest(token: &str) -> String {
    protocol::digest::digest(token.as_bytes())
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Whether a form or script of our own pages sent this. Browsers say where a request comes from; other programs say nothing
/// and carry no session.
pub fn same_origin(request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => match text("origin") {
            Some(origin) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_some() && host == text("host")
            }
            None => true,
        },
    }
}
