//! A decision made true: one transaction, all of it or nothing.

use jiff::Timestamp;
use node::Tx;
use node::outbox::Outgoing;
use protocol::context::Context;
use protocol::ids::{MessageId, SubscriberId, TransactionId};
use protocol::participant::Role;
use specs::Action;

use crate::app::{SellerApp, later_ms};
use crate::carriers::{Booking, OWN_RIDERS};
use crate::desk::Attention;
use crate::fulfilment::Mode;
use crate::order::refusal::code;
use crate::order::{Command, Decision, Effect, Order, OrderState, Refusal};
use crate::store::bookings;
use crate::store::events;
use crate::store::orders::{self, OrderKey, Save};
use crate::store::reservation::{self, Cart, StockError};
use crate::store::returns;
use crate::store::shelf::ShelfKey;
use crate::store::stamp::Stamp;
use crate::store::stock as shelves;
use crate::store::tickets::{self, NewTicket};
use crate::store::watches;

use super::{Answered, Loaded, Origin, Tried, WorkError, changes as may_change, places, return_costs, story};

pub(super) async fn carry_out(
    app: &SellerApp,
    loaded: &Loaded,
    command: &Command,
    answered: &Answered,
    origin: Origin<'_>,
) -> Result<Tried, WorkError> {
    let decision = &answered.decision;
    let stamp = app.stamp();
    let mut tx = app.node.db.begin().await?;
    if !save(&mut tx, loaded, command, &decision.next, origin, &stamp).await? {
        tx.rollback().await?;
        return Ok(Tried::Again);
    }
    match effects(app, &mut tx, decision, origin, MessageClock { next: answered.at }, &stamp).await {
        Ok(()) => {}
        // The shelf is emptier than when we looked: look again and let the core say what that means.
        Err(WorkError::Stock(StockError::Shortage { .. })) => {
            tx.rollback().await?;
            return Ok(Tried::Again);
        }
        Err(other) => return Err(other),
    }
    if !places::settle(&mut tx, loaded, decision, &stamp).await? {
        tx.rollback().await?;
        return Ok(Tried::Again);
    }
    let next = &decision.next;
    if !next.is_draft() && loaded.stored.as_ref().is_none_or(|stored| stored.order != *next) {
        watches::save(&mut tx, next, &app.seller.fulfilment).await?;
        returns::save(&mut tx, next, &stamp).await?;
        carriage(app, &mut tx, command, next, &stamp).await?;
    }
    put_back(&mut tx, loaded, next, &stamp).await?;
    if !next.is_draft() && may_change(command) {
        let (actor, message_id) = match origin {
            Origin::Network(message) => ("buyer", message.context.message_id.as_str()),
            Origin::Desk { actor } => (actor, ""),
        };
        let detail = story::sentence(command, next);
        let event = events::Event { actor, kind: story::word(command), detail: &detail, message_id };
        events::add(&mut tx, &OrderKey::of(next), &event, &stamp).await?;
    }
    if let Origin::Network(message) = origin {
        message.finish(&mut tx).await?;
    }
    tx.commit().await?;
    Ok(Tried::Done)
}

/// The goods of a test order never left: at the door they are on the shelf again.
async fn put_back(tx: &mut Tx, loaded: &Loaded, next: &Order, stamp: &Stamp<'_>) -> Result<(), WorkError> {
    let arrived = next.is_test()
        && next.state == OrderState::Completed
        && loaded.stored.as_ref().is_some_and(|stored| stored.order.state != OrderState::Completed);
    if !arrived {
        return Ok(());
    }
    let lines = next.delivery().map(|delivery| next.stock_on(&delivery.id)).unwrap_or_default();
    reservation::restock(tx, &lines, &next.transaction_id, stamp).await.map_err(stock)
}

/// `false` = another writer was faster.
async fn save(
    tx: &mut Tx,
    loaded: &Loaded,
    command: &Command,
    next: &Order,
    origin: Origin<'_>,
    stamp: &Stamp<'_>,
) -> Result<bool, sqlx::Error> {
    let stored = loaded.stored.as_ref();
    if stored.is_some_and(|stored| stored.order == *next) {
        return Ok(true);
    }
    let before = stored.map_or(0, |stored| stored.requested_at_ms);
    let requested_at_ms = match origin {
        Origin::Network(message) if may_change(command) => before.max(message.context.timestamp.as_millisecond()),
        Origin::Network(_) | Origin::Desk { .. } => before,
    };
    let attention = Attention::of(next).as_str();
    let version = stored.map(|stored| stored.version);
    let save = Save { order: next, version, requested_at_ms, now_ms: stamp.ms(), attention };
    let was_draft = stored.is_some_and(|stored| stored.order.is_draft());
    if next.is_draft() {
        orders::save_draft(tx, save).await
    } else if was_draft || stored.is_none() {
        // A cart becomes an order: its row is new, whatever the cart's version was.
        orders::save(tx, Save { version: None, ..save }).await
    } else {
        orders::save(tx, save).await
    }
}

