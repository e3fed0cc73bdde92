//! What a partner earned in a month, line by line. The payout is the sum of the lines and nothing else.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::Terms;
use super::terms::StockOwner;
use crate::fulfilment::{Fulfilment, Progress, TrailEntry};
use crate::money::Money;
use crate::order::{LineKind, Order, OrderState, PaymentMethod};
use crate::returns::ReturnState;

/// What a line is for. Positive amounts are the partner's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Entry {
    /// The partner's own goods that reached a buyer, taxes included.
    Goods,
    /// What the buyer paid for packing.
    Packing,
    /// What the buyer paid for the way, when the partner delivers.
    Delivery,
    /// The agreed fee for an order.
    Fee,
    /// The agreed cost of the way.
    DeliveryCost,
    /// What the brand keeps of the goods' value.
    Commission,
    /// Cash that the partner took at the door.
    Cash,
    /// Goods that came back or were paid back.
    Refund,
    /// The agreed cost of taking goods back.
    ReturnCost,
    /// What others bear of its returns, and goods that changed partner with a return.
    ReturnShare,
    /// A claim that was accepted.
    Claim,
}

impl Entry {
    pub const ALL: [Entry; 11] = [
        Entry::Goods,
        Entry::Packing,
        Entry::Delivery,
        Entry::Fee,
        Entry::DeliveryCost,
        Entry::Commission,
        Entry::Cash,
        Entry::Refund,
        Entry::ReturnCost,
        Entry::ReturnShare,
        Entry::Claim,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Entry::Goods => "goods",
            Entry::Packing => "packing",
            Entry::Delivery => "delivery",
            Entry::Fee => "fee",
            Entry::DeliveryCost => "delivery-cost",
            Entry::Commission => "commission",
            Entry::Cash => "cash",
            Entry::Refund => "refund",
            Entry::ReturnCost => "return-cost",
            Entry::ReturnShare => "return-share",
            Entry::Claim => "claim",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Entry::Goods => "Goods sold",
            Entry::Packing => "Packing charged",
            Entry::Delivery => "Delivery charged",
            Entry::Fee => "Order fees",
            Entry::DeliveryCost => "Delivery costs",
            Entry::Commission => "Commission",
            Entry::Cash => "Cash already taken",
            Entry::Refund => "Refunds",
            Entry::ReturnCost => "Return costs",
            Entry::ReturnShare => "Returns borne by others",
            Entry::Claim => "Claims",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementLine {
    /// Unix milliseconds.
    pub at_ms: i64,
    /// Empty for a claim without an order.
    pub order_id: String,
    pub entry: Entry,
    #[schema(value_type = String)]
    pub amount: Money,
}

/// An accepted claim. Positive: the partner owes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedClaim {
    pub order_id: String,
    pub amount: Money,
    pub at: Timestamp,
}

/// A partner's month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statement {
    pub lines: Vec<StatementLine>,
    /// Delivered orders.
    pub orders: u64,
    /// By entry; they add up to the payout.
    #[schema(value_type = BTreeMap<String, String>)]
    pub totals: BTreeMap<Entry, Money>,
    #[schema(value_type = String)]
    pub payout: Money,
}

/// Whose month, and on which terms.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    pub terms: &'a Terms,
    /// Whether the partner brings goods to the door itself.
    pub delivers: bool,
    /// Included.
    pub from: Timestamp,
    /// Not included.
    pub to: Timestamp,
}

impl Account<'_> {
    fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn owns_goods(&self) -> bool {
        self.terms.stock_owner == StockOwner::Partner
    }
}

/// Everything that happened in the month: orders that were delivered in it, returns that ended in it, claims accepted in it.
pub fn statement(account: &Account<'_>, orders: &[Order], claims: &[AcceptedClaim]) -> Statement {
    let mut lines = Vec::new();
    let mut delivered = 0;
    for order in orders.iter().filter(|order| !order.is_test()) {
        if let (OrderState::Completed, Some(at)) = (order.state, order.delivered_at())
            && account.holds(at)
        {
            delivered += 1;
            sold(account, order, at, &mut lines);
        }
        for fulfilment in &order.fulfilments {
            came_back(account, order, fulfilment, &mut lines);
        }
    }
    for claim in claims.iter().filter(|claim| account.holds(claim.at)) {
        lines.push(line(claim.at, &claim.order_id, Entry::Claim, -claim.amount));
    }
    summed(lines, delivered)
}

fn summed(mut lines: Vec<StatementLine>, orders: u64) -> Statement {
    lines.retain(|line| !line.amount.is_zero());
    lines.sort_by(|a, b| (a.at_ms, &a.order_id, a.entry).cmp(&(b.at_ms, &b.order_id, b.entry)));
    let mut totals: BTreeMap<Entry, Money> = BTreeMap::new();
    for line in &lines {
        *totals.entry(line.entry).or_default() += line.amount;
    }
    let payout = lines.iter().map(|line| line.amount).sum();
    Statement { lines, orders, totals, payout }
}

