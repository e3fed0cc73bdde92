//! What the page of an order shows.

use actix_web::HttpResponse;
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::desk::{self, Attention, Needs, Step};
use crate::fulfilment::{DeliveryState, Fulfilment};
use crate::languages::Language;
use crate::order::{Order, OrderState, PaymentMethod, RejectCause, picking};
use crate::reasons;
use crate::store::reservation::Cart;
use crate::store::{items, lots};

use super::{Frame, PortalError, Visit, order, words};

#[derive(Template)]
#[template(path = "portal/order.html")]
struct OrderPage<'a> {
    frame: Frame<'a>,
    id: &'a str,
    /// Why the last action was refused.
    notice: Option<String>,
    state: String,
    waits: String,
    promised: String,
    total: String,
    cash: Option<String>,
    act_url: String,
    /// What usually comes next.
    next: Vec<StepView>,
    /// What may be left out, and what went wrong.
    other: Vec<StepView>,
    picks: Vec<PickView>,
    /// Whether every piece of the pick list is checked.
    picked: bool,
    goods: Vec<(String, String)>,
    papers: Vec<(String, String)>,
}

struct StepView {
    action: String,
    name: String,
    label: String,
    danger: bool,
    agent: bool,
    proof: bool,
    note: bool,
    barcode: bool,
    /// For a rejection or a cancellation of some pieces: which item.
    pieces: Vec<(String, String)>,
    causes: Vec<(&'static str, String)>,
    reasons: Vec<(String, String)>,
    /// Whether pieces must be named, or may be left out for the whole order.
    pieces_wanted: bool,
}

struct PickView {
    name: String,
    barcode: String,
    /// From which lots; empty where none are kept.
    lots: String,
    of: String,
    done: bool,
}

/// Renders it; `notice` says why the last action was refused.
pub(super) async fn page(
    app: &SellerApp,
    visit: &Visit<'_>,
    order: &Order,
    notice: Option<String>,
) -> Result<HttpResponse, PortalError> {
    let t = visit.t;
    let picks = picks(app, t, order).await?;
    let picked = !picks.is_empty() && picks.iter().all(|pick| pick.done);
    let mut next = Vec::new();
    let mut other = Vec::new();
    // Tries that failed, counts and grades are the brand's: the console has the page for them.
    const BRANDS: [&str; 4] = ["return-pick-failed", "return-give-up", "return-receive", "return-grade"];
    for step in desk::steps(order).into_iter().filter(|step| !BRANDS.contains(&step.test_id.as_str())) {
        // The brand decides about whole orders; a partner rejects.
        if step.action == "cancel" || (step.action == "scan" && picked) {
            continue;
        }
        let usual = step.forward && !step.optional;
        let view = step_view(app, t, order, step);
        if usual { next.push(view) } else { other.push(view) }
    }
    let attention = Attention::of(order);
    let at_door = attention == Attention::Deliver && !order.payment.paid;
    let cash = at_door && order.payment.method == PaymentMethod::CashOnDelivery;
    let total = t.money(order.quote.total(), app.currency());
    let due = order.delivery().and_then(Fulfilment::due);
    let page = OrderPage {
        frame: Frame::of(app, &visit.name, t, "today"),
        id: &order.id,
        notice,
        state: t.say(&words::state(order.state)),
        waits: if attention == Attention::Nothing { t.say("order-done") } else { t.say(&words::waits(attention)) },
        promised: due.map(|due| t.moment(due, app.config.desk_utc_offset_min)).unwrap_or_default(),
        cash: cash.then(|| t.with("cash-at-door", "amount", &total)),
        total,
        act_url: order::url(order, "/act"),
        next,
        other,
        picks,
        picked,
        goods: goods(t, order),
        papers: papers(t, order),
    };
    Ok(pages::render(&page))
}

fn goods(t: &Language, order: &Order) -> Vec<(String, String)> {
    let quoted = |sku: &str| order.quote.lines.iter().find(|line| line.id == sku).map(|line| line.title.clone());
    let lines = order.lines.iter().filter(|line| line.count > 0);
    lines
        .map(|line| (quoted(&line.item_id).unwrap_or_else(|| line.item_id.clone()), t.count("pieces", line.count)))
        .collect()
}

/// The invoice comes when the goods leave.
fn papers(t: &Language, order: &Order) -> Vec<(String, String)> {
    let link = |file: &str| order::url(order, &format!("/papers/{file}.pdf"));
    let mut papers = vec![(t.say("paper-slip"), link("slip")), (t.say("paper-label"), link("label"))];
    if !order.documents.is_empty() {
        papers.push((t.say("paper-invoice"), link("invoice")));
    }
    papers
}

/// What to take from the shelves while there is something to pick. Goods of one category stand together: so does the list.
async fn picks(app: &SellerApp, t: &Language, order: &Order) -> Result<Vec<PickView>, sqlx::Error> {
    let pending = order.delivery().and_then(Fulfilment::delivery) == Some(DeliveryState::Pending);
    let cart = Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() };
    let mut lots = lots::bought_in_words(&app.node.db, &cart).await?;
    let mut views = Vec::new();
    for wanted in picking::list(order).into_iter().filter(|_| pending && order.state == OrderState::Accepted) {
        let item = items::one(&app.node.db, &wanted.item_id).await?;
        let (name, code, category) = item.map(|item| (item.name, item.code, item.category)).unwrap_or_default();
        let barcode = code.split_once(':').map(|(_, digits)| digits.to_owned()).unwrap_or(code);
        let lots = lots.remove(&wanted.item_id).unwrap_or_default();
        let (picked, count) = (t.number(wanted.picked), t.number(wanted.count));
        let of = t.with_two("pick-of", ("picked", &picked), ("count", &count));
        views.push((category, PickView { name, barcode, lots, of, done: wanted.picked >= wanted.count }));
    }
    views.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
    Ok(views.into_iter().map(|(_, view)| view).collect())
}

fn step_view(app: &SellerApp, t: &Language, order: &Order, step: Step) -> StepView {
    let causes = RejectCause::ALL.into_iter().filter(|cause| *cause != RejectCause::NoAnswer);
    let causes = causes.map(|cause| (cause.as_str(), t.say(&words::cause(cause)))).collect();
    let quoted = |sku: &str| order.quote.lines.iter().find(|line| line.id == sku).map(|line| line.title.clone());
    let lines = order.lines.iter().filter(|line| line.count > 0);
    let pieces: Vec<(String, String)> =
        lines.map(|line| (line.item_id.clone(), quoted(&line.item_id).unwrap_or_default())).collect();
    let named = matches!(step.needs, Needs::Cause | Needs::Pieces);
    StepView {
        label: t.say(&words::action(&step)),
        name: step.test_id,
        action: step.action,
        danger: !step.forward,
        agent: step.needs == Needs::Agent,
        proof: step.needs == Needs::Proof,
        note: step.needs == Needs::Note,
        barcode: step.needs == Needs::Barcode,
        pieces: if named { pieces } else { Vec::new() },
        pieces_wanted: step.needs == Needs::Pieces,
        causes: if step.needs == Needs::Cause { causes } else { Vec::new() },
        reasons: reasons::of_step(app, order, step.needs),
    }
}
