//! Pages of the tables for finance. Each page begins after the last row of the one before, so what is added meanwhile neither
//! repeats nor hides anything.

use node::{Database, read};

use super::body;
use crate::exports::period::Period;
use crate::exports::{Cell, Kind, Row};
use crate::money::Money;
use crate::order::Order;
use crate::order::quote::LineKind;

/// Rows that are read at once (orders, where a row of the file is a line of one).
const PAGE: i64 = 500;

/// A place in a table: after this row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    ms: i64,
    keys: [String; 3],
}

impl After {
    /// Before the first row of a period.
    pub fn beginning(period: Period) -> Self {
        let empty = String::new();
        Self { ms: period.from_ms, keys: [first_id(period.from_ms), empty.clone(), empty] }
    }
}

/// Row ids are UUIDs of version 7: they sort by their time. This one sorts before all of a moment.
fn first_id(ms: i64) -> String {
    let ms = u64::try_from(ms).unwrap_or(0);
    format!("{:08x}-{:04x}", ms >> 16, ms & 0xffff)
}

/// A page: its rows, and where the next one begins; `None` after the last.
pub type Page = (Vec<Row>, Option<After>);

/// The rows after a place.
///
/// # Errors
/// When the database fails, or a row cannot be read.
pub async fn page(db: &Database, kind: Kind, period: Period, after: &After) -> Result<Page, sqlx::Error> {
    match kind {
        Kind::Orders => orders(db, period, after, |one, rows| rows.push(order_row(one))).await,
        Kind::OrderLines => orders(db, period, after, line_rows).await,
        Kind::Returns => returns(db, period, after).await,
        Kind::ReturnCosts => return_costs(db, period, after).await,
        Kind::StockMovements => movements(db, period, after).await,
    }
}

/// Whether there may be more, and after which row.
fn next<T>(found: &[T], place: impl Fn(&T) -> After) -> Option<After> {
    let is_full = i64::try_from(found.len()).is_ok_and(|count| count >= PAGE);
    found.last().filter(|_| is_full).map(place)
}

const ORDERS: &str = "select bap_id, id, state, fulfilment_state, body, created_at_ms, updated_at_ms from orders \
     where (created_at_ms, bap_id, id) > ($1, $2, $3) and created_at_ms <= $4 order by created_at_ms, bap_id, id limit $5";

#[derive(sqlx::FromRow)]
struct StoredOrder {
    bap_id: String,
    id: String,
    state: String,
    fulfilment_state: String,
    body: String,
    created_at_ms: i64,
    updated_at_ms: i64,
}

/// An order beside what its row says.
struct OneOrder {
    row: StoredOrder,
    order: Order,
}

async fn orders(
    db: &Database,
    period: Period,
    after: &After,
    tell: impl Fn(&OneOrder, &mut Vec<Row>),
) -> Result<Page, sqlx::Error> {
    // The first key of the beginning is an id, which is no buyer app; nothing sorts between a moment's begin and it.
    let [bap_id, id] =
        if after.keys[1].is_empty() { ["", ""] } else { [after.keys[0].as_str(), after.keys[1].as_str()] };
    let found: Vec<StoredOrder> = read!(db, |c| sqlx::query_as(ORDERS)
        .bind(after.ms)
        .bind(bap_id)
        .bind(id)
        .bind(period.to_ms)
        .bind(PAGE)
        .fetch_all(c)
        .await)?;
    let next =
        next(&found, |row| After { ms: row.created_at_ms, keys: [row.bap_id.clone(), row.id.clone(), String::new()] });
    let mut rows = Vec::new();
    for row in found {
        let order = body::read(&row.body)?;
        tell(&OneOrder { row, order }, &mut rows);
    }
    Ok((rows, next))
}

fn order_row(one: &OneOrder) -> Row {
    let (row, order) = (&one.row, &one.order);
    let sum = |kinds: &[LineKind]| -> Cell {
        let lines = order.quote.lines.iter().filter(|line| kinds.contains(&line.kind));
        money(lines.map(|line| line.price).sum())
    };
    let (cancelled_by, reason) = match &order.cancellation {
        Some(cancelled) => (cancelled.cancelled_by.as_str(), cancelled.reason_id.as_str()),
        None => ("", ""),
    };
    vec![
        Cell::text(&row.id),
        Cell::text(&row.bap_id),
        Cell::text(&order.transaction_id),
        Cell::text(&order.partner_id),
        Cell::text(&row.state),
        Cell::text(&row.fulfilment_state),
        Cell::text(&order.quote.currency),
        sum(&[LineKind::Item]),
        sum(&[LineKind::Tax]),
        sum(&[LineKind::Discount, LineKind::Offer]),
        sum(&[LineKind::Delivery]),
        sum(&[LineKind::Packing, LineKind::Misc]),
        money(order.quote.total()),
        Cell::Time(row.created_at_ms),
        Cell::Time(row.updated_at_ms),
        Cell::text(cancelled_by),
        Cell::text(reason),
    ]
}

