//! Why this partner: one decision with its costs, what keeps others out, what would change it, and what if.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem as ApiProblem;
use crate::app::SellerApp;
use crate::money::Money;
use crate::routing::{Constraint, Flip, Objective, Outcome, Plan, replay};
use crate::routing_desk::what_if::WhatIf;
use crate::store::decisions::{self, Decision};

use super::moment::{Moment, moment_ms};
use super::{Frame, PageError, staff};

/// Parcels that the page offers to try.
const PARCELS_SHOWN: usize = 4;

#[derive(Template)]
#[template(path = "console/why.html")]
struct WhyPage<'a> {
    frame: Frame<'a>,
    decision: &'a Decision,
    at: Moment,
    /// What was best, in one sentence, and how sure that is.
    best: String,
    sure: String,
    parcels: Vec<ParcelView>,
    total: Money,
    short: Vec<String>,
    alternatives: Vec<(String, Money, String)>,
    /// How many partners each constraint keeps out.
    removed: Vec<(u32, &'static str)>,
    flips: Vec<String>,
    candidates: Vec<CandidateView>,
    toggles: Vec<Toggle>,
    parcel_toggles: Vec<Toggle>,
    tried: Option<TriedView>,
    nearest: String,
}

struct ParcelView {
    partner: String,
    takes: String,
    terms: Vec<(&'static str, Money)>,
    cost: Money,
}

struct CandidateView {
    partner: String,
    km: String,
    /// Pieces by SKU.
    stock: String,
    why: &'static str,
    is_chosen: bool,
}

/// A link that switches one thing on or off.
struct Toggle {
    words: String,
    url: String,
    is_on: bool,
}

struct TriedView {
    says: String,
    cost: Money,
    differs: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OfOrder {
    buyer: String,
    transaction: String,
}

/// The newest decision about an order.
pub(super) async fn of_order(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<OfOrder>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let found = decisions::of_transaction(&app.node.db, &query.buyer, &query.transaction).await?;
    let found = found.ok_or_else(|| ApiProblem::not_found("no routing decision is kept for this order yet"))?;
    Ok(pages::see_other(&format!("/console/why/{}", found.id)))
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    change: web::Query<WhatIf>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let found = decisions::one(&app.node.db, &id).await?;
    let decision = found.ok_or_else(|| ApiProblem::not_found(format!("there is no decision `{id}`")))?;
    let dropped = change.dropped().map_err(ApiProblem::from)?;
    let tried = if change.is_asked() {
        let policy = change.policy(&decision.policy).map_err(ApiProblem::from)?;
        let outcome = replay(&decision.problem, &policy);
        let outcome = outcome.map_err(|error| ApiProblem::bad_request(error.to_string()))?;
        Some(tried(&decision.outcome, &outcome))
    } else {
        None
    };
    let plan = &decision.outcome.plan;
    let why = &decision.explanation;
    let page = WhyPage {
        at: moment_ms(decision.at_ms, app.config.desk_utc_offset_min),
        best: best(&decision),
        sure: sure(&decision.outcome),
        parcels: plan.parcels.iter().map(parcel).collect(),
        total: Money::from_minor(plan.objective.cost),
        short: plan.short.iter().map(|one| format!("{}: {} of {}", one.sku, one.given, one.asked)).collect(),
        alternatives: why.alternatives.iter().map(|one| alternative(plan, one)).collect(),
        removed: why.removed.iter().map(|(constraint, partners)| (*partners, constraint.words())).collect(),
        flips: why.flips.iter().map(flip).collect(),
        candidates: candidates(&decision),
        toggles: toggles(&decision, &change, &dropped),
        parcel_toggles: parcel_toggles(&decision, &change),
        tried,
        nearest: nearest(&plan.objective, &why.nearest_first),
        frame: Frame::of(&app, "routing"),
        decision: &decision,
    };
    Ok(pages::render(&page))
}

fn names(plan: &Plan) -> String {
    if plan.parcels.is_empty() { "nobody".to_owned() } else { plan.partners().join(" and ") }
}

fn best(decision: &Decision) -> String {
    let best = names(&decision.outcome.plan);
    if decision.partner_id.is_empty() || decision.outcome.plan.partners() == [decision.partner_id.as_str()] {
        return format!("{best} is the best choice for this cart.");
    }
    format!(
        "The order stands with {}, which the catalogue showed. For the whole cart the policy would have chosen {best}.",
        decision.partner_id
    )
}

fn sure(outcome: &Outcome) -> String {
    let certificate = &outcome.certificate;
    match certificate.gap_permille {
        _ if certificate.proved => "Proved: no other choice is better.".to_owned(),
        Some(permille) => format!("Not proved: another choice may be cheaper by up to {permille} of 1000."),
        None => "Not proved: another choice may send more.".to_owned(),
    }
}

fn parcel(parcel: &crate::routing::Parcel) -> ParcelView {
    let takes: Vec<String> = parcel.takes.iter().map(|take| format!("{} × {}", take.count, take.sku)).collect();
    ParcelView {
        partner: parcel.partner_id.clone(),
        takes: takes.join(", "),
        terms: parcel.costs.iter().map(|(term, minor)| (term.words(), Money::from_minor(*minor))).collect(),
        cost: Money::from_minor(parcel.costs.values().sum()),
    }
}

fn alternative(plan: &Plan, other: &crate::routing::Alternative) -> (String, Money, String) {
    let (ours, theirs) = (&plan.objective, &other.objective);
    let difference = if theirs.missing > ours.missing {
        format!("{} pieces fewer", theirs.missing - ours.missing)
    } else if theirs.levels != ours.levels {
        "worse by a priority".to_owned()
    } else {
        format!("{} dearer", Money::from_minor(theirs.cost - ours.cost))
    };
    (other.partners.join(" and "), Money::from_minor(theirs.cost), difference)
}

fn nearest(ours: &Objective, nearest: &Objective) -> String {
    if nearest.missing > ours.missing {
        return format!("The nearest partners would send {} pieces fewer.", nearest.missing - ours.missing);
    }
    match nearest.cost - ours.cost {
        0 => "The nearest partners would cost the same.".to_owned(),
        more => format!("The nearest partners would cost {} more.", Money::from_minor(more)),
    }
}

fn flip(flip: &Flip) -> String {
    let who = |partners: &[String]| {
        if partners.is_empty() { "nobody".to_owned() } else { partners.join(" and ") }
    };
    match flip {
        Flip::Without { constraint, partners } => {
            format!("Without the rule “{}” it would be {}.", constraint.words(), who(partners))
        }
        Flip::Cheaper { partners, by } => {
            format!("If {} were cheaper by more than {}.", who(partners), Money::from_minor(*by))
        }
        Flip::Weight { term, permille, partners } => {
            let times = format!("{}.{:03}", permille / 1000, permille % 1000);
            format!("If “{}” counted {times} times what it does, it would be {}.", term.words(), who(partners))
        }
        Flip::MoreStock { partner_id, sku, units } => format!("{units} more of {sku} at {partner_id}."),
    }
}

fn candidates(decision: &Decision) -> Vec<CandidateView> {
    let chosen = decision.outcome.plan.partners();
    let mut near: Vec<_> = decision.problem.candidates.iter().collect();
    near.sort_by_key(|one| one.distance_m);
    let view = |one: &&crate::routing::Candidate| {
        let is_chosen = chosen.contains(&one.partner_id.as_str());
        let removed = decision.explanation.removed_partners.iter().find(|(id, _)| *id == one.partner_id);
        let shelves = decision.problem.skus.iter().zip(&one.shelves);
        let stock: Vec<String> = shelves.map(|(sku, shelf)| format!("{sku}: {}", shelf.available)).collect();
        CandidateView {
            partner: one.partner_id.clone(),
            km: format!("{:.1}", f64::from(one.distance_m) / 1_000.0),
            stock: stock.join(", "),
            why: match removed {
                _ if is_chosen => "best",
                Some((_, constraint)) => constraint.words(),
                None => "dearer, or less of the cart",
            },
            is_chosen,
        }
    };
    near.iter().map(view).collect()
}

fn url(decision: &Decision, without: &[&str], max_parcels: usize) -> String {
    format!("/console/why/{}?without={}&max_parcels={max_parcels}#what-if", decision.id, without.join(","))
}

/// One for each constraint that keeps somebody out.
fn toggles(decision: &Decision, change: &WhatIf, dropped: &[Constraint]) -> Vec<Toggle> {
    let switchable = decision.explanation.removed.keys().filter(|one| **one != Constraint::Stock);
    let toggle = |constraint: &Constraint| {
        let is_on = dropped.contains(constraint);
        let mut keys: Vec<&str> = dropped.iter().filter(|one| *one != constraint).map(|one| one.key()).collect();
        if !is_on {
            keys.push(constraint.key());
        }
        let words = format!("without “{}”", constraint.words());
        Toggle { words, url: url(decision, &keys, change.max_parcels), is_on }
    };
    switchable.map(toggle).collect()
}

fn parcel_toggles(decision: &Decision, change: &WhatIf) -> Vec<Toggle> {
    let asked = if change.max_parcels > 0 { change.max_parcels } else { decision.policy.max_parcels };
    let without: Vec<&str> = change.without.split(',').filter(|word| !word.is_empty()).collect();
    let toggle = |parcels: usize| Toggle {
        words: if parcels == 1 { "1 parcel".to_owned() } else { format!("{parcels} parcels") },
        url: url(decision, &without, parcels),
        is_on: parcels == asked,
    };
    (1..=PARCELS_SHOWN).map(toggle).collect()
}

fn tried(before: &Outcome, after: &Outcome) -> TriedView {
    let missing = after.plan.objective.missing;
    let short = if missing > 0 { format!(" {missing} pieces would be missing.") } else { String::new() };
    let differs = before.plan.parcels != after.plan.parcels;
    let says = if differs {
        format!("It would be {}.{short}", names(&after.plan))
    } else {
        format!("Still {}.{short}", names(&after.plan))
    };
    TriedView { says, cost: Money::from_minor(after.plan.objective.cost), differs }
}