impl Statement {
    /// With what the ledger of returns says of the partner: time, order, amount (positive: the partner gets it).
    pub fn with_returns(self, rows: impl IntoIterator<Item = (Timestamp, String, Money)>) -> Statement {
        let mut lines = self.lines;
        lines.extend(rows.into_iter().map(|(at, order_id, amount)| line(at, &order_id, Entry::ReturnShare, amount)));
        summed(lines, self.orders)
    }
}

fn line(at: Timestamp, order_id: &str, entry: Entry, amount: Money) -> StatementLine {
    StatementLine { at_ms: at.as_millisecond(), order_id: order_id.to_owned(), entry, amount }
}

fn is_goods(kind: LineKind) -> bool {
    match kind {
        LineKind::Item | LineKind::Tax | LineKind::Discount | LineKind::Offer => true,
        LineKind::Delivery | LineKind::Packing | LineKind::Misc => false,
    }
}

/// What later returns took off the quote; what was delivered had it still on.
fn returned(order: &Order, wanted: impl Fn(LineKind) -> bool) -> Money {
    let returns = order.fulfilments.iter().filter(|one| matches!(one.progress, Progress::Return(_)));
    let trail = returns.flat_map(|one| &one.quote_trail).filter(|entry| wanted(entry.kind));
    trail.map(|entry| entry.value).sum()
}

/// The value of some lines as it was at the door.
fn at_the_door(order: &Order, wanted: impl Fn(LineKind) -> bool + Copy) -> Money {
    let now: Money = order.quote.lines.iter().filter(|line| wanted(line.kind)).map(|line| line.price).sum();
    now - returned(order, wanted)
}

fn sold(account: &Account<'_>, order: &Order, at: Timestamp, lines: &mut Vec<StatementLine>) {
    let terms = account.terms;
    let goods = at_the_door(order, is_goods);
    let mut add = |entry: Entry, amount: Money| lines.push(line(at, &order.id, entry, amount));
    if account.owns_goods() {
        add(Entry::Goods, goods);
        add(Entry::Packing, at_the_door(order, |kind| kind == LineKind::Packing));
        add(Entry::Commission, -goods.percent(terms.commission_percent));
    }
    if account.delivers {
        if account.owns_goods() {
            add(Entry::Delivery, at_the_door(order, |kind| kind == LineKind::Delivery));
        }
        add(Entry::DeliveryCost, terms.delivery_cost);
    }
    add(Entry::Fee, terms.fee_per_order + goods.percent(terms.fee_percent));
    if order.payment.method == PaymentMethod::CashOnDelivery && account.delivers {
        add(Entry::Cash, -at_the_door(order, |_| true));
    }
}

fn came_back(account: &Account<'_>, order: &Order, fulfilment: &Fulfilment, lines: &mut Vec<StatementLine>) {
    let Progress::Return(state @ (ReturnState::Delivered | ReturnState::Liquidated)) = fulfilment.progress else {
        return;
    };
    let arrived = fulfilment.end.as_ref().and_then(|end| end.at);
    let at = arrived.or(fulfilment.start.as_ref().and_then(|start| start.at)).unwrap_or(order.updated_at);
    if !account.holds(at) {
        return;
    }
    let trail = fulfilment.quote_trail.iter().filter(|entry| is_goods(entry.kind));
    let goods: Money = trail.map(|entry: &TrailEntry| entry.value).sum();
    if account.owns_goods() {
        lines.push(line(at, &order.id, Entry::Refund, goods));
        lines.push(line(at, &order.id, Entry::Commission, -goods.percent(account.terms.commission_percent)));
    }
    // Goods that the buyer keeps are taken back by nobody.
    if state == ReturnState::Delivered {
        lines.push(line(at, &order.id, Entry::ReturnCost, account.terms.return_cost));
    }
}

/// The lines as a table for a spreadsheet, the payout in the last row.
pub fn csv(statement: &Statement) -> String {
    let mut text = String::from("date,order,entry,amount\n");
    for line in &statement.lines {
        let day = Timestamp::from_millisecond(line.at_ms).map(|at| at.strftime("%Y-%m-%d").to_string());
        // A cell that begins with one of these would be a formula.
        let id = line.order_id.replace(['"', '\n', '\r'], "");
        let id = if id.starts_with(['=', '+', '-', '@']) { format!("'{id}") } else { id };
        text.push_str(&format!("{},\"{id}\",{},{}\n", day.unwrap_or_default(), line.entry.as_str(), line.amount));
    }
    text.push_str(&format!(",,payout,{}\n", statement.payout));
    text
}
