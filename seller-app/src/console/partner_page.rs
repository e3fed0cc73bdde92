//! One partner: what waits, how it does, what is missing before it goes live, capacity, money, history.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::access::Who;
use crate::api::partner_life::{PointView, TermsView, points};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::money::Money;
use crate::partner_work::money::{self, Month};
use crate::partner_work::onboarding::{self, Agreement};
use crate::partner_work::{PartnerError, life, scores, test_order};
use crate::partners::scorecard::{Ratio, Scorecard, Tally};
use crate::partners::service::work_time;
use crate::partners::targets::minutes;
use crate::partners::{Stage, Step};
use crate::people::Permission;
use crate::store::partner_claims::{self, ClaimRow, NewClaim};
use crate::store::partners::{Mover, PartnerRecord};
use crate::store::{partner_history, partner_places, partner_proposals};

use super::moment::{Moment, moment_ms};
use super::partner_plot::{Plot, plot};
use super::partners_page::{ProposalView, view as proposal_view};
use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/partner.html")]
struct PartnerPage<'a> {
    frame: Frame<'a>,
    record: PartnerRecord,
    notice: Option<String>,
    /// For proposals: where their form leads back to.
    back: &'a str,
    proposals: Vec<ProposalView>,
    steps: Vec<StepView>,
    /// Empty for a partner that sells.
    checklist: Vec<PointView>,
    done: usize,
    /// Whether a test order can be made now.
    testable: bool,
    measures: Vec<MeasureView>,
    channels: Vec<ChannelView>,
    orders: u64,
    orders_min: u32,
    window_days: u32,
    area: String,
    areas: Vec<(String, String)>,
    capabilities: Vec<&'static str>,
    capacity: Vec<DayView>,
    /// Whether this person may see what follows.
    sees_money: bool,
    terms: TermsView,
    tiers: Vec<String>,
    months: Vec<String>,
    claims: Vec<ClaimView>,
    history: Vec<HistoryView>,
}

struct StepView {
    step: Step,
    danger: bool,
    /// What most partners of this stage wait for.
    usual: bool,
}

/// One measure with its target and its picture.
struct MeasureView {
    title: &'static str,
    value: String,
    cases: String,
    target: String,
    missed: bool,
    plot: Option<Plot>,
}

struct ChannelView {
    name: String,
    orders: u64,
    fill: String,
    packed: String,
    delivered: String,
    cancelled: String,
    returned: String,
}

struct DayView {
    day: String,
    used: i64,
    limit: String,
    percent: i64,
}

struct ClaimView {
    row: ClaimRow,
    at: Moment,
}

struct HistoryView {
    row: partner_history::HistoryRow,
    at: Moment,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    page(&app, &caller, &id, None).await
}

/// The page again, with what went wrong.
async fn page(
    app: &SellerApp,
    caller: &Who,
    id: &str,
    failed: Option<PartnerError>,
) -> Result<HttpResponse, PageError> {
    let record = life::known(app, id).await.map_err(Problem::from)?;
    let failed = failed.map(Problem::from);
    let (_, targets) = scores::targets(app).await.map_err(Problem::from)?;
    let score = scores::score(app, id, &targets).await.map_err(Problem::from)?;
    let checklist = onboarding::checklist(app, &record).await?;
    let names = BTreeMap::from([(record.partner.id.as_str(), record.partner.name.as_str())]);
    let open = partner_proposals::of_partner(&app.node.db, id).await?.into_iter().filter(|one| one.state == "open");
    let offset = app.config.desk_utc_offset_min;
    let history = partner_history::of_partner(&app.node.db, id).await?;
    let history = history.into_iter().map(|row| HistoryView { at: moment_ms(row.at_ms, offset), row });
    let claims = partner_claims::of_partner(&app.node.db, id).await?;
    let claims = claims.into_iter().map(|row| ClaimView { at: moment_ms(row.opened_at_ms, offset), row });
    let categories = record.partner.service.coverage.categories.iter();
    let steps = Step::ALL.into_iter().filter(|step| step.by_hand() && record.stage.next(*step).is_ok());
    let page = PartnerPage {
        frame: Frame::of(app, "partners"),
        notice: failed.as_ref().map(|problem| problem.detail.clone()),
        back: id,
        sees_money: caller.role().may(Permission::SeeMoney),
        proposals: open.map(|one| proposal_view(app, one, &names)).collect(),
        steps: steps.map(step_view).collect(),
        done: checklist.done(),
        checklist: if record.stage.sells() { Vec::new() } else { points(&checklist) },
        testable: matches!(record.stage, Stage::Verifying | Stage::Active | Stage::Probation),
        measures: measures(&score.card, &score.weeks, targets.of(&record.tier)),
        channels: score.card.by_channel.iter().map(|(name, tally)| channel(name, tally)).collect(),
        orders: score.card.all.orders,
        orders_min: targets.orders_min,
        window_days: targets.window_days,
        area: record.partner.area("").text(),
        areas: categories.map(|(category, area)| (category.clone(), area.text())).collect(),
        capabilities: record.partner.service.capabilities.words(),
        capacity: capacity(app, &record).await?,
        terms: TermsView::of(&record.terms, &record.tier),
        tiers: targets.tiers.keys().cloned().collect(),
        months: months(app),
        claims: claims.collect(),
        history: history.collect(),
        record,
    };
    let mut answer = pages::render(&page);
    if let Some(problem) = failed {
        *answer.status_mut() = actix_web::ResponseError::status_code(&problem);
    }
    Ok(answer)
}

