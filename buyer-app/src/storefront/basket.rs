//! The cart: lines, one part per provider, and the way to the checkout.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::browse::{Card, PIECES_MAX};
use super::page::Page;
use super::render::{self, storage_failed};
use super::visit::Visit;
use crate::buyer::Buyer;
use crate::cart::{CartGroup, CartItem, split};
use crate::catalogue::item::SellerKey;
use crate::store::carts::{self, CartLine};
use crate::store::orders::StoreError;
use crate::store::shelf;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(cart_page).service(set_line);
}

#[derive(Debug, Template)]
#[template(path = "shop/cart.html")]
struct CartPage<'a> {
    page: Page<'a>,
    groups: Vec<GroupView>,
    split: bool,
}

#[derive(Debug)]
struct GroupView {
    bpp_id: String,
    provider_id: String,
    provider: String,
    lines: Vec<LineView>,
    subtotal: String,
    buyable: bool,
    cash: bool,
    /// Words about what is missing to the least order value.
    missing: Option<String>,
}

#[derive(Debug)]
struct LineView {
    card: Card,
    count: u32,
    count_max: u32,
    price: String,
    label: String,
}

/// The cart with what the catalogue says now; a line whose item is gone is dropped from view.
pub async fn groups(visit: &Visit<'_>) -> Result<Vec<(CartGroup, Vec<shelf::ShelfItem>)>, StoreError> {
    let db = &visit.buyer.node.db;
    let mut items = Vec::new();
    let mut shelves = Vec::new();
    for line in carts::list(db, &visit.session).await? {
        let key =
            SellerKey { domain: line.domain, city: line.city, bpp_id: line.bpp_id, provider_id: line.provider_id };
        let Some(shelf) = shelf::find(db, &key, &line.item_id).await? else { continue };
        items.push(CartItem {
            key,
            provider_name: shelf.provider.name.clone(),
            order_value_min: shelf.provider.order_value_min,
            item: shelf.item.clone(),
            count: u32::try_from(line.count).unwrap_or(1),
            buyable: shelf.buyable,
        });
        shelves.push(shelf);
    }
    let of = |group: &CartGroup| {
        let mine = |s: &&shelf::ShelfItem| group.items.iter().any(|i| i.item.id == s.item.id && i.key == s.key);
        shelves.iter().filter(mine).cloned().collect::<Vec<_>>()
    };
    Ok(split(items)
        .into_iter()
        .map(|group| {
            let shelves = of(&group);
            (group, shelves)
        })
        .collect())
}

#[get("/cart")]
async fn cart_page(request: HttpRequest, buyer: web::Data<Buyer>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let groups = match groups(&visit).await {
        Ok(groups) => groups,
        Err(error) => return storage_failed(&visit, &error),
    };
    let page = Page::of(&visit);
    let groups: Vec<GroupView> =
        groups.iter().map(|(group, shelves)| group_view(&page, &visit, group, shelves)).collect();
    render::page(&visit, &CartPage { split: groups.len() > 1, groups, page })
}

fn group_view(page: &Page<'_>, visit: &Visit<'_>, group: &CartGroup, shelves: &[shelf::ShelfItem]) -> GroupView {
    let currency = group.items.first().map(|i| i.item.currency.clone()).unwrap_or_default();
    let line = |item: &CartItem| {
        let shelf = shelves.iter().find(|s| s.item.id == item.item.id)?;
        Some(LineView {
            card: Card::of(page, shelf),
            count: item.count,
            count_max: item.item.count_max.unwrap_or(PIECES_MAX),
            price: page.money(&item.price(), &currency),
            label: page.t1("cart.count_of", &item.item.name),
        })
    };
    GroupView {
        bpp_id: group.key.bpp_id.clone(),
        provider_id: group.key.provider_id.clone(),
        provider: group.provider_name.clone(),
        lines: group.items.iter().filter_map(line).collect(),
        subtotal: page.money(&group.subtotal, &currency),
        buyable: group.buyable(),
        cash: visit.buyer.config.shop_cash && group.cash(),
        missing: group.missing().map(|missing| page.t1("cart.missing", &page.money(&missing, &currency))),
    }
}

#[derive(Debug, Deserialize)]
struct LineForm {
    domain: String,
    city: String,
    bpp: String,
    provider: String,
    id: String,
    /// New count; one more than before when absent.
    count: Option<u32>,
}

#[post("/cart")]
async fn set_line(request: HttpRequest, buyer: web::Data<Buyer>, form: web::Form<LineForm>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match put(&visit, &form).await {
        Ok(()) => render::see(&visit, "/cart"),
        Err(error) => storage_failed(&visit, &error),
    }
}

async fn put(visit: &Visit<'_>, form: &LineForm) -> Result<(), StoreError> {
    let db = &visit.buyer.node.db;
    let key = SellerKey {
        domain: form.domain.clone(),
        city: form.city.clone(),
        bpp_id: form.bpp.clone(),
        provider_id: form.provider.clone(),
    };
    let known = shelf::find(db, &key, &form.id).await?;
    let most = known.as_ref().map_or(0, |shelf| shelf.item.count_max.unwrap_or(PIECES_MAX));
    let before = carts::list(db, &visit.session).await?;
    let same = |l: &&CartLine| l.bpp_id == form.bpp && l.provider_id == form.provider && l.item_id == form.id;
    let count = match form.count {
        Some(count) => i64::from(count),
        None => before.iter().find(same).map_or(0, |l| l.count) + 1,
    };
    let line = CartLine {
        domain: form.domain.clone(),
        city: form.city.clone(),
        bpp_id: form.bpp.clone(),
        provider_id: form.provider.clone(),
        item_id: form.id.clone(),
        count: count.min(i64::from(most)),
    };
    let mut tx = db.begin().await?;
    carts::put(&mut tx, &visit.session, &line, visit.buyer.now_ms()).await?;
    tx.commit().await?;
    Ok(())
}
