//! What went wrong with orders, the most urgent first, with the remedies that the desk offers.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::SellerApp;
use crate::fulfilment::remedy::{Remedy, remedies};
use crate::fulfilment::watch::{WatchKind, weight};
use crate::money::Money;
use crate::store::{orders, watches};

use super::access::who;
use super::problem::Problem;

/// Exceptions that are ranked, and those that one call shows.
const RANKED: i64 = 500;
const SHOWN: usize = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
pub struct ExceptionsQuery {
    /// `not-accepted`, `rejected`, `late-pack`, `promise-at-risk`, `lost`, `damaged`; all of them when absent.
    pub kind: String,
    /// Only this partner's.
    pub partner: String,
}

/// Something that somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exception {
    pub kind: String,
    pub bap_id: String,
    pub order_id: String,
    pub partner_id: String,
    /// For people.
    pub detail: String,
    /// Since when, Unix milliseconds.
    pub due_ms: i64,
    /// When it is too late, Unix milliseconds.
    pub until_ms: i64,
    /// Total of the order, in the network's currency.
    pub value: String,
    /// One to three things to do, the best first.
    pub remedies: Vec<RemedyView>,
}

/// `POST /api/orders/{order_id}/{action}` with this reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemedyView {
    pub action: String,
    /// Empty when the action needs none.
    pub reason: String,
    /// On the button.
    pub label: String,
    /// What it does to the buyer and to the stock.
    pub effect: String,
}

impl From<Remedy> for RemedyView {
    fn from(one: Remedy) -> Self {
        let (action, reason, effect) = (one.action.to_owned(), one.reason.to_owned(), one.effect.to_owned());
        Self { action, reason, label: one.label, effect }
    }
}

/// Exceptions, ranked by value and time left.
#[utoipa::path(get, path = "/api/exceptions", tag = "orders", params(ExceptionsQuery),
    responses((status = 200, body = Vec<Exception>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<ExceptionsQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let partner = caller.scope(&query.partner);
    let now_ms = app.now().as_millisecond();
    let mut rows = watches::exceptions(&app.node.db, now_ms, RANKED).await?;
    rows.retain(|row| partner.is_empty() || row.partner_id == partner);
    rows.retain(|row| query.kind.is_empty() || row.kind == query.kind);
    rows.sort_by_key(|row| std::cmp::Reverse(weight(row.value_minor, row.until_ms - now_ms)));
    let mut found = Vec::new();
    for row in rows.into_iter().take(SHOWN) {
        let stored = orders::one(&app.node.db, &row.order()).await?;
        let rules = app.rules(&row.domain, &row.core_version).ok();
        let offered = match (WatchKind::parse(&row.kind), stored, rules) {
            (Some(kind), Some(stored), Some(rules)) => remedies(kind, &stored.order, rules),
            (None, _, _) | (_, None, _) | (_, _, None) => Vec::new(),
        };
        found.push(Exception {
            value: Money::from_minor(row.value_minor).wire(),
            remedies: offered.into_iter().map(RemedyView::from).collect(),
            kind: row.kind,
            bap_id: row.bap_id,
            order_id: row.order_id,
            partner_id: row.partner_id,
            detail: row.detail,
            due_ms: row.due_ms,
            until_ms: row.until_ms,
        });
    }
    Ok(HttpResponse::Ok().json(found))
}
