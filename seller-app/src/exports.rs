//! Tables for finance, of a span of time: rows by columns that stay as they are, as CSV or as NDJSON. Money is exact text.
//!
//! `store::exports` reads them page by page, `api::exports` streams them. Pure.

pub mod format;
pub mod period;

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Orders,
    OrderLines,
    Returns,
    ReturnCosts,
    StockMovements,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Orders, Kind::OrderLines, Kind::Returns, Kind::ReturnCosts, Kind::StockMovements];

    /// As the address has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Orders => "orders",
            Kind::OrderLines => "order-lines",
            Kind::Returns => "returns",
            Kind::ReturnCosts => "return-costs",
            Kind::StockMovements => "stock-movements",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What it is, for people.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Orders => "Orders placed: what they came to, and what became of them",
            Kind::OrderLines => "The lines of their quotes as they stand: goods, tax, delivery, discounts",
            Kind::Returns => "Returns asked: value and refund",
            Kind::ReturnCosts => "Who bears what returns cost",
            Kind::StockMovements => "The stock ledger: every change of every shelf",
        }
    }

    /// Names of the columns. New ones are added at the end.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Kind::Orders => &[
                "order_id",
                "buyer_app",
                "transaction_id",
                "partner_id",
                "state",
                "delivery_state",
                "currency",
                "goods",
                "tax",
                "discount",
                "delivery",
                "other",
                "total",
                "created_at",
                "updated_at",
                "cancelled_by",
                "cancel_reason",
            ],
            Kind::OrderLines => &[
                "order_id",
                "buyer_app",
                "partner_id",
                "kind",
                "id",
                "title",
                "count",
                "unit_price",
                "price",
                "currency",
                "created_at",
            ],
            Kind::Returns => &[
                "return_id",
                "order_id",
                "buyer_app",
                "partner_id",
                "holder_id",
                "state",
                "reason_id",
                "value",
                "refund",
                "asked_at",
                "updated_at",
            ],
            Kind::ReturnCosts => &[
                "id",
                "account",
                "partner_id",
                "order_id",
                "buyer_app",
                "return_id",
                "entry",
                "amount",
                "claim_id",
                "at",
            ],
            Kind::StockMovements => {
                &["id", "partner_id", "sku", "kind", "on_hand", "held", "committed", "safety", "reference", "at"]
            }
        }
    }
}

/// One value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(i64),
    /// With its decimals, exact.
    Money(String),
    /// Unix milliseconds.
    Time(i64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }
}

/// The values of a row, in the order of the columns.
pub type Row = Vec<Cell>;