fn step_view(step: Step) -> StepView {
    StepView {
        step,
        danger: matches!(step, Step::Suspend | Step::Offboard),
        usual: matches!(step, Step::Verify | Step::GoLive | Step::Reinstate),
    }
}

fn measures(
    card: &Scorecard,
    weeks: &[Scorecard],
    target: Option<&crate::partners::targets::Target>,
) -> Vec<MeasureView> {
    type Read = fn(&Scorecard) -> Ratio;
    let misses = target.map(|target| target.misses(card)).unwrap_or_default();
    let missed = |key: &str| misses.iter().any(|miss| miss.measure == key);
    let rows: [(&'static str, &str, Read, Option<u32>, bool); 7] = [
        ("Fill rate", "fill", |card| card.all.fill, target.map(|one| one.fill), true),
        (
            "Packed on time",
            "packed_on_time",
            |card| card.all.packed_on_time,
            target.map(|one| one.packed_on_time),
            true,
        ),
        (
            "Delivered on time",
            "delivered_on_time",
            |card| card.all.delivered_on_time,
            target.map(|one| one.delivered_on_time),
            true,
        ),
        ("Perfect orders", "perfect", |card| card.all.perfect, None, true),
        ("Cancelled by it", "cancelled", |card| card.all.cancelled, target.map(|one| one.cancelled_max), false),
        ("Returned", "returned", |card| card.all.returned, target.map(|one| one.returned_max), false),
        ("Claims", "claims", |card| card.claims, target.map(|one| one.claims_max), false),
    ];
    let mut measures: Vec<MeasureView> = Vec::new();
    for (title, key, read, wanted, more_is_better) in rows {
        let ratio = read(card);
        let shares: Vec<Ratio> = weeks.iter().map(read).collect();
        let bound = if more_is_better { "at least" } else { "at most" };
        measures.push(MeasureView {
            title,
            value: ratio.percent(),
            cases: format!("{} of {}", ratio.hits, ratio.of),
            target: wanted.map(|wanted| format!("{bound} {}.{} %", wanted / 10, wanted % 10)).unwrap_or_default(),
            missed: missed(key),
            plot: shares.iter().any(|share| share.of > 0).then(|| plot(&shares, wanted)),
        });
    }
    let accept = MeasureView {
        title: "Accepted after (median)",
        value: card.all.accept_median_s.map_or_else(|| "–".to_owned(), minutes),
        cases: format!("{} orders", card.all.orders),
        target: target.map(|one| format!("at most {}", minutes(i64::from(one.accept_s)))).unwrap_or_default(),
        missed: missed("accept"),
        plot: None,
    };
    measures.insert(1, accept);
    measures
}

fn channel(name: &str, tally: &Tally) -> ChannelView {
    ChannelView {
        name: name.to_owned(),
        orders: tally.orders,
        fill: tally.fill.percent(),
        packed: tally.packed_on_time.percent(),
        delivered: tally.delivered_on_time.percent(),
        cancelled: tally.cancelled.percent(),
        returned: tally.returned.percent(),
    }
}

async fn capacity(app: &SellerApp, record: &PartnerRecord) -> Result<Vec<DayView>, sqlx::Error> {
    let partner = &record.partner;
    let service = &partner.service.capacity;
    if service.is_unlimited() {
        return Ok(Vec::new());
    }
    let day = work_time(partner, app.now()).map_or_else(|| partner.hours.today(app.now()), |work| work.day);
    let mut used = partner_places::used(&app.node.db, &partner.id, &day.to_string()).await?;
    if used.first().is_none_or(|(first, _)| *first != day.to_string()) {
        used.insert(0, (day.to_string(), 0));
    }
    let limit = service.per_day.map(i64::from);
    let view = |(day, used): (String, i64)| DayView {
        day,
        used,
        limit: limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string()),
        percent: limit.map_or(0, |limit| (used * 100 / limit.max(1)).clamp(0, 100)),
    };
    Ok(used.into_iter().take(7).map(view).collect())
}

