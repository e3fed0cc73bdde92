//! Who may see the pages for staff: a bearer token, or the cookie that `/login` gives for it.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieDuration};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use protocol::randomness::Randomness;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::config::{Environment, NodeConfig};
use crate::node::Node;
use crate::pages;

/// The cookie of a session that was opened with the console token.
pub const COOKIE: &str = "haat_session";
/// Logins that are read per minute, right or wrong: a token cannot be guessed by trying.
const LOGINS_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// What sessions are made from. New at every start, so a restart ends all sessions.
pub(crate) struct Sessions {
    secret: Zeroizing<[u8; 32]>,
    logins: DefaultDirectRateLimiter,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Sessions(secret hidden)")
    }
}

impl Sessions {
    pub(crate) fn new(randomness: Arc<dyn Randomness>) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        randomness.fill(&mut *secret);
        Self { secret, logins: RateLimiter::direct(Quota::per_minute(LOGINS_MINUTE)) }
    }

    /// `<end in Unix seconds>.<proof>`: nothing has to be stored.
    fn session(&self, until_s: i64, token: &str) -> String {
        format!("{until_s}.{}", self.proof(until_s, token))
    }

    fn proof(&self, until_s: i64, token: &str) -> String {
        let mut text = Zeroizing::new(self.secret.to_vec());
        text.extend_from_slice(&until_s.to_be_bytes());
        text.extend_from_slice(token.as_bytes());
        // BLAKE2b with the secret in front is a sound keyed hash: it cannot be extended.
        protocol::digest::digest(&text).replace(['+', '/', '='], "")
    }

    fn is_valid(&self, session: &str, token: &str, now_s: i64) -> bool {
        let Some((until, proof)) = session.split_once('.') else { return false };
        let Ok(until_s) = until.parse::<i64>() else { return false };
        until_s > now_s && same(proof, &self.proof(until_s, token))
    }
}

/// Lets staff in: `Authorization: Bearer <console_token>`, or the session cookie. The error is the answer to give: a page is
/// sent to `/login`, an API call gets 401. Open to all only with `danger_open_console`.
#[allow(clippy::result_large_err)] // the answer is given at once, never stored
pub fn staff(request: &HttpRequest, config: &NodeConfig) -> Result<(), HttpResponse> {
    if config.danger_open_console {
        return Ok(());
    }
    let token = config.console_token.expose();
    if token.is_empty() {
        return Err(HttpResponse::Forbidden().body("Pages for staff are closed: set console_token in the settings."));
    }
    if bearer(request).is_some_and(|given| same(given, token)) {
        return Ok(());
    }
    let node = request.app_data::<web::Data<Node>>();
    let session = request.cookie(COOKIE);
    if let (Some(node), Some(session)) = (node, session)
        && node.sessions.is_valid(session.value(), token, node.clock.now().as_second())
    {
        return Ok(());
    }
    Err(refusal(request))
}

fn refusal(request: &HttpRequest) -> HttpResponse {
    let wants_page = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if wants_page.is_some_and(|accept| accept.contains("text/html")) {
        let back = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let to = format!("/login?back={}", pages::url_encode(back));
        return HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish();
    }
    HttpResponse::Unauthorized()
        .insert_header((header::WWW_AUTHENTICATE, "Bearer"))
        .json(serde_json::json!({"error": "a bearer token is needed"}))
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Compares in a time that does not tell where two texts differ.
fn same(a: &str, b: &str) -> bool {
    let differ = a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b));
    differ == 0 && a.len() == b.len()
}

#[derive(Debug, Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
struct Login {
    token: Zeroizing<String>,
    #[serde(default)]
    back: String,
}

/// `/login` and `/logout`.
pub(crate) fn mount(app: &mut web::ServiceConfig) {
    app.route("/login", web::get().to(login_page))
        .route("/login", web::post().to(login))
        .route("/logout", web::post().to(logout));
}

async fn login_page(query: web::Query<Back>) -> HttpResponse {
    pages::login(&query.back, false)
}

async fn login(node: web::Data<Node>, form: web::Form<Login>) -> HttpResponse {
    let token = node.config.console_token.expose();
    if node.sessions.logins.check().is_err() {
        return HttpResponse::TooManyRequests().body("Too many logins; wait a minute.");
    }
    if token.is_empty() || !same(form.token.trim(), token) {
        return pages::login(&form.back, true);
    }
    let hours = i64::try_from(node.config.console_session_hours).unwrap_or(12);
    let until_s = node.clock.now().as_second() + hours * 3600;
    let cookie = Cookie::build(COOKIE, node.sessions.session(until_s, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(node.config.environment == Environment::Production)
        .max_age(CookieDuration::hours(hours))
        .finish();
    HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, own_path(&form.back))).finish()
}

async fn logout() -> HttpResponse {
    let mut cookie = Cookie::build(COOKIE, "").path("/").finish();
    cookie.make_removal();
    HttpResponse::SeeOther().cookie(cookie).insert_header((header::LOCATION, "/login")).finish()
}

/// Only a path on this host: never a redirect to elsewhere.
pub fn own_path(back: &str) -> &str {
    let own = back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n']);
    if own { back } else { "/" }
}
