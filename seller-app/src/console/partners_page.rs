//! Partners: first what needs a person (proposals, stale feeds, onboarding that waits), then everybody by stage.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::partner_work::{onboarding, scores};
use crate::partners::proposal::ProposalKind;
use crate::partners::{Kind, Stage};
use crate::store::partner_proposals::{self, ProposalRecord};
use crate::store::partners::{self, Mover, PartnerRecord};
use crate::store::{order_list, partner_places, stock};

use super::moment::age;
use super::{Frame, PageError, staff};

/// Rows of the list; a large brand finds the others by the search field.
const ROWS_MAX: usize = 200;
/// Rows of each kind of work.
const WORK_MAX: usize = 20;

#[derive(Template)]
#[template(path = "console/partners.html")]
struct PartnersPage<'a> {
    frame: Frame<'a>,
    proposals: Vec<ProposalView>,
    blocked: Vec<BlockedView>,
    stale: Vec<(String, String, String)>,
    full: Vec<(String, String)>,
    stages: Vec<(Stage, usize)>,
    stage: &'a str,
    search: &'a str,
    rows: Vec<RowView>,
    /// Rows that fit and are not shown.
    more: usize,
    total: usize,
}

pub(super) struct ProposalView {
    pub record: ProposalRecord,
    pub name: String,
    pub title: &'static str,
    pub age: String,
}

/// A partner that cannot go live yet.
struct BlockedView {
    id: String,
    name: String,
    stage: Stage,
    missing: Vec<&'static str>,
}

struct RowView {
    record: PartnerRecord,
    kind: Kind,
    area: String,
    open_now: bool,
    /// Orders that wait for it.
    waiting: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    stage: String,
    search: String,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let records = partners::all(&app.node.db).await?;
    let names: BTreeMap<&str, &str> =
        records.iter().map(|record| (record.partner.id.as_str(), record.partner.name.as_str())).collect();
    let stages = Stage::ALL.map(|stage| (stage, records.iter().filter(|record| record.stage == stage).count()));
    let wanted = asked.search.trim().to_lowercase();
    let fits = |record: &&PartnerRecord| {
        let partner = &record.partner;
        let text = format!("{} {} {} {}", partner.id, partner.name, partner.address.city, partner.area_code);
        (asked.stage.is_empty() || record.stage.as_str() == asked.stage) && text.to_lowercase().contains(&wanted)
    };
    let fitting: Vec<&PartnerRecord> = records.iter().filter(fits).collect();
    let mut rows = Vec::new();
    for record in fitting.iter().take(ROWS_MAX) {
        let waiting = order_list::waiting(&app.node.db, &record.partner.id).await?;
        rows.push(RowView {
            kind: record.kind,
            area: record.partner.area("").text(),
            open_now: record.partner.hours.open_at(app.now(), &record.partner.holidays),
            waiting: waiting.iter().map(|one| one.orders).sum(),
            record: (*record).clone(),
        });
    }
    let page = PartnersPage {
        proposals: proposals(&app, &names).await?,
        blocked: blocked(&app, &records).await?,
        stale: stale(&app, &records).await?,
        full: full_today(&app, &records).await?,
        frame: Frame::of(&app, "partners"),
        stages: stages.into_iter().filter(|(_, count)| *count > 0).collect(),
        stage: &asked.stage,
        search: &asked.search,
        more: fitting.len().saturating_sub(ROWS_MAX),
        rows,
        total: records.len(),
    };
    Ok(pages::render(&page))
}

async fn proposals(app: &SellerApp, names: &BTreeMap<&str, &str>) -> Result<Vec<ProposalView>, sqlx::Error> {
    let open = partner_proposals::open(&app.node.db).await?;
    Ok(open.into_iter().map(|record| view(app, record, names)).collect())
}

pub(super) fn view(app: &SellerApp, record: ProposalRecord, names: &BTreeMap<&str, &str>) -> ProposalView {
    ProposalView {
        name: names
            .get(record.partner_id.as_str())
            .map_or_else(|| record.partner_id.clone(), |name| (*name).to_owned()),
        title: ProposalKind::parse(&record.kind).map_or("", ProposalKind::title),
        age: age(app.now().as_millisecond(), record.made_at_ms),
        record,
    }
}

async fn blocked(app: &SellerApp, records: &[PartnerRecord]) -> Result<Vec<BlockedView>, sqlx::Error> {
    let coming = records.iter().filter(|record| matches!(record.stage, Stage::Invited | Stage::Verifying));
    let mut blocked = Vec::new();
    for record in coming.take(WORK_MAX) {
        let missing = onboarding::checklist(app, record).await?.missing();
        blocked.push(BlockedView {
            id: record.partner.id.clone(),
            name: record.partner.name.clone(),
            stage: record.stage,
            missing: missing.iter().map(|missing| missing.point.title()).collect(),
        });
    }
    Ok(blocked)
}

/// Partners that sell and whose newest count is too old.
async fn stale(app: &SellerApp, records: &[PartnerRecord]) -> Result<Vec<(String, String, String)>, sqlx::Error> {
    let now = app.now();
    let since_ms = onboarding::stock_since(app, now).as_millisecond();
    let newest = stock::newest_counts(&app.node.db).await?;
    let old = records.iter().filter(|record| record.stage.sells()).filter_map(|record| {
        let partner = &record.partner;
        let at_ms = newest.get(&partner.id).copied();
        if at_ms.is_some_and(|at_ms| at_ms >= since_ms) {
            return None;
        }
        let told =
            at_ms.map_or_else(|| "never".to_owned(), |at_ms| format!("{} ago", age(now.as_millisecond(), at_ms)));
        Some((partner.id.clone(), partner.name.clone(), told))
    });
    Ok(old.take(WORK_MAX).collect())
}

async fn full_today(app: &SellerApp, records: &[PartnerRecord]) -> Result<Vec<(String, String)>, sqlx::Error> {
    let selling = records.iter().map(|record| &record.partner).filter(|partner| partner.active);
    let full = partner_places::full(&app.node.db, selling.clone(), app.now()).await?;
    let named = selling.filter(|partner| full.contains(&partner.id));
    Ok(named.map(|partner| (partner.id.clone(), partner.name.clone())).take(WORK_MAX).collect())
}

/// Looks at every scorecard now.
pub(super) async fn compute(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    scores::judge_all(&app).await.map_err(Problem::from)?;
    Ok(pages::see_other("/console/partners"))
}

#[derive(Debug, Deserialize)]
pub(super) struct DecisionForm {
    decision: String,
    reason: String,
    #[serde(default)]
    back: String,
}

/// Confirms or dismisses a proposal.
pub(super) async fn decide(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<DecisionForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let mover = Mover { actor: caller.actor(), reason: form.reason.trim() };
    let done = match form.decision.as_str() {
        "confirm" => scores::confirm(&app, &id, mover).await,
        _ => scores::dismiss(&app, &id, mover).await,
    };
    done.map_err(Problem::from)?;
    // Only back to a page of partners.
    let back = if form.back.is_empty() { String::new() } else { format!("/{}", pages::url_encode(&form.back)) };
    Ok(pages::see_other(&format!("/console/partners{back}")))
}
