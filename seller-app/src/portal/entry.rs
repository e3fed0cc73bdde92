//! How a partner's people come in: signed in with an account of theirs, or by a link with the partner's token, which the
//! browser keeps as a cookie.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::config::Environment;
use serde::Deserialize;

use crate::api::access::{Who, digest, known, same_origin};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::languages::Language;
use crate::store::partners;

use super::{PortalError, language};

const COOKIE: &str = "haat_partner";
const DAYS: i64 = 30;

#[derive(Debug, Deserialize)]
pub(super) struct Link {
    token: String,
}

#[derive(Template)]
#[template(path = "portal/closed.html")]
struct ClosedPage<'a> {
    brand: &'a str,
    t: &'a Language,
}

fn closed(app: &SellerApp, t: &Language) -> PortalError {
    let page = ClosedPage { brand: &app.seller.storefront.name, t };
    PortalError::Closed(page.render().unwrap_or_default())
}

/// Takes the token out of the address at once, so that it is neither on the screen nor in a bookmark.
pub(super) async fn open(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    link: web::Query<Link>,
) -> Result<HttpResponse, PortalError> {
    if partners::by_token(&app.node.db, &digest(&link.token)).await?.is_none() {
        return Err(closed(&app, language::of(&app, &request)));
    }
    let cookie = Cookie::build(COOKIE, link.token.clone())
        .path("/portal")
        .http_only(true)
        // Lax: the link comes from a message, and Strict would leave the first page closed.
        .same_site(SameSite::Lax)
        .secure(app.config.node.environment == Environment::Production)
        .max_age(Duration::days(DAYS))
        .finish();
    Ok(HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/portal")).finish())
}

pub(super) async fn leave(request: HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    if same_origin(&request) {
        let mut cookie = Cookie::build(COOKIE, "").path("/portal").finish();
        cookie.make_removal();
        answer.cookie(cookie);
    }
    answer.insert_header((header::LOCATION, "/portal")).finish()
}

/// Who is signed in for a partner, and the partner's name: a person with an account, or whoever has the link.
pub(super) async fn visitor(
    app: &SellerApp,
    request: &HttpRequest,
    t: &Language,
) -> Result<(Who, String), PortalError> {
    if !request.method().is_safe() && !same_origin(request) {
        return Err(Problem::forbidden("this form came from another site's page").into());
    }
    let who = match by_link(app, request).await? {
        Some(who) => Some(who),
        None => known(app, request).await?,
    };
    let who = who.ok_or_else(|| closed(app, t))?;
    let id = who.partner().ok_or_else(|| closed(app, t))?;
    let record = partners::one(&app.node.db, id).await?.ok_or_else(|| closed(app, t))?;
    Ok((who, record.partner.name))
}

/// The partner of a browser that was opened with the partner's link.
pub(crate) async fn by_link(app: &SellerApp, request: &HttpRequest) -> Result<Option<Who>, sqlx::Error> {
    let Some(token) = request.cookie(COOKIE) else { return Ok(None) };
    Ok(partners::by_token(&app.node.db, &digest(token.value())).await?.map(Who::Partner))
}
