//! Who looks at the shop: session, language, place. All of it lives in cookies; nobody needs an account.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponseBuilder, http::header};
use node::config::Environment;

use crate::buyer::Buyer;
use crate::config::KnownPlace;
use crate::store::carts;
use crate::words::Language;

const SESSION: &str = "shopper";
const LANGUAGE: &str = "language";
const PLACE: &str = "place";
const COOKIE_DAYS: i64 = 90;

/// One visit.
#[derive(Debug)]
pub struct Visit<'a> {
    pub buyer: &'a Buyer,
    pub session: String,
    pub language: &'a Language,
    /// Postal code.
    pub area_code: String,
    /// Different items in the cart.
    pub cart_size: i64,
    /// Path and query without `lang`, for the language links.
    pub here: String,
    new_session: bool,
    chosen_language: bool,
}

impl<'a> Visit<'a> {
    pub async fn of(request: &HttpRequest, buyer: &'a Buyer) -> Visit<'a> {
        let cookie = |name: &str| request.cookie(name).map(|c| c.value().to_owned());
        let known =
            cookie(SESSION).filter(|id| id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'));
        let new_session = known.is_none();
        let session = known.unwrap_or_else(|| buyer.new_id());
        let asked = query_value(request, "lang").and_then(|code| buyer.words.find(&code));
        let accepted = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
        let language = asked
            .or_else(|| cookie(LANGUAGE).and_then(|code| buyer.words.find(&code)))
            .or_else(|| accepted.and_then(|header| buyer.words.accepted(header)))
            .unwrap_or_else(|| buyer.words.language(&buyer.config.shop_language));
        let area_code = cookie(PLACE).filter(|code| is_area_code(code)).unwrap_or_else(|| default_place(buyer));
        let cart_size = if new_session { 0 } else { carts::size(&buyer.node.db, &session).await.unwrap_or(0) };
        Visit {
            buyer,
            language,
            area_code,
            cart_size,
            here: here(request),
            new_session,
            chosen_language: asked.is_some(),
            session,
        }
    }

    /// The known place of the postal code.
    pub fn place(&self) -> Option<&KnownPlace> {
        self.buyer.config.known_place(&self.area_code)
    }

    pub fn city(&self) -> String {
        let first = self.buyer.config.shop_cities.first().cloned().unwrap_or_default();
        self.place().map_or(first, |place| place.city.clone())
    }

    /// Sets the cookies that this visit needs.
    pub fn remember(&self, response: &mut HttpResponseBuilder) {
        if self.new_session {
            response.cookie(self.cookie(SESSION, &self.session));
        }
        if self.chosen_language {
            response.cookie(self.cookie(LANGUAGE, self.language.code));
        }
    }

    /// The cookie of a place that the shopper chose.
    pub fn place_cookie(&self, area_code: &str) -> Cookie<'static> {
        self.cookie(PLACE, area_code)
    }

    fn cookie(&self, name: &'static str, value: &str) -> Cookie<'static> {
        // Lax: forms on other sites cannot act for the shopper, links from them still find the cart.
        Cookie::build(name, value.to_owned())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.buyer.config.node.environment == Environment::Production)
            .max_age(Duration::days(COOKIE_DAYS))
            .finish()
    }
}

fn default_place(buyer: &Buyer) -> String {
    buyer.config.places.first().map(|place| place.area_code.clone()).unwrap_or_default()
}

/// Letters, digits, spaces and dashes, at most ten: every country's postal code.
pub fn is_area_code(code: &str) -> bool {
    (3..=10).contains(&code.len()) && code.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ' || c == '-')
}

fn query_value(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = serde_urlencoded_pairs(request.query_string());
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn here(request: &HttpRequest) -> String {
    let rest: Vec<String> = request
        .query_string()
        .split('&')
        .filter(|p| !p.is_empty() && !p.starts_with("lang="))
        .map(str::to_owned)
        .collect();
    if rest.is_empty() { request.path().to_owned() } else { format!("{}?{}", request.path(), rest.join("&")) }
}

fn serde_urlencoded_pairs(query: &str) -> Vec<(String, String)> {
    actix_web::web::Query::<Vec<(String, String)>>::from_query(query).map(|q| q.into_inner()).unwrap_or_default()
}
