//! Scorecards, targets, proposals.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::partner_work::{life, scores};
use crate::partners::scorecard::Scorecard;
use crate::partners::targets::{Miss, Target, Targets};
use crate::store::partner_proposals::{self, ProposalRecord};
use crate::store::partners::Mover;

use super::access::who;
use super::problem::Problem;

/// How a partner does, and what is wanted of its tier.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreView {
    pub tier: String,
    pub card: Scorecard,
    pub target: Option<Target>,
    /// What misses its target; empty with too few orders to judge.
    pub misses: Vec<Miss>,
    /// Whether there are enough orders to judge.
    pub judged: bool,
    /// One week after the other, the oldest first.
    pub weeks: Vec<Scorecard>,
}

/// A partner's scorecard over the window of the targets: counts of what happened, each channel beside the others. A partner
/// sees its own.
#[utoipa::path(get, path = "/api/partners/{id}/scorecard", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = ScoreView), (status = 404, body = Problem)))]
pub async fn scorecard(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    let record = life::known(&app, &id).await?;
    let (_, targets) = scores::targets(&app).await?;
    let score = scores::score(&app, &id, &targets).await?;
    let judged = score.card.all.orders >= u64::from(targets.orders_min);
    let target = targets.of(&record.tier).copied();
    let misses = target.filter(|_| judged).map(|target| target.misses(&score.card)).unwrap_or_default();
    let view = ScoreView { tier: record.tier, target, misses, judged, card: score.card, weeks: score.weeks };
    Ok(HttpResponse::Ok().json(view))
}

/// Targets and their version.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct TargetsView {
    /// In a request: the version that was read. 0 is what a new node begins with.
    pub version: i64,
    pub targets: Targets,
    /// In a request: why they change. Must not be empty.
    #[serde(default)]
    pub reason: String,
}

/// What the brand wants of its partners, by tier.
#[utoipa::path(get, path = "/api/partner-targets", tag = "partners", responses((status = 200, body = TargetsView)))]
pub async fn targets(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let (version, targets) = scores::targets(&app).await?;
    Ok(HttpResponse::Ok().json(TargetsView { version, targets, reason: String::new() }))
}

/// Sets new targets. Every version stays.
#[utoipa::path(put, path = "/api/partner-targets", tag = "partners", request_body = TargetsView,
    responses((status = 200, body = TargetsView), (status = 400, body = Problem),
        (status = 409, body = Problem, description = "somebody else changed them meanwhile")))]
pub async fn set_targets(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<TargetsView>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let mover = Mover { actor: caller.actor(), reason: body.reason.trim() };
    let version = scores::set_targets(&app, body.version, &body.targets, mover).await?;
    Ok(HttpResponse::Ok().json(TargetsView { version, ..body.into_inner() }))
}

/// What the scorecards suggest and nobody has decided, the oldest first.
#[utoipa::path(get, path = "/api/partner-proposals", tag = "partners",
    responses((status = 200, body = Vec<ProposalRecord>), (status = 403, body = Problem)))]
pub async fn proposals(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    Ok(HttpResponse::Ok().json(partner_proposals::open(&app.node.db).await?))
}

/// How many new proposals there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Judged {
    pub new: usize,
}

/// Looks at every partner now instead of at the next hour.
#[utoipa::path(post, path = "/api/partner-proposals/compute", tag = "partners",
    responses((status = 200, body = Judged), (status = 403, body = Problem)))]
pub async fn compute(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    Ok(HttpResponse::Ok().json(Judged { new: scores::judge_all(&app).await? }))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct Decision {
    /// Must not be empty.
    pub reason: String,
}

/// Decides a proposal: `confirm` takes its step (a warning goes into the history), `dismiss` keeps it away for the quiet days.
#[utoipa::path(post, path = "/api/partner-proposals/{id}/{decision}", tag = "partners", request_body = Decision,
    params(("id" = String, Path), ("decision" = String, Path)),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn decide(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Json<Decision>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let (id, decision) = path.into_inner();
    let mover = Mover { actor: caller.actor(), reason: body.reason.trim() };
    match decision.as_str() {
        "confirm" => scores::confirm(&app, &id, mover).await?,
        "dismiss" => scores::dismiss(&app, &id, mover).await?,
        other => return Err(Problem::not_found(format!("`{other}` is neither confirm nor dismiss"))),
    }
    Ok(HttpResponse::NoContent().finish())
}
