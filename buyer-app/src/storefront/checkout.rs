//! From a part of the cart to an order: price, address, pay.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::basket::groups;
use super::page::Page;
use super::render::{self, ask_failed, not_found, storage_failed};
use super::visit::Visit;
use crate::api::wait_for;
use crate::asks::error::AskError;
use crate::asks::init::{Address, InitAsk, init};
use crate::asks::select::{SelectAsk, SelectItem, select};
use crate::asks::{Caller, Sent};
use crate::buyer::Buyer;
use crate::checkout::record::{Checkout, Offer};
use crate::checkout::stage::Stage;
use crate::store::checkouts;
use crate::store::orders::StoreError;
use crate::store::requests::{self, RequestStatus};

/// A form waits so long for the seller before it shows the waiting page.
pub const PATIENCE: Duration = Duration::from_secs(6);

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(begin_checkout).service(show_checkout).service(select_again).service(take_address);
}

#[derive(Debug, Deserialize)]
struct BeginForm {
    bpp: String,
    provider: String,
    /// `cash`, else prepaid.
    #[serde(default)]
    pay: String,
}

#[post("/checkout")]
async fn begin_checkout(request: HttpRequest, buyer: web::Data<Buyer>, form: web::Form<BeginForm>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let groups = match groups(&visit).await {
        Ok(groups) => groups,
        Err(error) => return storage_failed(&visit, &error),
    };
    let wanted = groups.into_iter().find(|(g, _)| g.key.bpp_id == form.bpp && g.key.provider_id == form.provider);
    let Some((group, shelves)) = wanted else { return render::see(&visit, "/cart") };
    let Some(place) = buyer.config.place(&visit.area_code) else { return not_found(&visit) };
    let ask = SelectAsk {
        bpp_id: form.bpp.clone(),
        provider_id: form.provider.clone(),
        items: group.items.iter().map(|i| SelectItem { id: i.item.id.clone(), count: i.count }).collect(),
        area_code: place.area_code,
        gps: Some(place.gps),
        cash: form.pay == "cash" && buyer.config.shop_cash && group.cash(),
        city: Some(group.key.city.clone()),
        domain: Some(group.key.domain.clone()),
        core_version: shelves.first().map(|s| s.core_version.clone()),
        ..SelectAsk::default()
    };
    select_and_see(&visit, &ask).await
}

async fn select_and_see(visit: &Visit<'_>, ask: &SelectAsk) -> HttpResponse {
    let sent = select(visit.buyer, &Caller::new(&visit.session), ask).await;
    patient(visit, sent, "/cart").await
}

/// Waits a little for the answer, then shows the checkout.
async fn patient(visit: &Visit<'_>, sent: Result<Sent, AskError>, back: &str) -> HttpResponse {
    let message_id = match sent {
        Ok(sent) => sent.message_id,
        Err(error) => return ask_failed(visit, &error, back),
    };
    match wait_for(visit.buyer, &message_id, PATIENCE).await {
        Ok(Some(row)) => render::see(visit, &format!("/checkout/{}", row.transaction_id)),
        Ok(None) => not_found(visit),
        Err(error) => storage_failed(visit, &StoreError::Database(error)),
    }
}

/// The visitor's own checkout.
pub async fn own(visit: &Visit<'_>, transaction_id: &str) -> Result<Option<Checkout>, StoreError> {
    let found = checkouts::find(&visit.buyer.node.db, transaction_id).await?;
    Ok(found.map(|(checkout, _)| checkout).filter(|checkout| checkout.owner == visit.session))
}

#[derive(Debug, Template)]
#[template(path = "shop/checkout.html")]
struct CheckoutPage<'a> {
    page: Page<'a>,
    transaction_id: String,
    provider: String,
    step: Step,
    lines: Vec<PriceLine>,
    total: String,
    promise: String,
    cash: bool,
    /// What went wrong, in words.
    trouble: Option<String>,
    form: AddressForm,
    pay_label: String,
}

/// What the page shows.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Waiting,
    Address,
    Unavailable,
    Pay,
}

/// A line of the price.
#[derive(Debug)]
pub struct PriceLine {
    pub title: String,
    pub price: String,
    pub short: bool,
}

