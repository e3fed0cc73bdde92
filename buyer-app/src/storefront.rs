//! The shop: server-rendered pages that work without JavaScript, small enough for slow phones, in several languages.
//! A start for a marketplace's own shop; it uses the same asks as the API.

use actix_web::{HttpResponse, get, web};

mod art;
mod basket;
mod browse;
mod checkout;
mod orders;
mod page;
mod pay;
mod render;
mod returns;
mod visit;

const STYLE: &str = include_str!("../assets/shop.css");
const SCRIPT: &str = include_str!("../assets/shop.js");

/// Routes of the shop.
pub fn mount(app: &mut web::ServiceConfig) {
    app.service(shop_style)
        .service(shop_script)
        .configure(art::mount)
        .configure(browse::mount)
        .configure(basket::mount);
    app.configure(checkout::mount).configure(pay::mount).configure(orders::mount).configure(returns::mount);
}

#[get("/shop.css")]
async fn shop_style() -> HttpResponse {
    asset("text/css; charset=utf-8", STYLE)
}

#[get("/shop.js")]
async fn shop_script() -> HttpResponse {
    asset("text/javascript; charset=utf-8", SCRIPT)
}

fn asset(kind: &str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok().content_type(kind).insert_header(("Cache-Control", "public, max-age=3600")).body(body)
}
