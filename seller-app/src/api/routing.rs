//! Routing: what a cart would get, why an order stands where it does, and the policy with its replay.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::catalogue::Gps;
use crate::catalogue::serviceability::Destination;
use crate::routing::{Line, explain, replay as decide_again};
use crate::routing_desk::facts::Known;
use crate::routing_desk::policies::{self as desk, ChangeError, Current, Report};
use crate::routing_desk::what_if::{UnknownConstraint, WhatIf};
use crate::routing_desk::{carts, carts::DecideError};
use crate::store::decisions::policies::{self, PolicyEvent, State};
use crate::store::decisions::{self, Decision};

use super::access::who;
use super::problem::Problem;

/// Lines of one quote.
const LINES_MAX: usize = 500;
/// Pieces of one line.
const COUNT_MAX: u32 = 100_000;
/// Rows that a list shows.
const PAGE_MAX: i64 = 200;
/// Decisions that a replay looks at when nobody says how many.
const REPLAY_LAST: i64 = 200;

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Policy(_) => Self::bad_request(error.to_string()),
            ChangeError::Unknown(_) => Self::not_found(error.to_string()),
            ChangeError::NotReplayed(_) | ChangeError::Published(_) => {
                Self::new(actix_web::http::StatusCode::CONFLICT, error.to_string())
            }
            ChangeError::Measure(error) => error.into(),
            ChangeError::Database(error) => error.into(),
        }
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        match error {
            DecideError::TooLarge(_) => Self::bad_request(error.to_string()),
            DecideError::Database(error) => error.into(),
        }
    }
}

impl From<UnknownConstraint> for Problem {
    fn from(error: UnknownConstraint) -> Self {
        Self::bad_request(error.to_string())
    }
}

/// A cart and where it goes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteAsked {
    /// `latitude,longitude`
    pub gps: String,
    pub area_code: String,
    pub lines: Vec<QuoteLine>,
    /// A version of the policy; the one that decides when absent.
    #[serde(default)]
    pub policy_version: Option<i64>,
    /// Constraints to drop, by their keys in the policy, with commas between.
    #[serde(default)]
    pub without: String,
    /// At most so many parcels; as in the policy when absent. The strict profile has one.
    #[serde(default)]
    pub max_parcels: usize,
}

/// So many pieces of an item.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteLine {
    pub sku: String,
    pub count: u32,
}

/// What the cart would get.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    /// `strict` or `native`.
    pub profile: &'static str,
    pub policy_version: i64,
    /// Parcels, short lines, objective, and the certificate.
    #[schema(value_type = Object)]
    pub outcome: crate::routing::Outcome,
    /// Alternatives, what keeps others out, what would flip it.
    #[schema(value_type = Object)]
    pub explanation: crate::routing::Explanation,
}

/// Decides about a cart that nobody ordered yet: who would send what, at which cost, and why. Nothing is kept or held.
#[utoipa::path(post, path = "/api/routing/quote", tag = "routing", request_body = QuoteAsked,
    responses((status = 200, body = QuoteView), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn quote(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<QuoteAsked>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let asked = body.into_inner();
    let known = Known::of_items(&app, asked.lines.iter().take(LINES_MAX + 1).map(|line| line.sku.as_str())).await?;
    let lines = lines(&known, &asked.lines)?;
    let gps = Gps::parse(&asked.gps).map_err(|error| Problem::bad_request(format!("gps: {error}")))?;
    let current = match asked.policy_version {
        None => desk::current(&app).await?,
        Some(version) => {
            let found = policies::one(&app.node.db, version).await?.ok_or(ChangeError::Unknown(version))?;
            Current { version, policy: found.policy }
        }
    };
    let change = WhatIf { without: asked.without, max_parcels: asked.max_parcels };
    let policy = change.policy(&carts::in_force(&app, &current.policy))?;
    let place = Destination { gps, area_code: asked.area_code };
    let quoted = carts::quote(&app, &known, &place, lines, Current { policy, ..current }).await?;
    let explanation = explain(&quoted.problem, &quoted.policy, &quoted.outcome).map_err(DecideError::from)?;
    let profile = carts::profile(&app);
    let view = QuoteView { profile, policy_version: quoted.policy_version, outcome: quoted.outcome, explanation };
    Ok(HttpResponse::Ok().json(view))
}

fn lines(known: &Known, asked: &[QuoteLine]) -> Result<Vec<Line>, Problem> {
    if asked.is_empty() || asked.len() > LINES_MAX {
        return Err(Problem::bad_request(format!("lines: give 1 to {LINES_MAX} of them")));
    }
    let line = |(at, one): (usize, &QuoteLine)| {
        if !known.sells(&one.sku) {
            return Err(Problem::not_found(format!("lines[{at}].sku: there is no item `{}`", one.sku)));
        }
        if !(1..=COUNT_MAX).contains(&one.count) {
            return Err(Problem::bad_request(format!("lines[{at}].count must be 1 to {COUNT_MAX}")));
        }
        Ok(Line { id: format!("{:03}", at + 1), sku: one.sku.clone(), count: one.count, needs: Vec::new() })
    };
    asked.iter().enumerate().map(line).collect()
}

/// A version of the policy.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    pub version: i64,
    pub state: State,
    pub note: String,
    pub actor: String,
    pub made_at_ms: i64,
    /// The policy as a file (YAML).
    pub policy: String,
    /// The report of its last replay; absent before.
    pub replay: Option<Report>,
}

/// The policy and its history.
#[derive(Debug, Serialize, ToSchema)]
pub struct PoliciesView {
    /// The version that decides; 0 is the policy of the settings.
    pub current: i64,
    /// Newest first.
    pub versions: Vec<VersionView>,
    /// Newest first.
    pub events: Vec<PolicyEvent>,
}

