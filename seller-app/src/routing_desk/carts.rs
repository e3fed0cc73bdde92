//! Decisions about carts and orders: made beside the answer to the buyer, kept with their explanation.
//!
//! In the strict profile the partner was chosen in the catalogue and the order stays with it; the decision says what was best
//! for the whole cart, so that a person sees why (or why not) this partner.

use std::collections::{BTreeMap, BTreeSet};

use specs::RoutingProfile;

use crate::app::{SellerApp, later_ms};
use crate::catalogue::PartnerId;
use crate::catalogue::serviceability::Destination;
use crate::inventory::Channel;
use crate::order::{Order, OrderState};
use crate::routing::solve::{BUDGET, PATIENT_BUDGET};
use crate::routing::{Line, Offer, Outcome, Policy, Problem, TooLarge, explain, solve};
use crate::store::decisions::{self, Decision, Undecided};
use crate::store::reservation::{self, Cart};
use crate::store::{body, stamp::Stamp};

use super::facts::Known;
use super::policies::{self, Current};

/// Carts that are decided about at once.
const BATCH: i64 = 200;
/// Older carts are left as they are.
const SINCE_MS: i64 = 10 * 60_000;

/// Why no decision was made.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Decides about carts and orders that changed lately; how many.
///
/// # Errors
/// When the database fails.
pub async fn decide_waiting(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let since_ms = later_ms(app.now(), -SINCE_MS).as_millisecond();
    let waiting = decisions::undecided(&app.node.db, since_ms, BATCH).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let (known, current, stamp) = (Known::read(app).await?, policies::current(app).await?, app.stamp());
    let mut made = Vec::with_capacity(waiting.len());
    for cart in &waiting {
        match of_cart(app, &known, &current, cart, &stamp).await {
            Ok(decision) => made.extend(decision),
            Err(DecideError::Database(error)) => return Err(error),
            Err(DecideError::TooLarge(error)) => {
                tracing::warn!(%error, transaction = cart.transaction_id, "no routing decision is kept");
            }
        }
    }
    let mut tx = app.node.db.begin().await?;
    for decision in &made {
        decisions::add(&mut tx, decision).await?;
    }
    tx.commit().await?;
    Ok(made.len())
}

/// `None` for a cart with nothing in it.
async fn of_cart(
    app: &SellerApp,
    known: &Known,
    current: &Current,
    cart: &Undecided,
    stamp: &Stamp<'_>,
) -> Result<Option<Decision>, DecideError> {
    let order: Order = body::read(&cart.body)?;
    let lines = lines(&order);
    if lines.is_empty() {
        return Ok(None);
    }
    let own = own_units(app, &order, stamp.ms()).await?;
    let channel = app.config.inventory.channel(&order.bap_id, &order.domain);
    let problem = known.problem(app, &order.destination, lines, (channel, &own)).await?;
    let policy = in_force(app, &current.policy);
    let outcome = solve(&problem, &policy, PATIENT_BUDGET)?;
    Ok(Some(Decision {
        id: stamp.id(),
        bap_id: cart.bap_id.clone(),
        transaction_id: cart.transaction_id.clone(),
        partner_id: order.partner_id.clone(),
        profile: profile(app).to_owned(),
        policy_version: current.version,
        explanation: explain(&problem, &policy, &outcome)?,
        policy,
        problem,
        outcome,
        at_ms: stamp.ms(),
    }))
}

fn lines(order: &Order) -> Vec<Line> {
    let pieces = order.lines.iter().enumerate().filter(|(_, line)| line.count > 0);
    let line = |(at, line): (usize, &crate::order::OrderLine)| Line {
        id: format!("{:03}", at + 1),
        sku: line.item_id.clone(),
        count: line.count,
        needs: Vec::new(),
    };
    pieces.map(line).collect()
}

/// What the cart holds or has bought counts as available to it: an order must not seem short because of itself.
async fn own_units(app: &SellerApp, order: &Order, now_ms: i64) -> Result<BTreeMap<Offer, u32>, sqlx::Error> {
    let mut own: BTreeMap<Offer, u32> = BTreeMap::new();
    let offer = |sku: &str| Offer { partner_id: order.partner_id.clone(), sku: sku.to_owned() };
    let is_cart = matches!(order.state, OrderState::Selected | OrderState::Initialised);
    if is_cart {
        let cart = Cart { bap_id: order.bap_id.clone(), transaction_id: order.transaction_id.clone() };
        for (sku, units) in reservation::own_holds(&app.node.db, &cart, &order.partner_id, now_ms).await? {
            own.insert(offer(&sku), u32::try_from(units).unwrap_or(0));
        }
    } else {
        for line in &order.lines {
            *own.entry(offer(&line.item_id)).or_default() += line.count;
        }
    }
    Ok(own)
}

/// What a cart of these items would get; nothing is kept.
#[derive(Clone, Debug)]
pub struct Quoted {
    pub policy_version: i64,
    pub policy: Policy,
    pub problem: Problem,
    pub outcome: Outcome,
}

/// Decides about a cart that nobody ordered yet. `change` may alter the policy: what if.
///
/// # Errors
/// When the database fails, or the cart is too large for the policy.
pub async fn quote(
    app: &SellerApp,
    known: &Known,
    place: &Destination,
    lines: Vec<Line>,
    current: Current,
) -> Result<Quoted, DecideError> {
    quote_without(app, known, place, lines, current, (Channel::Network, &BTreeSet::new())).await
}

/// As [`quote`], but for this channel, and these partners send nothing.
///
/// # Errors
/// As [`quote`].
pub async fn quote_without(
    app: &SellerApp,
    known: &Known,
    place: &Destination,
    lines: Vec<Line>,
    current: Current,
    (channel, avoided): (Channel, &BTreeSet<PartnerId>),
) -> Result<Quoted, DecideError> {
    let mut problem = known.problem(app, place, lines, (channel, &BTreeMap::new())).await?;
    for candidate in problem.candidates.iter_mut().filter(|one| avoided.contains(&one.partner_id)) {
        candidate.active = false;
    }
    let outcome = solve(&problem, &current.policy, BUDGET)?;
    Ok(Quoted { policy_version: current.version, policy: current.policy, problem, outcome })
}

/// The policy as the network's profile allows it: strict orders are never divided.
pub fn in_force(app: &SellerApp, policy: &Policy) -> Policy {
    match app.node.specs.network().routing_profile {
        RoutingProfile::Strict => Policy { max_parcels: 1, ..policy.clone() },
        RoutingProfile::Native => policy.clone(),
    }
}

/// The word of the network's profile.
pub fn profile(app: &SellerApp) -> &'static str {
    match app.node.specs.network().routing_profile {
        RoutingProfile::Strict => "strict",
        RoutingProfile::Native => "native",
    }
}
