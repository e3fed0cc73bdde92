//! Who calls: the brand with the console token (or a session of its staff), or a partner with the token made for it.

use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};

use crate::app::SellerApp;
use crate::store::partners;

use super::problem::Problem;

/// Whose rights a call has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    Brand,
    Partner(String),
}

impl Who {
    /// The actor in an order's story.
    pub fn actor(&self) -> &str {
        match self {
            Self::Brand => "brand",
            Self::Partner(id) => id,
        }
    }

    /// Refuses a partner that reaches for what is another's. What is not its own does not exist for it.
    pub fn may_see(&self, partner_id: &str) -> Result<(), Problem> {
        match self {
            Self::Brand => Ok(()),
            Self::Partner(own) if own == partner_id => Ok(()),
            Self::Partner(_) => Err(Problem::not_found("there is nothing of yours with this name")),
        }
    }

    /// Refuses partners.
    pub fn brand_only(&self) -> Result<(), Problem> {
        match self {
            Self::Brand => Ok(()),
            Self::Partner(_) => Err(Problem::forbidden("only the brand may do this")),
        }
    }

    /// The partner whose rows a list is limited to; empty for the brand.
    pub fn scope<'a>(&'a self, asked: &'a str) -> &'a str {
        match self {
            Self::Brand => asked,
            Self::Partner(own) => own,
        }
    }
}

/// Finds out who calls.
pub async fn who(app: &SellerApp, request: &HttpRequest) -> Result<Who, Problem> {
    if node::access::staff(request, &app.config.node).is_ok() {
        return if is_safe(request) || has_bearer(request) || same_origin(request) {
            Ok(Who::Brand)
        } else {
            Err(Problem::forbidden("this call came from another site's page"))
        };
    }
    let refused = || Problem::new(StatusCode::UNAUTHORIZED, "send `Authorization: Bearer TOKEN`");
    let token = bearer(request).ok_or_else(refused)?;
    match partners::by_token(&app.node.db, &digest(token)).await? {
        Some(id) => Ok(Who::Partner(id)),
        None => Err(refused()),
    }
}

/// What is stored of a token. Tokens are 256 random bits, so a plain digest is enough.
pub fn digest(token: &str) -> String {
    protocol::digest::digest(token.as_bytes())
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, token) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn has_bearer(request: &HttpRequest) -> bool {
    bearer(request).is_some()
}

fn is_safe(request: &HttpRequest) -> bool {
    request.method().is_safe()
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