/// This month and the five before it.
fn months(app: &SellerApp) -> Vec<String> {
    let mut months: Vec<String> = Vec::new();
    let mut at = Month::at(app, app.now());
    while let Some(month) = at.filter(|_| months.len() < 6) {
        at = month.from.checked_sub(jiff::SignedDuration::from_secs(1)).ok().and_then(|before| Month::at(app, before));
        months.push(month.name);
    }
    months
}

#[derive(Debug, Deserialize)]
pub(super) struct StepForm {
    step: String,
    reason: String,
}

pub(super) async fn step(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<StepForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let step =
        Step::parse(&form.step).ok_or_else(|| Problem::not_found(format!("there is no step `{}`", form.step)))?;
    let mover = Mover { actor: caller.actor(), reason: form.reason.trim() };
    done(&app, &caller, &id, life::step(&app, &id, step, mover).await.map(|_| ())).await
}

/// Back to the page, or the page with what went wrong.
async fn done(
    app: &SellerApp,
    caller: &Who,
    id: &str,
    outcome: Result<(), PartnerError>,
) -> Result<HttpResponse, PageError> {
    match outcome {
        Ok(()) => Ok(pages::see_other(&format!("/console/partners/{}", pages::url_encode(id)))),
        Err(error) => page(app, caller, id, Some(error)).await,
    }
}

pub(super) async fn make_test_order(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    match test_order::make(&app, &id, caller.actor()).await {
        Ok(order) => Ok(pages::see_other(&format!("/console/orders/{}", pages::url_encode(&order.id)))),
        Err(error) => page(&app, &caller, &id, Some(error)).await,
    }
}

pub(super) async fn set_terms(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<TermsView>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let agreement =
        Agreement { tier: Some(form.tier.trim().to_owned()), terms: Some(form.terms()?), agree: form.agreed };
    done(&app, &caller, &id, onboarding::agree(&app, &id, agreement).await.map(|_| ())).await
}

#[derive(Debug, Deserialize)]
pub(super) struct ClaimForm {
    order_id: String,
    cause: String,
    amount: String,
    reason: String,
}

pub(super) async fn open_claim(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<ClaimForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let amount = Money::parse(&form.amount).map_err(|error| Problem::bad_request(format!("amount: {error}")))?;
    let claim = NewClaim {
        partner_id: &id,
        order_id: form.order_id.trim(),
        cause: form.cause.trim(),
        amount,
        reason: form.reason.trim(),
        actor: caller.actor(),
    };
    done(&app, &caller, &id, money::open_claim(&app, &claim).await.map(|_| ())).await
}

#[derive(Debug, Deserialize)]
pub(super) struct ClaimDecision {
    decision: String,
    reason: String,
}

pub(super) async fn decide_claim(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    form: web::Form<ClaimDecision>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let (id, claim) = path.into_inner();
    let accept = form.decision == "accept";
    done(&app, &caller, &id, money::decide_claim(&app, &claim, accept, (caller.actor(), form.reason.trim())).await)
        .await
}
