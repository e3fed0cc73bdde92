//! The table of stock: what each partner sells, how many it has, and (optional) at which price.

use crate::money::Money;

use super::cell;
use super::table::{Columns, Fault, Line, rows};

/// What the file must and may have.
pub const COLUMNS: Columns =
    Columns { table: "stock", required: &["partner_id", "sku", "on_hand"], optional: &["safety", "price", "active"] };

/// One shelf as counted.
#[derive(Clone, Debug, PartialEq)]
pub struct StockCount {
    pub row: u64,
    pub partner_id: String,
    pub sku: String,
    pub on_hand: i64,
    /// `None` leaves the safety stock as it is.
    pub safety: Option<i64>,
    /// `None` = the item's own price.
    pub price: Option<Money>,
    /// False takes the item off the network at this partner.
    pub active: bool,
}

/// Reads the table; whether partners and items exist is checked by the caller, who knows them.
pub fn read(bytes: &[u8], faults: &mut Vec<Fault>) -> Vec<StockCount> {
    rows(COLUMNS, bytes, faults, count).into_iter().map(|(_, count)| count).collect()
}

fn count(line: &mut Line<'_>) -> Option<StockCount> {
    let partner_id = line.required("partner_id");
    let sku = line.required("sku");
    let on_hand = line.parsed("on_hand", cell::UNITS, cell::units);
    let safety = line.optional("safety", cell::UNITS, cell::units);
    let price =
        line.optional_decimal("price", cell::AMOUNT, |text| cell::amount(text).filter(|amount| !amount.is_zero()));
    let active = line.yes_no("active", true);
    Some(StockCount { row: line.row, partner_id, sku, on_hand: on_hand?, safety, price, active })
}