async fn effects(
    app: &SellerApp,
    tx: &mut Tx,
    decision: &Decision,
    origin: Origin<'_>,
    mut clock: MessageClock,
    stamp: &Stamp<'_>,
) -> Result<(), WorkError> {
    let order = &decision.next;
    let cart = Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() };
    let channel = app.config.inventory.channel(&order.bap_id, &order.domain);
    for effect in &decision.effects {
        match effect {
            Effect::Reply { message, error } => {
                let Origin::Network(request) = origin else { continue };
                let identity = &app.node.identity;
                let Some(context) = request.context.reply(&identity.subscriber_id, &identity.url, clock.tick()) else {
                    continue;
                };
                let to = context.bap_id.clone();
                let outgoing = Outgoing::new(to, Role::Buyer, &context, message, error.as_ref());
                app.node.outbox.enqueue(tx, outgoing).await?;
            }
            // Nobody waits for messages about it.
            Effect::Announce { .. } if !order.channel().has_buyer_app() => {}
            Effect::Announce { action, message } => {
                let context = unsolicited(app, order, *action, clock.tick())?;
                let outgoing = Outgoing::new(context.bap_id.clone(), Role::Buyer, &context, message, None);
                app.node.outbox.enqueue(tx, outgoing).await?;
            }
            Effect::Hold { lines, until } => {
                reservation::hold(tx, &cart, channel, lines, *until, stamp).await.map_err(stock)?;
            }
            Effect::Commit { lines } => {
                reservation::commit(tx, &cart, channel, lines, stamp).await.map_err(stock)?;
            }
            Effect::Release { lines } => reservation::release(tx, &cart, lines, stamp).await.map_err(stock)?,
            Effect::Ship { lines } => reservation::ship(tx, &cart, lines, stamp).await.map_err(stock)?,
            Effect::Restock { lines } => {
                reservation::restock(tx, lines, &order.transaction_id, stamp).await.map_err(stock)?;
            }
            Effect::Correct { partner_id, sku, correction } => {
                let (key, reference) = (ShelfKey::new(partner_id, sku), format!("order {}", order.id));
                shelves::reject(tx, &key, *correction, &reference, stamp).await.map_err(stock)?;
            }
            Effect::OpenTicket { fulfilment_id, kind, by, note } => {
                let ticket = NewTicket { fulfilment_id, kind: kind.as_str(), opened_by: by, note };
                tickets::open(tx, &OrderKey::of(order), ticket, stamp).await?;
            }
            Effect::CloseTickets { outcome } => tickets::close(tx, &OrderKey::of(order), outcome, stamp).await?,
            Effect::SettleReturn { return_id } => return_costs::settle(app, tx, order, return_id, stamp).await?,
            // Shelves that became empty, or are no longer, have said so themselves when they were closed.
            Effect::Republish { .. } => {}
        }
    }
    Ok(())
}

/// A packed parcel is booked with its carrier; a cancelled order is taken back from it. Own riders need not be told.
async fn carriage(
    app: &SellerApp,
    tx: &mut Tx,
    command: &Command,
    next: &Order,
    stamp: &Stamp<'_>,
) -> Result<(), sqlx::Error> {
    let carrier = app.carrier.name();
    if carrier == OWN_RIDERS {
        return Ok(());
    }
    let key = OrderKey::of(next);
    if next.state == OrderState::Cancelled {
        return bookings::cancel(tx, &key, stamp).await;
    }
    let packed = matches!(command, Command::Pack);
    let Some(delivery) = next.delivery().filter(|one| packed && one.choice.mode() == Mode::Delivery) else {
        return Ok(());
    };
    bookings::add(tx, &key, &delivery.id, carrier, &Booking::of(next, delivery), stamp).await
}

fn stock(error: StockError) -> WorkError {
    match error {
        StockError::Sql(error) => WorkError::Database(error),
        StockError::TooManyHolds { .. } => Refusal::new(code::INVALID_REQUEST, error.to_string()).into(),
        other => WorkError::Stock(other),
    }
}

/// Gives each message of one decision its own time, in order; the first has the time of the decision, as the order says it.
struct MessageClock {
    next: Timestamp,
}

impl MessageClock {
    fn tick(&mut self) -> Timestamp {
        let now = self.next;
        self.next = later_ms(now, 1);
        now
    }
}

/// The context of a message that nobody asked for, from what the order remembers of its buyer app.
fn unsolicited(app: &SellerApp, order: &Order, action: Action, at: Timestamp) -> Result<Context, WorkError> {
    let address = |text: &str| WorkError::Address(text.to_owned());
    let identity = &app.node.identity;
    Ok(Context {
        domain: order.domain.clone(),
        action,
        country: app.node.specs.network().country.clone(),
        city: order.city.clone(),
        core_version: order.core_version.clone(),
        bap_id: SubscriberId::parse(order.bap_id.as_str()).map_err(|_| address(&order.bap_id))?,
        bap_uri: order.bap_uri.clone(),
        bpp_id: Some(identity.subscriber_id.clone()),
        bpp_uri: Some(identity.url.clone()),
        transaction_id: TransactionId::parse(order.transaction_id.as_str())
            .map_err(|_| address(&order.transaction_id))?,
        message_id: MessageId::new(&*app.node.randomness),
        timestamp: at,
        ttl: Some("PT30S".to_owned()),
        key: None,
    })
}
