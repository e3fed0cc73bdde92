//! Home with search, and the page of one item.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::page::Page;
use super::render::{self, not_found, storage_failed};
use super::visit::{Visit, is_area_code};
use crate::api::destination;
use crate::buyer::Buyer;
use crate::catalogue::item::SellerKey;
use crate::store::shelf::{ShelfItem, ShelfQuery, browse, categories, find};

/// Items on one page: a phone loads them in a second.
const PAGE_ITEMS: u32 = 24;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(home_page).service(item_page).service(set_place);
}

/// A card in the grid, everything as text.
#[derive(Debug)]
pub struct Card {
    pub href: String,
    pub art: String,
    pub name: String,
    pub measure: String,
    pub provider: String,
    pub price: String,
    pub price_before: Option<String>,
    pub buyable: bool,
    pub diet: String,
    pub key: SellerKey,
    pub id: String,
}

impl Card {
    pub fn of(page: &Page<'_>, shelf: &ShelfItem) -> Card {
        let (item, key) = (&shelf.item, &shelf.key);
        let before = (item.price_max > item.price).then(|| page.money(&item.price_max, &item.currency));
        Card {
            href: item_href(key, &item.id),
            art: art_href(&item.category, &item.name),
            name: item.name.clone(),
            measure: item.measure.clone(),
            provider: shelf.provider.name.clone(),
            price: page.money(&item.price, &item.currency),
            price_before: before,
            buyable: shelf.buyable,
            diet: item.diet.clone(),
            key: key.clone(),
            id: item.id.clone(),
        }
    }
}

/// Address of an item's page; ids of sellers may hold any character.
pub fn item_href(key: &SellerKey, id: &str) -> String {
    let pairs = [("domain", &key.domain), ("city", &key.city), ("bpp", &key.bpp_id), ("provider", &key.provider_id)];
    let mut href = String::from("/item?");
    for (name, value) in pairs {
        href.push_str(&format!("{name}={}&", encoded(value)));
    }
    href + "id=" + &encoded(id)
}

pub fn art_href(category: &str, name: &str) -> String {
    format!("/art.svg?c={}&n={}", encoded(category), encoded(name))
}

/// Percent-encodes everything that is not unreserved in a URL.
pub fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HomeQuery {
    q: String,
    category: String,
    offset: u32,
}

#[derive(Debug, Template)]
#[template(path = "shop/home.html")]
struct Home<'a> {
    page: Page<'a>,
    cards: Vec<Card>,
    categories: Vec<CategoryLink>,
    next: Option<String>,
    searched: bool,
    delivered_to: String,
}

#[derive(Debug)]
struct CategoryLink {
    name: String,
    href: String,
    items: i64,
    current: bool,
}

#[get("/")]
async fn home_page(request: HttpRequest, buyer: web::Data<Buyer>, query: web::Query<HomeQuery>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let city = visit.city();
    let shelf = ShelfQuery {
        city: city.clone(),
        words: query.q.clone(),
        category: query.category.clone(),
        destination: Some(destination(&buyer, &visit.area_code, "")),
        offset: query.offset,
        limit: PAGE_ITEMS,
        ..ShelfQuery::default()
    };
    let found = match browse(&buyer.node.db, &shelf).await {
        Ok(found) => found,
        Err(error) => return storage_failed(&visit, &error),
    };
    let groups = categories(&buyer.node.db, "", &city).await.unwrap_or_default();
    let mut page = Page::of(&visit);
    page.query.clone_from(&query.q);
    let link = |(name, items): (String, i64)| CategoryLink {
        href: format!("/?category={}", encoded(&name)),
        current: name == query.category,
        name: page.category(&name),
        items,
    };
    let next =
        found.next.map(|next| format!("/?q={}&category={}&offset={next}", encoded(&query.q), encoded(&query.category)));
    let template = Home {
        cards: found.items.iter().map(|shelf| Card::of(&page, shelf)).collect(),
        categories: groups.into_iter().map(link).collect(),
        next,
        searched: !query.q.is_empty() || !query.category.is_empty(),
        delivered_to: page.t1("home.delivered_to", &place_words(&page)),
        page,
    };
    render::page(&visit, &template)
}

fn place_words(page: &Page<'_>) -> String {
    format!("{} {}", page.area_code, page.place_name).trim().to_owned()
}

#[derive(Debug, Deserialize)]
struct PlaceForm {
    area_code: String,
}

#[post("/place")]
async fn set_place(request: HttpRequest, buyer: web::Data<Buyer>, form: web::Form<PlaceForm>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let code = form.area_code.trim();
    if !is_area_code(code) || buyer.config.place(code).is_none() {
        let words = visit.language.with("place.unknown", &[code]);
        return render::trouble(&visit, actix_web::http::StatusCode::UNPROCESSABLE_ENTITY, &words, "/");
    }
    let mut response = render::see(&visit, "/");
    if let Err(error) = response.add_cookie(&visit.place_cookie(code)) {
        tracing::warn!(%error, "the place could not be remembered");
    }
    response
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ItemQuery {
    domain: String,
    city: String,
    bpp: String,
    provider: String,
    id: String,
}

#[derive(Debug, Template)]
#[template(path = "shop/item.html")]
struct ItemPage<'a> {
    page: Page<'a>,
    card: Card,
    long_desc: String,
    reaches: bool,
    count_max: u32,
    facts: Vec<(String, String)>,
}

/// A cart line holds at most so many pieces where the seller sets no limit.
pub const PIECES_MAX: u32 = 50;

#[get("/item")]
async fn item_page(request: HttpRequest, buyer: web::Data<Buyer>, query: web::Query<ItemQuery>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let query = query.into_inner();
    let key = SellerKey { domain: query.domain, city: query.city, bpp_id: query.bpp, provider_id: query.provider };
    let shelf = match find(&buyer.node.db, &key, &query.id).await {
        Ok(Some(shelf)) => shelf,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let page = Page::of(&visit);
    let template = ItemPage {
        card: Card::of(&page, &shelf),
        long_desc: if shelf.item.long_desc == shelf.item.name { String::new() } else { shelf.item.long_desc.clone() },
        reaches: shelf.reaches(&destination(&buyer, &visit.area_code, "")),
        count_max: shelf.item.count_max.unwrap_or(PIECES_MAX),
        facts: facts(&page, &shelf),
        page,
    };
    render::page(&visit, &template)
}

/// What a shopper asks before buying.
fn facts(page: &Page<'_>, shelf: &ShelfItem) -> Vec<(String, String)> {
    let item = &shelf.item;
    let yes_no = |yes: bool| page.t(if yes { "word.yes" } else { "word.no" }).to_owned();
    let mut facts = vec![(page.t("item.sold_by").to_owned(), shelf.provider.name.clone())];
    let mut add = |key: &str, value: String| {
        if !value.is_empty() {
            facts.push((page.t(key).to_owned(), value));
        }
    };
    add("item.category", page.category(&item.category));
    add("item.ships_in", page.duration(&item.time_to_ship));
    let returns = if item.returnable { page.duration(&item.return_window) } else { yes_no(false) };
    add("item.returns", returns);
    add("item.cancellable", yes_no(item.cancellable));
    add("item.cash", yes_no(item.cash));
    add("item.origin", item.origin.clone());
    add("item.care", item.consumer_care.replace(',', " · "));
    facts
}
