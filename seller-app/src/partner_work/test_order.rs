//! Makes a test order and, on request, walks it to the door.

use node::{Database, read};

use crate::app::SellerApp;
use crate::desk::{self, Input, Needs};
use crate::fulfilment::Agent;
use crate::inventory::Channel;
use crate::network::translate::OrderRef;
use crate::order::channel::TEST_BUYER;
use crate::order::{Command, Order, OrderState, local};
use crate::partners::Stage;
use crate::partners::checklist::TestOrder;
use crate::partners::test_order::{self, Paper};
use crate::processing::{self, Origin};
use crate::stock_room;
use crate::store::offers;
use crate::store::shelf::ShelfKey;

use super::{PartnerError, life};

/// More steps than any delivery has.
const STEPS_MAX: usize = 12;

const NEWEST: &str =
    "select state from orders where partner_id = $1 and bap_id = $2 order by created_at_ms desc limit 1";
const PASSED: &str = "select count(*) from orders where partner_id = $1 and bap_id = $2 and state = 'Completed'";

/// How far the partner's test orders came. One that passed stays passed.
pub(super) async fn newest(db: &Database, partner_id: &str) -> Result<TestOrder, sqlx::Error> {
    let passed =
        read!(db, |c| sqlx::query_scalar::<_, i64>(PASSED).bind(partner_id).bind(TEST_BUYER).fetch_one(c).await)?;
    if passed > 0 {
        return Ok(TestOrder::Passed);
    }
    let state = read!(db, |c| sqlx::query_scalar::<_, String>(NEWEST)
        .bind(partner_id)
        .bind(TEST_BUYER)
        .fetch_optional(c)
        .await)?;
    Ok(match state {
        None => TestOrder::None,
        Some(state) if state == OrderState::Cancelled.as_str() => TestOrder::Failed,
        Some(state) => TestOrder::Open(state),
    })
}

/// Makes a test order at the partner: selected, initialised and confirmed by the real core. It then waits at the partner's
/// desk like any other.
///
/// # Errors
/// When the partner is not being verified and does not sell, has nothing in stock, or the core refuses: its words say why.
pub async fn make(app: &SellerApp, partner_id: &str, actor: &str) -> Result<Order, PartnerError> {
    let record = life::known(app, partner_id).await?;
    match record.stage {
        Stage::Verifying | Stage::Active | Stage::Probation => {}
        stage @ (Stage::Invited | Stage::Suspended | Stage::Drained | Stage::Offboarded) => {
            return Err(PartnerError::NoTestOrder(format!("a partner that is {stage} is not tested: verify it first")));
        }
    }
    let partner = &record.partner;
    let item = stocked_item(app, partner).await?;
    let law = app.config.node.domains.first().zip(app.config.node.core_versions.last());
    let (domain, core_version) =
        law.ok_or_else(|| PartnerError::NoTestOrder("no domain and version is configured".to_owned()))?;
    let mark = app.node.randomness.uuid_v4().to_string();
    let order_id = format!("TEST-{}", mark.get(..8).unwrap_or(&mark).to_uppercase());
    let paper = Paper { transaction_id: &mark, order_id: &order_id, domain, core_version };
    let at = OrderRef::Transaction { bap_id: TEST_BUYER.to_owned(), transaction_id: mark.clone() };
    let work = async |command: Command| processing::work(app, &at, &command, Origin::Desk { actor }).await;
    let quoted = work(test_order::select(&paper, partner, &item)).await?;
    let buyer = test_order::buyer(&quoted, app.now());
    let agreed = work(local::init(&quoted, &buyer)).await?;
    Ok(work(local::confirm(&agreed, &buyer, &order_id, app.now())).await?)
}

async fn stocked_item(
    app: &SellerApp,
    partner: &crate::catalogue::Partner,
) -> Result<crate::catalogue::Item, PartnerError> {
    let db = &app.node.db;
    let shelves = stock_room::of_partner(app, &partner.id, app.now()).await?;
    for shelf in shelves.iter().filter(|shelf| shelf.available(Channel::Network) > 0) {
        let Some(item) = offers::item(db, &ShelfKey::new(&partner.id, &shelf.row.sku)).await? else { continue };
        if i64::from(test_order::pieces(partner, &item)) <= shelf.available(Channel::Network)
            && item.maximum_count.is_none_or(|most| test_order::pieces(partner, &item) <= most)
        {
            return Ok(item);
        }
    }
    Err(PartnerError::NoTestOrder("no item is in stock in the pieces that its smallest order needs".to_owned()))
}

/// Does every step of the desk that takes the order forward.
///
/// # Errors
/// When the core refuses a step.
pub async fn walk(app: &SellerApp, order: Order, actor: &str) -> Result<Order, PartnerError> {
    let mut order = order;
    let at = OrderRef::Order { bap_id: order.bap_id.clone(), order_id: order.id.clone() };
    for _ in 0..STEPS_MAX {
        let steps = desk::steps(&order);
        let usual = |step: &&desk::Step| step.forward && !step.optional && step.needs != Needs::Barcode;
        let Some(next) = steps.iter().find(usual) else { break };
        let agent = Agent { name: "Test rider".to_owned(), phone: "08000000000".to_owned() };
        let input = Input { agent: Some(agent), ..Input::default() };
        let command = desk::command(&next.action, input).map_err(|error| {
            PartnerError::NoTestOrder(format!("the desk offers a step that it does not know: {error}"))
        })?;
        order = processing::work(app, &at, &command, Origin::Desk { actor }).await?;
    }
    Ok(order)
}
