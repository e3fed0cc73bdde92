//! A command from the wire or the desk, carried out: load → decide → ONE transaction { order, stock, messages, inbox row }.
//!
//! Nothing is locked while the core decides. If another writer was faster (the version moved, or the shelf is emptier than it
//! was when we looked), nothing is written and the whole is done again with what is true now.

use jiff::Timestamp;
use node::handler::{Accepted, HandlerError};
use protocol::context::Context;

use crate::app::{SellerApp, UnknownBook, later_ms, whole_ms};
use crate::network::translate::OrderRef;
use crate::order::{Command, Decision, IdKind, Order, OrderView, Refusal, decide};
use crate::store::reservation::StockError;

mod carry_out;
mod load;
mod places;
mod return_costs;
mod story;
pub mod turned_down;

pub use load::{Loaded, load};

/// Tries before a command gives up because others are always faster.
const TRY_MAX: u32 = 8;

/// Where a command came from.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// A message of a buyer app, already ACKed.
    Network(&'a Accepted),
    /// A person or a system of the brand (`brand`) or of a partner (its id).
    Desk { actor: &'a str },
}

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The core says no; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Book(#[from] UnknownBook),
    #[error("others changed the order at the same time, again and again; try once more")]
    Busy,
    #[error("stock: {0}")]
    Stock(StockError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the order carries the id `{0}`, which cannot be sent to")]
    Address(String),
}

impl From<WorkError> for HandlerError {
    fn from(error: WorkError) -> Self {
        match error {
            WorkError::Database(error) => HandlerError::Database(error),
            WorkError::Busy => HandlerError::Conflict("order"),
            other => HandlerError::failed(other),
        }
    }
}

/// What came of one try.
enum Tried {
    Done,
    Again,
}

/// What the core would do, without doing it: the check before the ACK.
///
/// # Errors
/// [`WorkError::Refused`] with the code for the NACK.
pub async fn preview(app: &SellerApp, at: &OrderRef, command: &Command, context: &Context) -> Result<(), WorkError> {
    let loaded = load(app, at, command, app.now()).await?;
    refuse_stale(&loaded, command, context)?;
    answer(app, &loaded, &loaded.view(&app.seller), command, Some(context)).map(|_| ())
}

/// Carries a command out. For a message its inbox row is finished in the same transaction.
///
/// # Errors
/// [`WorkError::Refused`] when the core says no: nothing was written, and a message is not finished.
pub async fn work(app: &SellerApp, at: &OrderRef, command: &Command, origin: Origin<'_>) -> Result<Order, WorkError> {
    for _ in 0..TRY_MAX {
        let loaded = load(app, at, command, app.now()).await?;
        let context = match origin {
            Origin::Network(message) => Some(&message.context),
            Origin::Desk { .. } => None,
        };
        let answered = answer(app, &loaded, &loaded.view(&app.seller), command, context)?;
        match carry_out::carry_out(app, &loaded, command, &answered, origin).await? {
            Tried::Done => return Ok(answered.decision.next),
            Tried::Again => {}
        }
    }
    Err(WorkError::Busy)
}

/// What the core said, and the moment at which it is true: the order's times and the first message's are this one.
struct Answered {
    decision: Decision,
    at: Timestamp,
}

/// What the core says to a command when it sees `view`.
fn answer(
    app: &SellerApp,
    loaded: &Loaded,
    view: &OrderView<'_>,
    command: &Command,
    context: Option<&Context>,
) -> Result<Answered, WorkError> {
    let order = loaded.stored.as_ref().map(|stored| &stored.order);
    let (domain, version) = match (order, context) {
        (Some(order), _) => (order.domain.as_str(), order.core_version.as_str()),
        (None, Some(context)) => (context.domain.as_str(), context.core_version.as_str()),
        (None, None) => match command {
            // Not from the network: a test order, or another intake.
            Command::Select(select) => (select.party.domain.as_str(), select.party.core_version.as_str()),
            _ => return Err(Refusal::new("30018", "there is no such order").into()),
        },
    };
    if loaded.id_taken {
        let message = "another order has this id: order ids must be new";
        return Err(Refusal::new("30000", message).at("$.message.order.id").into());
    }
    let rules = app.rules(domain, version)?;
    let at = moment(app, order, context);
    let mut ids = |kind| new_id(app, kind);
    Ok(Answered { decision: decide(view, command.clone(), rules, at, &mut ids)?, at })
}

/// The time of a decision: now, but always later than the request and than the order's last change, because every
/// message of a transaction must be later than the one before it.
fn moment(app: &SellerApp, order: Option<&Order>, context: Option<&Context>) -> Timestamp {
    let mut now = app.now();
    if let Some(context) = context {
        now = now.max(whole_ms(later_ms(context.timestamp, 1)));
    }
    if let Some(order) = order {
        now = now.max(later_ms(order.updated_at, MESSAGES_PER_CHANGE_MAX));
    }
    now
}

/// One change of an order sends fewer messages than this, each a millisecond later than the one before.
const MESSAGES_PER_CHANGE_MAX: i64 = 4;

/// A request that changes the order and is older than the one that changed it last (NETWORK-SPEC 2, code 30022).
fn refuse_stale(loaded: &Loaded, command: &Command, context: &Context) -> Result<(), Refusal> {
    let Some(stored) = &loaded.stored else { return Ok(()) };
    if changes(command) && context.timestamp.as_millisecond() < stored.requested_at_ms {
        let message =
            "this request is older than the last one that changed the order; read its status and send a new one";
        return Err(Refusal::new("30022", message).at("context.timestamp"));
    }
    Ok(())
}

/// Whether a command may change the order.
pub(crate) fn changes(command: &Command) -> bool {
    !matches!(command, Command::Status | Command::Track | Command::Support | Command::Rating(_))
}

fn new_id(app: &SellerApp, kind: IdKind) -> String {
    match kind {
        IdKind::Fulfilment | IdKind::CancelFulfilment | IdKind::RtoFulfilment => {
            app.node.randomness.uuid_v4().to_string()
        }
        IdKind::PickupCode | IdKind::DeliveryCode => {
            let mut bytes = [0; 8];
            app.node.randomness.fill(&mut bytes);
            format!("{:04}", u64::from_le_bytes(bytes) % 10_000)
        }
    }
}
