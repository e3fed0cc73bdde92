//! The language that a person chose for these pages; it stays in a cookie.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use crate::app::SellerApp;
use crate::languages::Language;

const COOKIE: &str = "haat_language";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wish {
    lang: String,
}

/// `?lang=` counts most, then what was chosen before, then what the browser asks for.
pub(super) fn of<'a>(app: &'a SellerApp, request: &HttpRequest) -> &'a Language {
    let asked = web::Query::<Wish>::from_query(request.query_string()).ok().map(|wish| wish.into_inner().lang);
    let asked = asked.filter(|tag| app.languages.find(tag).is_some());
    let kept = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned());
    let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    app.languages.choose(asked.or(kept).as_deref(), accept)
}

#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    to: String,
}

/// Keeps the choice for a year.
pub(super) async fn choose(app: web::Data<SellerApp>, choice: web::Query<Choice>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    if let Some(language) = app.languages.find(&choice.to) {
        let cookie = Cookie::build(COOKIE, language.tag.clone())
            .path("/")
            .same_site(SameSite::Lax)
            .max_age(Duration::days(365))
            .finish();
        answer.cookie(cookie);
    }
    answer.insert_header((header::LOCATION, "/portal")).finish()
}
