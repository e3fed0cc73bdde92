//! The routing policy: what decides now, a draft, what the draft would have changed, publish, and back.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::app::SellerApp;
use crate::money::Money;
use crate::routing::words::sentences;
use crate::routing_desk::policies::{self as desk, ChangeError, Report};
use crate::store::decisions::policies::{self, PolicyEvent, State};

use super::moment::{Moment, moment_ms};
use super::{Frame, PageError, staff};

/// Versions and events that are shown.
const SHOWN_MAX: i64 = 30;
const REPLAY_LAST: i64 = 200;

#[derive(Template)]
#[template(path = "console/policy.html")]
struct PolicyPage<'a> {
    frame: Frame<'a>,
    notice: Option<String>,
    version: i64,
    said: Vec<String>,
    /// What stands in the editor.
    text: String,
    note: String,
    versions: Vec<VersionView>,
    events: Vec<(Moment, PolicyEvent)>,
}

struct VersionView {
    version: i64,
    state: State,
    tone: &'static str,
    note: String,
    actor: String,
    made: Moment,
    said: Vec<String>,
    report: Option<ReportView>,
    may_publish: bool,
}

struct ReportView {
    report: Report,
    before: Money,
    after: Money,
    /// Partner, parcels before, after, and the widths of their bars in percent.
    partners: Vec<(String, u32, u32, u32, u32)>,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let text = desk::current(&app).await?.policy.to_yaml();
    page(&app, None, text, String::new()).await
}

#[derive(Debug, Deserialize)]
pub(super) struct DraftForm {
    policy: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn draft(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<DraftForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    match desk::draft(&app, &form.policy, form.note.trim(), caller.actor()).await {
        Ok(version) => {
            // A draft is shown with its effect at once.
            let replayed = desk::replay(&app, version, REPLAY_LAST, caller.actor()).await;
            answer(&app, replayed.map(|_| ())).await
        }
        Err(error) => {
            let form = form.into_inner();
            let notice = error.to_string();
            page(&app, Some(notice), form.policy, form.note).await
        }
    }
}

pub(super) async fn replay(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    version: web::Path<i64>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let done = desk::replay(&app, *version, REPLAY_LAST, caller.actor()).await;
    answer(&app, done.map(|_| ())).await
}

pub(super) async fn publish(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    version: web::Path<i64>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let done = desk::publish(&app, *version, caller.actor()).await;
    answer(&app, done).await
}

async fn answer(app: &SellerApp, done: Result<(), ChangeError>) -> Result<HttpResponse, PageError> {
    match done {
        Ok(()) => Ok(pages::see_other("/console/policy")),
        Err(error) => {
            let text = desk::current(app).await?.policy.to_yaml();
            page(app, Some(error.to_string()), text, String::new()).await
        }
    }
}

async fn page(app: &SellerApp, notice: Option<String>, text: String, note: String) -> Result<HttpResponse, PageError> {
    let current = desk::current(app).await?;
    let offset = app.config.desk_utc_offset_min;
    let versions = policies::all(&app.node.db, SHOWN_MAX).await?.into_iter().map(|one| VersionView {
        said: sentences(&one.policy),
        may_publish: one.state == State::Retired || (one.state == State::Draft && !one.replay.is_empty()),
        report: serde_json::from_str(&one.replay).ok().map(report),
        tone: match one.state {
            State::Draft => "wait",
            State::Published => "ok",
            State::Retired => "quiet",
        },
        version: one.version,
        state: one.state,
        note: one.note,
        actor: one.actor,
        made: moment_ms(one.made_at_ms, offset),
    });
    let versions = versions.collect();
    let events = policies::events(&app.node.db, SHOWN_MAX).await?;
    let events = events.into_iter().map(|event| (moment_ms(event.at_ms, offset), event)).collect();
    let said = sentences(&current.policy);
    let frame = Frame::of(app, "policy");
    Ok(pages::render(&PolicyPage { frame, notice, version: current.version, said, text, note, versions, events }))
}

fn report(report: Report) -> ReportView {
    let most = report.partners.values().map(|one| one.before.max(one.after)).max().unwrap_or(0).max(1);
    let width = |parcels: u32| parcels * 100 / most;
    let partners = report.partners.iter();
    let partners = partners.map(|(id, one)| (id.clone(), one.before, one.after, width(one.before), width(one.after)));
    ReportView {
        partners: partners.collect(),
        before: Money::from_minor(report.cost_before),
        after: Money::from_minor(report.cost_after),
        report,
    }
}