fn line_rows(one: &OneOrder, rows: &mut Vec<Row>) {
    let (row, order) = (&one.row, &one.order);
    rows.extend(order.quote.lines.iter().map(|line| {
        vec![
            Cell::text(&row.id),
            Cell::text(&row.bap_id),
            Cell::text(&order.partner_id),
            Cell::text(line.kind.as_str()),
            Cell::text(&line.id),
            Cell::text(&line.title),
            line.count.map_or(Cell::Empty, |count| Cell::Number(count.into())),
            line.unit_price.map_or(Cell::Empty, money),
            money(line.price),
            Cell::text(&order.quote.currency),
            Cell::Time(row.created_at_ms),
        ]
    }));
}

fn money(amount: Money) -> Cell {
    Cell::Money(amount.wire())
}

const RETURNS: &str = "select return_id, order_id, bap_id, partner_id, holder_id, state, reason_id, value_minor, refund_minor, \
     asked_ms, updated_ms from return_cases where (asked_ms, bap_id, order_id, return_id) > ($1, $2, $3, $4) and asked_ms <= $5 \
     order by asked_ms, bap_id, order_id, return_id limit $6";

type Return = (String, String, String, String, String, String, String, i64, i64, i64, i64);

async fn returns(db: &Database, period: Period, after: &After) -> Result<Page, sqlx::Error> {
    let [bap_id, order_id, return_id] = match after.keys[2].as_str() {
        "" => ["", "", ""],
        return_id => [after.keys[0].as_str(), after.keys[1].as_str(), return_id],
    };
    let found: Vec<Return> = read!(db, |c| sqlx::query_as(RETURNS)
        .bind(after.ms)
        .bind(bap_id)
        .bind(order_id)
        .bind(return_id)
        .bind(period.to_ms)
        .bind(PAGE)
        .fetch_all(c)
        .await)?;
    let next = next(&found, |row| After { ms: row.9, keys: [row.2.clone(), row.1.clone(), row.0.clone()] });
    let row = |(
        return_id,
        order_id,
        bap_id,
        partner_id,
        holder_id,
        state,
        reason_id,
        value,
        refund,
        asked,
        updated,
    ): Return| {
        let mut row: Row = [return_id, order_id, bap_id, partner_id, holder_id, state, reason_id]
            .into_iter()
            .map(Cell::text)
            .collect();
        row.extend([value, refund].map(|minor| money(Money::from_minor(minor))));
        row.extend([asked, updated].map(Cell::Time));
        row
    };
    Ok((found.into_iter().map(row).collect(), next))
}

const RETURN_COSTS: &str = "select id, account, partner_id, order_id, bap_id, return_id, entry, amount, claim_id, at_ms \
     from partner_ledger where id > $1 and id < $2 order by id limit $3";

type ReturnCost = (String, String, String, String, String, String, String, String, String, i64);

async fn return_costs(db: &Database, period: Period, after: &After) -> Result<Page, sqlx::Error> {
    let found: Vec<ReturnCost> = read!(db, |c| sqlx::query_as(RETURN_COSTS)
        .bind(&after.keys[0])
        .bind(first_id(period.to_ms + 1))
        .bind(PAGE)
        .fetch_all(c)
        .await)?;
    let next = next(&found, |row| by_id(row.9, &row.0));
    let row = |(id, account, partner_id, order_id, bap_id, return_id, entry, amount, claim_id, at): ReturnCost| {
        let mut row: Row =
            [id, account, partner_id, order_id, bap_id, return_id, entry].into_iter().map(Cell::text).collect();
        row.extend([Cell::Money(amount), Cell::text(claim_id), Cell::Time(at)]);
        row
    };
    Ok((found.into_iter().map(row).collect(), next))
}

const MOVEMENTS: &str = "select id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms \
     from stock_movements where id > $1 and id < $2 order by id limit $3";

type Movement = (String, String, String, String, i64, i64, i64, i64, String, i64);

async fn movements(db: &Database, period: Period, after: &After) -> Result<Page, sqlx::Error> {
    let found: Vec<Movement> = read!(db, |c| sqlx::query_as(MOVEMENTS)
        .bind(&after.keys[0])
        .bind(first_id(period.to_ms + 1))
        .bind(PAGE)
        .fetch_all(c)
        .await)?;
    let next = next(&found, |row| by_id(row.9, &row.0));
    let row = |(id, partner_id, sku, kind, on_hand, held, committed, safety, reference, at): Movement| {
        let mut row: Row = [id, partner_id, sku, kind].into_iter().map(Cell::text).collect();
        row.extend([on_hand, held, committed, safety].map(Cell::Number));
        row.extend([Cell::text(reference), Cell::Time(at)]);
        row
    };
    Ok((found.into_iter().map(row).collect(), next))
}

fn by_id(ms: i64, id: &str) -> After {
    After { ms, keys: [id.to_owned(), String::new(), String::new()] }
}