/// All versions of the policy and what happened to them.
#[utoipa::path(get, path = "/api/routing/policies", tag = "routing",
    responses((status = 200, body = PoliciesView), (status = 403, body = Problem)))]
pub async fn list(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let current = desk::current(&app).await?.version;
    let versions = policies::all(&app.node.db, PAGE_MAX).await?.into_iter().map(|one| VersionView {
        replay: serde_json::from_str(&one.replay).ok(),
        policy: one.policy.to_yaml(),
        version: one.version,
        state: one.state,
        note: one.note,
        actor: one.actor,
        made_at_ms: one.made_at_ms,
    });
    let versions = versions.collect();
    let events = policies::events(&app.node.db, PAGE_MAX).await?;
    Ok(HttpResponse::Ok().json(PoliciesView { current, versions, events }))
}

/// A draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The policy as a file (YAML or JSON).
    pub policy: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// Its number.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drafted {
    pub version: i64,
}

/// Keeps a draft. It decides nothing until it was replayed and published.
#[utoipa::path(post, path = "/api/routing/policies", tag = "routing", request_body = Draft,
    responses((status = 201, body = Drafted), (status = 400, body = Problem), (status = 403, body = Problem)))]
pub async fn draft(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<Draft>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let version = desk::draft(&app, &body.policy, body.note.trim(), caller.actor()).await?;
    Ok(HttpResponse::Created().json(Drafted { version }))
}

#[derive(Debug, Deserialize, IntoParams)]
pub struct ReplayQuery {
    /// How many of the last decisions: 1 to 1000; 200 when absent.
    pub last: Option<i64>,
}

/// What the last decisions would have been under this version: how many change, what it costs, who wins and loses.
#[utoipa::path(post, path = "/api/routing/policies/{version}/replay", tag = "routing",
    params(("version" = i64, Path), ReplayQuery),
    responses((status = 200, body = Report), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn replay(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    version: web::Path<i64>,
    query: web::Query<ReplayQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    let last = query.last.unwrap_or(REPLAY_LAST);
    Ok(HttpResponse::Ok().json(desk::replay(&app, *version, last, caller.actor()).await?))
}

/// Makes a replayed version the one that decides, or goes back to one that did.
#[utoipa::path(post, path = "/api/routing/policies/{version}/publish", tag = "routing", params(("version" = i64, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn publish(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    version: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    desk::publish(&app, *version, caller.actor()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct DecisionsQuery {
    /// 1 to 200; 50 when absent.
    pub limit: Option<i64>,
}

/// A decision in a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionLine {
    pub id: String,
    pub bap_id: String,
    pub transaction_id: String,
    /// Where the order stands.
    pub partner_id: String,
    /// Who was best.
    pub best: Vec<String>,
    pub policy_version: i64,
    pub proved: bool,
    pub at_ms: i64,
}

/// The last decisions about carts and orders, newest first.
#[utoipa::path(get, path = "/api/routing/decisions", tag = "routing", params(DecisionsQuery),
    responses((status = 200, body = Vec<DecisionLine>), (status = 403, body = Problem)))]
pub async fn decisions(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<DecisionsQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let made = decisions::last(&app.node.db, query.limit.unwrap_or(50).clamp(1, PAGE_MAX)).await?;
    let line = |one: Decision| DecisionLine {
        best: one.outcome.plan.partners().into_iter().map(str::to_owned).collect(),
        proved: one.outcome.certificate.proved,
        id: one.id,
        bap_id: one.bap_id,
        transaction_id: one.transaction_id,
        partner_id: one.partner_id,
        policy_version: one.policy_version,
        at_ms: one.at_ms,
    };
    Ok(HttpResponse::Ok().json(made.into_iter().map(line).collect::<Vec<_>>()))
}

/// A decision with everything that it was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionView {
    pub id: String,
    pub transaction_id: String,
    pub partner_id: String,
    pub profile: String,
    pub policy_version: i64,
    /// True when deciding again gives what is stored.
    pub repeats: bool,
    #[schema(value_type = Object)]
    pub policy: crate::routing::Policy,
    #[schema(value_type = Object)]
    pub problem: crate::routing::Problem,
    #[schema(value_type = Object)]
    pub outcome: crate::routing::Outcome,
    #[schema(value_type = Object)]
    pub explanation: crate::routing::Explanation,
    /// What it would be with the change that was asked.
    #[schema(value_type = Option<Object>)]
    pub what_if: Option<crate::routing::Outcome>,
    pub at_ms: i64,
}

/// One decision; with a change, what it would have been.
#[utoipa::path(get, path = "/api/routing/decisions/{id}", tag = "routing", params(("id" = String, Path), WhatIf),
    responses((status = 200, body = DecisionView), (status = 400, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn decision(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    change: web::Query<WhatIf>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let found = decisions::one(&app.node.db, &id).await?;
    let found = found.ok_or_else(|| Problem::not_found(format!("there is no decision `{id}`")))?;
    let what_if = if change.is_asked() {
        let policy = change.policy(&found.policy)?;
        Some(decide_again(&found.problem, &policy).map_err(DecideError::from)?)
    } else {
        None
    };
    let again = decide_again(&found.problem, &found.policy).map_err(DecideError::from)?;
    Ok(HttpResponse::Ok().json(DecisionView {
        repeats: again == found.outcome,
        id: found.id,
        transaction_id: found.transaction_id,
        partner_id: found.partner_id,
        profile: found.profile,
        policy_version: found.policy_version,
        policy: found.policy,
        problem: found.problem,
        outcome: found.outcome,
        explanation: found.explanation,
        what_if,
        at_ms: found.at_ms,
    }))
}
