//! Paying: begins a payment and sends the shopper to the provider's page; the fake provider's page is here as well. Money
//! that was taken always ends in a `confirm`: a repeated click or a crash in between only repeats the last step.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use askama::Template;
use serde::Deserialize;

use super::checkout::{PATIENCE, own};
use super::page::Page;
use super::render::{self, ask_failed, not_found, storage_failed};
use super::visit::Visit;
use crate::api::wait_for;
use crate::asks::Caller;
use crate::asks::confirm::{ConfirmAsk, confirm};
use crate::buyer::Buyer;
use crate::checkout::record::Checkout;
use crate::checkout::stage::Stage;
use crate::money::Money;
use crate::store::orders::StoreError;
use crate::store::payments::{self, PaymentRow};

pub fn mount(app: &mut web::ServiceConfig) {
    app.service(begin_payment).service(fake_page).service(fake_outcome);
}

#[post("/checkout/{id}/pay")]
async fn begin_payment(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let checkout = match own(&visit, &id).await {
        Ok(Some(checkout)) => checkout,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let (true, Some(total)) = (checkout.stage == Stage::Ready, checkout.total()) else {
        return render::see(&visit, &format!("/checkout/{id}"));
    };
    if checkout.cash {
        return place(&visit, &checkout, None).await;
    }
    match begun(&visit, &checkout, total).await {
        Ok(payment_id) => render::see(&visit, &buyer.collector.checkout_url(&payment_id)),
        Err(error) => storage_failed(&visit, &error),
    }
}

/// A payment of exactly the agreed total.
async fn begun(visit: &Visit<'_>, checkout: &Checkout, total: Money) -> Result<String, StoreError> {
    let now_ms = visit.buyer.now_ms();
    let payment = PaymentRow {
        payment_id: visit.buyer.new_id(),
        transaction_id: checkout.transaction_id.clone(),
        owner: visit.session.clone(),
        amount: total.wire(),
        currency: visit.buyer.node.specs.network().currency.clone(),
        status: "open".to_owned(),
        reference: String::new(),
        refunded: "0.00".to_owned(),
        created_ms: now_ms,
        updated_ms: now_ms,
    };
    let mut tx = visit.buyer.node.db.begin().await?;
    payments::insert(&mut tx, &payment).await?;
    tx.commit().await?;
    Ok(payment.payment_id)
}

/// Sends `confirm` and shows the order.
async fn place(visit: &Visit<'_>, checkout: &Checkout, payment_id: Option<&str>) -> HttpResponse {
    let ask = ConfirmAsk {
        transaction_id: checkout.transaction_id.clone(),
        payment_reference: payment_id.map(str::to_owned),
        order_id: None,
    };
    match confirm(visit.buyer, &Caller::new(&visit.session), &ask).await {
        Ok(sent) => match wait_for(visit.buyer, &sent.message_id, PATIENCE).await {
            Ok(Some(row)) => render::see(visit, &format!("/orders/{}", row.order_id)),
            Ok(None) => not_found(visit),
            Err(error) => storage_failed(visit, &StoreError::Database(error)),
        },
        Err(error) => ask_failed(visit, &error, &format!("/checkout/{}", checkout.transaction_id)),
    }
}

#[derive(Debug, Template)]
#[template(path = "shop/pay.html")]
struct PayPage<'a> {
    page: Page<'a>,
    payment_id: &'a str,
    amount: String,
    failed: bool,
    back: String,
}

async fn own_payment(visit: &Visit<'_>, id: &str) -> Result<Option<PaymentRow>, StoreError> {
    Ok(payments::find(&visit.buyer.node.db, id).await?.filter(|payment| payment.owner == visit.session))
}

/// The page of the fake provider.
#[get("/pay/{id}")]
async fn fake_page(request: HttpRequest, buyer: web::Data<Buyer>, id: web::Path<String>) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let payment = match own_payment(&visit, &id).await {
        Ok(Some(payment)) => payment,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let page = Page::of(&visit);
    let amount = page.money(&Money::parse(&payment.amount).unwrap_or_default(), &payment.currency);
    let back = format!("/checkout/{}", payment.transaction_id);
    let template = PayPage { payment_id: &payment.payment_id, amount, failed: payment.status == "failed", back, page };
    render::page(&visit, &template)
}

#[derive(Debug, Deserialize)]
struct Outcome {
    /// `pay` or `fail`.
    outcome: String,
}

#[post("/pay/{id}")]
async fn fake_outcome(
    request: HttpRequest,
    buyer: web::Data<Buyer>,
    id: web::Path<String>,
    form: web::Form<Outcome>,
) -> HttpResponse {
    let visit = Visit::of(&request, &buyer).await;
    let payment = match own_payment(&visit, &id).await {
        Ok(Some(payment)) => payment,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    let checkout = match own(&visit, &payment.transaction_id).await {
        Ok(Some(checkout)) => checkout,
        Ok(None) => return not_found(&visit),
        Err(error) => return storage_failed(&visit, &error),
    };
    if checkout.stage == Stage::Ordered {
        return render::see(&visit, &format!("/orders/{}", checkout.order_id));
    }
    // A price that changed after the payment began must not be paid with the old one.
    if checkout.total().map(Money::wire).as_deref() != Some(payment.amount.as_str()) {
        return render::trouble(
            &visit,
            StatusCode::CONFLICT,
            visit.language.text("trouble.price_changed"),
            &format!("/checkout/{}", checkout.transaction_id),
        );
    }
    let paid = form.outcome == "pay" || payment.status == "paid";
    if let Err(error) = settled(&visit, &payment, paid).await {
        return storage_failed(&visit, &error);
    }
    if paid {
        place(&visit, &checkout, Some(&payment.payment_id)).await
    } else {
        render::see(&visit, &format!("/pay/{id}"))
    }
}

async fn settled(visit: &Visit<'_>, payment: &PaymentRow, paid: bool) -> Result<(), StoreError> {
    let mut tx = visit.buyer.node.db.begin().await?;
    payments::settle(&mut tx, &payment.payment_id, paid, &format!("fake-{}", payment.payment_id), visit.buyer.now_ms())
        .await?;
    tx.commit().await?;
    Ok(())
}
