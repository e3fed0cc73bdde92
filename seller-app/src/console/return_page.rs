//! One return: what was asked, what arrived, what shows it, and where the money goes.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::api::orders::{BuyerQuery, find};
use crate::api::returns::{of_order, steps};
use crate::app::SellerApp;
use crate::desk::{Needs, Step};
use crate::fulfilment::TrailEntry;
use crate::reasons;
use crate::returns::settle::refund;
use crate::returns::{Disposition, Grade, Receipt};
use crate::store::orders::OrderKey;
use crate::store::partner_ledger::{self, LedgerRow};
use crate::store::partners;
use crate::store::returns::{self, EvidenceRow};

use super::moment::{Moment, moment};
use super::order_page::{StepView, step_view};
use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/return.html")]
struct ReturnPage<'a> {
    frame: Frame<'a>,
    id: String,
    order_id: String,
    order_url: String,
    act_url: String,
    partner_id: String,
    state: &'static str,
    asked: String,
    words: String,
    rule: String,
    photos: Vec<String>,
    steps: Vec<StepView>,
    /// Address of the action, when it is time to count or to grade.
    count: Option<String>,
    grade: Option<String>,
    expected: u32,
    partners: Vec<String>,
    grades: [Grade; 4],
    dispositions: [Disposition; 4],
    receipt: Option<&'a Receipt>,
    graded: String,
    told: Vec<(&'static str, Moment)>,
    failures: Vec<String>,
    trail: Vec<(&'static str, String, String)>,
    refund: String,
    paid: String,
    total: String,
    ledger: Vec<LedgerRow>,
    evidence: Vec<EvidenceRow>,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let (id, return_id) = path.into_inner();
    let order = find(&app, &caller, &id, &query.buyer).await?;
    let (fulfilment, asked, case) = of_order(&order, &return_id)?;
    let key = OrderKey::of(&order);
    let offset = app.config.desk_utc_offset_min;
    let (special, plain): (Vec<Step>, Vec<Step>) = steps(&order, &return_id).into_iter().partition(wants_page);
    let action = |needs: Needs| special.iter().find(|step| step.needs == needs).map(|step| step.action.clone());
    let told = case.map(|case| case.told.as_slice()).unwrap_or_default();
    let grading = case.and_then(|case| case.grading.as_ref());
    let page = ReturnPage {
        frame: Frame::of(&app, "returns"),
        order_url: format!(
            "/console/orders/{}?buyer={}",
            pages::url_encode(&order.id),
            pages::url_encode(&order.bap_id)
        ),
        act_url: act_url(&order.id, &order.bap_id, &format!("return-{return_id}")),
        partner_id: order.partner_id.clone(),
        state: fulfilment.progress.code(),
        asked: format!(
            "{} × {}: {}",
            asked.quantity,
            asked.item_id,
            reasons::of_return(&app, &order, &asked.reason_id)
        ),
        words: asked.reason_desc.clone().unwrap_or_default(),
        rule: case.map(|case| case.rule.clone()).unwrap_or_default(),
        photos: asked.photos().map(ToOwned::to_owned).collect(),
        count: action(Needs::Count),
        grade: action(Needs::Grade),
        steps: plain.into_iter().map(|step| step_view(&app, &order, step)).collect(),
        expected: asked.quantity,
        partners: partners::all(&app.node.db).await?.into_iter().map(|record| record.partner.id).collect(),
        grades: Grade::ALL,
        dispositions: Disposition::ALL,
        receipt: case.and_then(|case| case.receipt.as_ref()),
        graded: grading.map(|one| format!("{}; {}", one.grade.title(), one.disposition.title())).unwrap_or_default(),
        told: told.iter().map(|(state, at)| (state.as_str(), moment(*at, offset))).collect(),
        failures: case.map(|case| case.failures.clone()).unwrap_or_default(),
        trail: fulfilment.quote_trail.iter().map(trail_line).collect(),
        refund: refund(fulfilment).wire(),
        paid: order.agreed_total().wire(),
        total: order.quote.total().wire(),
        ledger: partner_ledger::of_return(&app.node.db, &key, &return_id).await?,
        evidence: returns::evidence(&app.node.db, &key, &return_id).await?,
        order_id: order.id.clone(),
        id: return_id,
    };
    Ok(pages::render(&page))
}

fn trail_line(entry: &TrailEntry) -> (&'static str, String, String) {
    (entry.kind.as_str(), entry.id.clone(), entry.value.wire())
}

/// True for what has a form of its own here.
pub(super) fn wants_page(step: &Step) -> bool {
    matches!(step.needs, Needs::Count | Needs::Grade)
}

/// Address of the page.
pub(super) fn url(order_id: &str, bap_id: &str, return_id: &str) -> String {
    let below = format!("/returns/{}", pages::url_encode(return_id));
    format!("/console/orders/{}{below}?buyer={}", pages::url_encode(order_id), pages::url_encode(bap_id))
}

/// Where its forms go, and which page comes then.
pub(super) fn act_url(order_id: &str, bap_id: &str, back: &str) -> String {
    let (order, buyer, back) = (pages::url_encode(order_id), pages::url_encode(bap_id), pages::url_encode(back));
    format!("/console/orders/{order}/act?buyer={buyer}&back={back}")
}