#[get("/checkout/{id}")]
async fn show_checkout(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let checkout = match own(&visit, &id).await {
        Ok(Some(checkout)) => checkout,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    if checkout.stage == Stage::Ordered {
        return render::see(&visit, &format!("/orders/{}", checkout.order_id));
    }
    match page_of(&visit, &checkout).await {
        Ok(template) => render::page(&visit, &template),
        Err(error) => storage_failed(&visit, &error),
    }
}

async fn page_of<'a>(visit: &'a Visit<'a>, checkout: &Checkout) -> Result<CheckoutPage<'a>, StoreError> {
    let page = Page::of(visit);
    let (step, trouble) = step_of(visit, &page, checkout).await?;
    let currency = checkout.offer.as_ref().map(|o| o.quote.price.currency.clone()).unwrap_or_default();
    let total = checkout.total().map(|t| page.money(&t, &currency)).unwrap_or_default();
    let promise =
        checkout.offer.as_ref().and_then(promised).map(|tat| page.t1("checkout.promise", &page.duration(&tat)));
    let key = if checkout.cash { "checkout.place_cash" } else { "checkout.pay" };
    Ok(CheckoutPage {
        transaction_id: checkout.transaction_id.clone(),
        provider: checkout.provider_name.clone(),
        lines: checkout.offer.as_ref().map(|offer| lines(&page, offer, &currency)).unwrap_or_default(),
        pay_label: page.t1(key, &total),
        total,
        promise: promise.unwrap_or_default(),
        cash: checkout.cash,
        form: AddressForm::of(visit, checkout),
        step,
        trouble,
        page,
    })
}

/// Which part of the page is due, and what went wrong with the last message.
async fn step_of(
    visit: &Visit<'_>,
    page: &Page<'_>,
    checkout: &Checkout,
) -> Result<(Step, Option<String>), StoreError> {
    let (message_id, failed) = match checkout.stage {
        Stage::Selecting => (&checkout.select_id, Step::Unavailable),
        Stage::Initialising => (&checkout.init_id, Step::Address),
        Stage::Quoted => return Ok((Step::Address, None)),
        Stage::Unavailable => {
            return Ok((Step::Unavailable, checkout.offer.as_ref().map(|offer| offer_trouble(page, offer))));
        }
        Stage::Ready | Stage::Ordered => return Ok((Step::Pay, None)),
    };
    let row = requests::find(&visit.buyer.node.db, message_id).await?;
    let now_ms = visit.buyer.now_ms();
    Ok(match row.as_ref().map(|row| row.status(now_ms)) {
        Some(RequestStatus::Waiting | RequestStatus::Acked) => (Step::Waiting, None),
        Some(RequestStatus::Refused) => {
            (failed, Some(page.t1("trouble.seller_refused", &refusal_words(row.as_ref().map(|r| r.error.as_str())))))
        }
        // An init that is answered and did not make the checkout ready was answered with an error.
        Some(RequestStatus::Answered) => {
            (failed, Some(page.t1("trouble.seller_refused", &answer_words(row.as_ref().map(|r| r.answer.as_str())))))
        }
        Some(RequestStatus::Undelivered | RequestStatus::Expired) | None => {
            (failed, Some(page.t("trouble.no_answer").to_owned()))
        }
    })
}

fn refusal_words(error: Option<&str>) -> String {
    let value: serde_json::Value = error.and_then(|e| serde_json::from_str(e).ok()).unwrap_or_default();
    value["message"].as_str().unwrap_or_default().to_owned()
}

fn answer_words(answer: Option<&str>) -> String {
    let value: serde_json::Value = answer.and_then(|a| serde_json::from_str(a).ok()).unwrap_or_default();
    value["error"]["message"].as_str().unwrap_or_default().to_owned()
}

/// The shop's words for the network's codes; the seller's own words for the others.
fn offer_trouble(page: &Page<'_>, offer: &Offer) -> String {
    match &offer.error {
        Some(error) => {
            page.language.find(&format!("code.{}", error.code)).map_or_else(|| error.message.clone(), str::to_owned)
        }
        None => page.t("code.30009").to_owned(),
    }
}

fn promised(offer: &Offer) -> Option<String> {
    offer.fulfilments.iter().find(|f| f.id == offer.chosen).and_then(|f| f.tat.clone())
}

fn lines(page: &Page<'_>, offer: &Offer, currency: &str) -> Vec<PriceLine> {
    let short = |id: &str| offer.error.as_ref().is_some_and(|e| e.items.iter().any(|(item, _)| item == id));
    let line = |line: &crate::order::quote::QuoteLine| PriceLine {
        title: price_title(page, line),
        price: page.money(&line.price.value, currency),
        short: line.is_item() && short(&line.item_id),
    };
    offer.quote.breakup.iter().map(line).collect()
}

/// Items with their count; other lines in the shop's words.
pub fn price_title(page: &Page<'_>, line: &crate::order::quote::QuoteLine) -> String {
    if line.is_item() {
        return format!("{} × {}", line.count(), line.title);
    }
    page.language.find(&format!("title.{}", line.title_type)).map_or_else(|| line.title.clone(), str::to_owned)
}

/// Select again: with what is left when something was short.
#[post("/checkout/{id}/again")]
async fn select_again(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let checkout = match own(&visit, &id).await {
        Ok(Some(checkout)) => checkout,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let left = |item: &str, count: u32| match &checkout.offer {
        Some(offer) if offer.error.is_some() => offer.quote.count_of(item).min(count),
        Some(_) | None => count,
    };
    let items = checkout.lines.iter().map(|l| SelectItem { id: l.item_id.clone(), count: left(&l.item_id, l.count) });
    let ask = SelectAsk {
        bpp_id: checkout.bpp_id.clone(),
        provider_id: checkout.provider_id.clone(),
        location_id: Some(checkout.location_id.clone()),
        items: items.filter(|item| item.count > 0).collect(),
        area_code: checkout.place.area_code.clone(),
        gps: Some(checkout.place.gps.clone()),
        cash: checkout.cash,
        transaction_id: Some(checkout.transaction_id.clone()),
        ..SelectAsk::default()
    };
    if ask.items.is_empty() { render::see(&visit, "/cart") } else { select_and_see(&visit, &ask).await }
}

/// Who buys and where it goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AddressForm {
    name: String,
    phone: String,
    email: String,
    house: String,
    building: String,
    locality: String,
    city: String,
    state: String,
}

impl AddressForm {
    /// What was filled in before, else what the place says.
    fn of(visit: &Visit<'_>, checkout: &Checkout) -> AddressForm {
        let place = visit.buyer.config.known_place(&checkout.place.area_code);
        let Some(agreed) = &checkout.agreed else {
            let (city, state) = place.map(|p| (p.name.clone(), p.state.clone())).unwrap_or_default();
            return AddressForm { city, state, ..AddressForm::default() };
        };
        let billing = |path: &str| {
            agreed.billing.pointer(path).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
        };
        AddressForm {
            name: billing("/name"),
            phone: billing("/phone"),
            email: billing("/email"),
            house: billing("/address/name"),
            building: billing("/address/building"),
            locality: billing("/address/locality"),
            city: billing("/address/city"),
            state: billing("/address/state"),
        }
    }
}

#[post("/checkout/{id}/address")]
async fn take_address(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
    form: web::Form<AddressForm>,
) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    match own(&visit, &id).await {
        Ok(Some(_)) => {}
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    }
    let form = form.into_inner();
    let ask = InitAsk {
        transaction_id: id.to_string(),
        name: form.name.trim().to_owned(),
        phone: form.phone.chars().filter(char::is_ascii_digit).collect(),
        email: Some(form.email.trim().to_owned()).filter(|email| !email.is_empty()),
        address: Address {
            name: form.house,
            building: form.building,
            locality: form.locality,
            city: form.city,
            state: form.state,
            area_code: None,
        },
        billing_address: None,
        fulfillment_id: None,
    };
    let sent = init(&buyer, &Caller::new(&visit.session), &ask).await;
    patient(&visit, sent, &format!("/checkout/{id}")).await
}
