//! Returns that wait for a person, the most urgent first, with one to three safe things to do about each.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api;
use crate::app::SellerApp;
use crate::desk::Attention;
use crate::money::Money;
use crate::reasons;
use crate::store::orders::{self, OrderKey};
use crate::store::returns::{self, ReturnRow};

use super::moment::age;
use super::order_page::{StepView, step_view};
use super::{Frame, PageError, return_page, staff};

/// Returns that one page shows.
const SHOWN: i64 = 60;
/// Buttons of one row.
const STEPS_MAX: usize = 3;

#[derive(Template)]
#[template(path = "console/returns.html")]
struct ReturnsPage<'a> {
    frame: Frame<'a>,
    all: bool,
    rows: Vec<RowView>,
}

struct RowView {
    id: String,
    order_id: String,
    partner_id: String,
    item: String,
    state: String,
    waits: &'static str,
    value: String,
    left: String,
    late: bool,
    url: String,
    act_url: String,
    steps: Vec<StepView>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Query {
    /// `1`: the ones that wait for nobody too.
    all: String,
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<Query>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let all = query.all == "1";
    let mut rows = Vec::new();
    for row in returns::list(&app.node.db, "", !all, SHOWN).await? {
        rows.extend(view(&app, row).await?);
    }
    Ok(pages::render(&ReturnsPage { frame: Frame::of(&app, "returns"), all, rows }))
}

async fn view(app: &SellerApp, row: ReturnRow) -> Result<Option<RowView>, sqlx::Error> {
    let key = OrderKey { bap_id: row.bap_id.clone(), id: row.order_id.clone() };
    let Some(order) = orders::one(&app.node.db, &key).await?.map(|stored| stored.order) else { return Ok(None) };
    let now_ms = app.now().as_millisecond();
    let asked = order.fulfilment(&row.return_id).and_then(|one| one.return_request.as_ref());
    let late = row.due_ms.is_some_and(|due| due < now_ms);
    let steps = api::returns::steps(&order, &row.return_id).into_iter().take(STEPS_MAX);
    Ok(Some(RowView {
        item: asked
            .map(|one| {
                let words = one.reason_desc.as_deref().map(|words| format!(" ({words})")).unwrap_or_default();
                let reason = reasons::of_return(app, &order, &one.reason_id);
                format!("{} × {}: {reason}{words}", one.quantity, one.item_id)
            })
            .unwrap_or_default(),
        waits: Attention::ALL.into_iter().find(|one| one.as_str() == row.waits).map_or("Done", Attention::title),
        value: Money::from_minor(row.value_minor).wire(),
        left: row.due_ms.map(|due| if late { age(now_ms, due) } else { age(due, now_ms) }).unwrap_or_default(),
        late,
        url: return_page::url(&row.order_id, &row.bap_id, &row.return_id),
        act_url: return_page::act_url(&row.order_id, &row.bap_id, "returns"),
        // Counting and grading want the whole page.
        steps: steps.filter(|step| !return_page::wants_page(step)).map(|step| step_view(app, &order, step)).collect(),
        id: row.return_id,
        order_id: row.order_id,
        partner_id: row.partner_id,
        state: row.state,
    }))
}
