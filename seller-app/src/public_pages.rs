//! What anybody may see: pictures of items, how far a delivery is, an invoice. No names or addresses of buyers.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, web};
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::documents::{Paper, Papers};
use crate::fulfilment::Way;
use crate::order::Order;
use crate::store::reservation::Cart;
use crate::store::{items, lots, orders, partners};

pub mod picture;

pub fn mount(app: &mut web::ServiceConfig) {
    app.route("/images/brand.svg", web::get().to(brand_picture))
        .route("/images/items/{sku}.svg", web::get().to(item_picture))
        .route("/track/{order_id}/{fulfilment_id}", web::get().to(track))
        .route("/invoice/{order_id}/{file}", web::get().to(invoice));
}

async fn brand_picture(app: web::Data<SellerApp>) -> HttpResponse {
    svg(picture::draw(&app.seller.storefront.name, ""))
}

async fn item_picture(app: web::Data<SellerApp>, sku: web::Path<String>) -> HttpResponse {
    match items::one(&app.node.db, &sku).await {
        Ok(Some(item)) => svg(picture::draw(&item.name, &item.category)),
        Ok(None) => HttpResponse::NotFound().finish(),
        Err(error) => failed(&error),
    }
}

fn svg(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("image/svg+xml")
        .insert_header(("cache-control", "public, max-age=86400"))
        .insert_header(("access-control-allow-origin", "*"))
        .body(text)
}

#[derive(Template)]
#[template(path = "public/track.html")]
struct TrackPage<'a> {
    brand: &'a str,
    store: String,
    state: &'static str,
    /// Steps of a delivery, and whether each is behind us.
    steps: Vec<(&'static str, bool)>,
    promise: String,
}

/// The fulfilment's id is random and known only to buyer, buyer app and us: it is the key to this page.
async fn track(app: web::Data<SellerApp>, path: web::Path<(String, String)>) -> HttpResponse {
    let (order_id, fulfilment_id) = path.into_inner();
    let found = match orders::by_id(&app.node.db, &order_id).await {
        Ok(found) => found,
        Err(error) => return failed(&error),
    };
    let order = found.into_iter().map(|stored| stored.order).find(|order| order.fulfilment(&fulfilment_id).is_some());
    let Some(order) = order else { return HttpResponse::NotFound().body("There is no such delivery.") };
    let Some(fulfilment) = order.fulfilment(&fulfilment_id) else { return HttpResponse::NotFound().finish() };
    let state = fulfilment.progress.code();
    let way: &[&str] = match fulfilment.way() {
        Way::Hub => &["Pending", "Packed", "Order-picked-up", "Out-for-delivery", "Order-delivered"],
        Way::Direct | Way::BuyersCourier => &["Pending", "Packed", "Order-picked-up", "Order-delivered"],
        Way::Counter => &["Pending", "Packed", "Order-picked-up"],
    };
    let reached = way.iter().position(|step| *step == station(state));
    let range = fulfilment.end.as_ref().and_then(|end| end.range.as_ref());
    let page = TrackPage {
        brand: &app.seller.storefront.name,
        store: store_name(&app, &order).await,
        state,
        steps: way.iter().enumerate().map(|(at, step)| (*step, reached.is_some_and(|reached| at <= reached))).collect(),
        promise: range.map(|range| range.end.to_string()).unwrap_or_default(),
    };
    pages::render(&page)
}

/// The station of the page that a state belongs to.
fn station(state: &str) -> &str {
    match state {
        "Agent-assigned" | "Out-for-pickup" | "At-pickup" | "Pickup-failed" => "Packed",
        "In-transit" | "At-destination-hub" => "Order-picked-up",
        "Delivery-failed" => "Out-for-delivery",
        "At-delivery" => "Order-picked-up",
        other => other,
    }
}

async fn store_name(app: &SellerApp, order: &Order) -> String {
    let partner = partners::one(&app.node.db, &order.partner_id).await.ok().flatten();
    partner.map(|record| record.partner.name).unwrap_or_default()
}

/// The key is the fulfilment's id, as for the tracking page. An invoice exists once the goods have left the store.
async fn invoice(app: web::Data<SellerApp>, path: web::Path<(String, String)>) -> HttpResponse {
    let (order_id, file) = path.into_inner();
    let key = file.strip_suffix(".pdf").unwrap_or(&file);
    let found = match orders::by_id(&app.node.db, &order_id).await {
        Ok(found) => found,
        Err(error) => return failed(&error),
    };
    let mut orders = found.into_iter().map(|stored| stored.order);
    let Some(order) = orders.find(|order| order.fulfilment(key).is_some()) else {
        return HttpResponse::NotFound().body("There is no such invoice.");
    };
    match print(&app, &order, Paper::Invoice).await {
        Ok(Some(bytes)) => pdf(bytes),
        Ok(None) => HttpResponse::NotFound().body("There is no such invoice."),
        Err(error) => failed(&error),
    }
}

/// A paper of an order, from what is known now.
pub(crate) async fn print(app: &SellerApp, order: &Order, paper: Paper) -> Result<Option<Vec<u8>>, sqlx::Error> {
    let partner = partners::one(&app.node.db, &order.partner_id).await?.map(|record| record.partner);
    let mut sold = Vec::new();
    for sku in order.skus().collect::<BTreeSet<_>>() {
        sold.extend(items::one(&app.node.db, sku).await?);
    }
    let cart = Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() };
    let lots = lots::bought_in_words(&app.node.db, &cart).await?;
    let papers = Papers { order, partner: partner.as_ref(), seller: &app.seller, items: &sold, lots: &lots };
    Ok(papers.print(paper))
}

/// Shown in the browser; kept by nobody on the way.
pub(crate) fn pdf(bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/pdf").insert_header(("cache-control", "private, no-store")).body(bytes)
}

fn failed(error: &sqlx::Error) -> HttpResponse {
    tracing::error!(%error, "a public page failed");
    HttpResponse::InternalServerError().body("This page cannot be shown now.")
}
