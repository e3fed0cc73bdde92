//! What all pages share: the style sheet, the login page, rendering, and security headers.
//!
//! An app's templates extend `shell.html` of this crate: put `dirs = ["templates", "../node/templates"]` into the app's `askama.toml`.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

const CSS: &str = include_str!("../assets/haat.css");
const ICON: &str = include_str!("../assets/haat.svg");

/// Pages load nothing from elsewhere and run no script; an app that needs a script of its own sends its own header.
const POLICY: &str = "default-src 'self'; img-src 'self' data: https:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'";

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage<'a> {
    back: &'a str,
    wrong: bool,
}

/// Renders a page with the headers that every page has.
pub fn render(page: &impl Template) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((header::REFERRER_POLICY, "same-origin"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            HttpResponse::InternalServerError().body("This page could not be shown.")
        }
    }
}

/// An answer that sends the browser to another page of this host, after a form was posted.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

/// Text for the path or the query of a URL.
pub fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

pub(crate) fn login(back: &str, wrong: bool) -> HttpResponse {
    render(&LoginPage { back, wrong })
}

/// `/assets/haat.css` and the icon.
pub(crate) fn mount(app: &mut web::ServiceConfig) {
    app.route("/assets/haat.css", web::get().to(css)).route("/assets/haat.svg", web::get().to(icon));
}

async fn css(request: HttpRequest) -> HttpResponse {
    asset(&request, "text/css; charset=utf-8", CSS)
}

async fn icon(request: HttpRequest) -> HttpResponse {
    asset(&request, "image/svg+xml", ICON)
}

/// An embedded file. A browser asks again and gets 304 while the program is the same.
fn asset(request: &HttpRequest, kind: &'static str, text: &'static str) -> HttpResponse {
    let tag = header::EntityTag::new_strong(format!("{}-{}", env!("CARGO_PKG_VERSION"), text.len()));
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let cache = (header::CACHE_CONTROL, "no-cache");
    if known.is_some_and(|known| known == tag.to_string()) {
        return HttpResponse::NotModified().insert_header(cache).insert_header(header::ETag(tag)).finish();
    }
    HttpResponse::Ok().content_type(kind).insert_header(cache).insert_header(header::ETag(tag)).body(text)
}
