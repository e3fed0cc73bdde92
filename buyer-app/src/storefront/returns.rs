//! The return form.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::orders::{own, patient};
use super::page::Page;
use super::render::{self, not_found, storage_failed};
use super::visit::Visit;
use crate::asks::Caller;
use crate::asks::returns::{ReturnAsk, ask_return};
use crate::buyer::Buyer;

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(return_page).service(send_return);
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ReturnQuery {
    item: String,
}

#[derive(Debug, Template)]
#[template(path = "shop/return.html")]
struct ReturnPage<'a> {
    page: Page<'a>,
    order_id: String,
    items: Vec<Returnable>,
    reasons: Vec<(String, String)>,
}

#[derive(Debug)]
struct Returnable {
    id: String,
    title: String,
    left: u32,
    chosen: bool,
}

#[get("/orders/{id}/return")]
async fn return_page(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
    query: web::Query<ReturnQuery>,
) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let order = match own(&visit, &id).await {
        Ok(Some(order)) => order,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let page = Page::of(&visit);
    let names = buyer.node.specs.book(&order.domain, &order.core_version).and_then(|book| book.codes("return_reason"));
    let reason = |code: &specs::Code| {
        let own = page.language.find(&format!("reason.return.{}", code.code)).unwrap_or(&code.name);
        (code.code.clone(), own.to_owned())
    };
    let items = order.ordered.iter().filter(|l| l.returnable != Some(false)).map(|l| Returnable {
        id: l.item_id.clone(),
        title: l.title.clone(),
        left: order.forward_count(&l.item_id),
        chosen: l.item_id == query.item,
    });
    let template = ReturnPage {
        order_id: order.id.clone(),
        items: items.filter(|item| item.left > 0).collect(),
        reasons: names.into_iter().flat_map(|list| list.iter()).map(reason).collect(),
        page,
    };
    render::page(&visit, &template)
}

#[derive(Debug, Deserialize)]
struct ReturnForm {
    item: String,
    count: u32,
    reason: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    image: String,
}

#[post("/orders/{id}/return")]
async fn send_return(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
    form: web::Form<ReturnForm>,
) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(_)) => {}
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    }
    let form = form.into_inner();
    let ask = ReturnAsk {
        order_id: id.to_string(),
        item_id: form.item,
        count: form.count,
        reason_id: form.reason,
        reason_desc: Some(form.words),
        images: Some(form.image.trim().to_owned()).filter(|url| !url.is_empty()).into_iter().collect(),
        replace: false,
        return_id: None,
    };
    let sent = ask_return(&buyer, &Caller::new(&visit.session), &ask).await;
    patient(&visit, sent, &id).await
}
