//! Why this partner: who sells an item in a postal code, and who was not chosen for which reason.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::app::SellerApp;
use crate::money::Money;
use crate::publishing::{self, Snapshot};
use crate::routing::{Reason, Verdict};

use super::{Frame, PageError, staff};

/// Choices that are shown at once.
const SHOWN_MAX: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    cell: String,
    sku: String,
}

#[derive(Template)]
#[template(path = "console/routing.html")]
struct RoutingPage<'a> {
    frame: Frame<'a>,
    cell: &'a str,
    sku: &'a str,
    asked: bool,
    reasons: Vec<ReasonView>,
}

struct ReasonView {
    text: String,
    considered: Vec<ConsideredView>,
}

struct ConsideredView {
    partner: String,
    /// Kilometres; a dash where they are only guessed.
    km: String,
    units: u32,
    cost: Money,
    why: &'static str,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let (cell, sku) = (query.cell.trim(), query.sku.trim());
    let asked = !cell.is_empty() || !sku.is_empty();
    let mut reasons = Vec::new();
    if asked {
        let snapshot = publishing::snapshot(&app).await?;
        let fitting = snapshot.reasons(cell, sku).take(SHOWN_MAX);
        reasons = fitting.map(|reason| view(&snapshot, &reason)).collect();
    }
    Ok(pages::render(&RoutingPage { frame: Frame::of(&app, "routing"), cell, sku, asked, reasons }))
}

fn view(snapshot: &Snapshot, reason: &Reason) -> ReasonView {
    let measured = snapshot.is_measured(&reason.cell);
    let considered = reason.considered.iter().map(|one| {
        let kilometres =
            if measured { format!("{:.1}", f64::from(one.distance_m) / 1_000.0) } else { "–".to_owned() };
        ConsideredView {
            partner: one.partner_id.clone(),
            km: kilometres,
            units: one.available,
            cost: Money::from_minor(one.cost_minor),
            why: why(one.verdict),
        }
    });
    let winner = reason.winner.as_deref().unwrap_or("nobody can send it");
    ReasonView { text: format!("{} in {}: {winner}", reason.sku, reason.cell), considered: considered.collect() }
}

fn why(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Chosen => "chosen: the best that has it",
        Verdict::Kept => "stays: no other is better by more than the margin",
        Verdict::Dearer => "dearer by the policy",
        Verdict::Removed(constraint) => constraint.words(),
    }
}
