//! Whether the balances are what the ledger and the reservations say, and mending those that are not.
//!
//! The ledger (`stock_movements`) is the truth about goods, safety and quotas; the reservations are the truth about what is held
//! and sold, because carts and orders live by them. Each question is one statement, so it sees one moment, also while the
//! program serves.

use std::collections::BTreeMap;

use node::{Database, Tx, read, run};

use super::shelf::{Movement, ShelfKey};
use super::stamp::Stamp;

mod mend;

pub use mend::{Mended, mend};

/// Which number of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    OnHand,
    Held,
    Committed,
    Safety,
    ReserveB2b,
    CapNetwork,
    LotOnHand,
    LotCommitted,
}

impl Figure {
    pub fn as_str(self) -> &'static str {
        match self {
            Figure::OnHand => "on hand",
            Figure::Held => "held",
            Figure::Committed => "committed",
            Figure::Safety => "safety",
            Figure::ReserveB2b => "reserve for b2b",
            Figure::CapNetwork => "cap for network",
            Figure::LotOnHand => "on hand of the lot",
            Figure::LotCommitted => "committed of the lot",
        }
    }
}

/// A number that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub shelf: ShelfKey,
    /// Empty for the shelf as a whole.
    pub lot: String,
    pub figure: Figure,
    /// What the balance says.
    pub books: i64,
    /// What the movements add up to.
    pub ledger: i64,
    /// What the live reservations add up to; only for what is held or committed.
    pub reservations: Option<i64>,
}

impl Disagreement {
    /// What the balance should say.
    pub fn truth(&self) -> i64 {
        self.reservations.unwrap_or(self.ledger)
    }
}

impl std::fmt::Display for Disagreement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Disagreement { shelf, lot, figure, books, ledger, reservations } = self;
        write!(f, "partner {}, {}", shelf.partner_id, shelf.sku)?;
        if !lot.is_empty() {
            write!(f, ", lot {lot}")?;
        }
        write!(f, ": {}: books {books}, ledger {ledger}", figure.as_str())?;
        reservations.map_or(Ok(()), |units| write!(f, ", reservations {units}"))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: String,
    sku: String,
    lot: String,
    /// Books, ledger and reservations, each of them: on hand, held, committed, safety, reserve, cap.
    b_on_hand: i64,
    b_held: i64,
    b_committed: i64,
    b_safety: i64,
    b_reserve: i64,
    b_cap: i64,
    l_on_hand: i64,
    l_held: i64,
    l_committed: i64,
    l_safety: i64,
    l_reserve: i64,
    l_cap: i64,
    r_held: i64,
    r_committed: i64,
}

/// Sums of the ledger and of the reservations by shelf, beside every shelf that any of the three knows.
macro_rules! shelves {
    ($one:literal) => {
        concat!(
            "with ledger as (select partner_id, sku, cast(sum(on_hand_delta) as bigint) as on_hand, cast(sum(held_delta) as bigint) as held, ",
            "cast(sum(committed_delta) as bigint) as committed, cast(sum(safety_delta) as bigint) as safety, ",
            "cast(sum(reserve_delta) as bigint) as reserve, cast(sum(cap_delta) as bigint) as cap ",
            "from stock_movements where 1 = 1 ", $one, " group by partner_id, sku), ",
            "live as (select partner_id, sku, cast(sum(case when state = 'held' then count else 0 end) as bigint) as held, ",
            "cast(sum(case when state = 'committed' then count else 0 end) as bigint) as committed ",
            "from reservations where state in ('held', 'committed') ", $one, " group by partner_id, sku), ",
            "known as (select partner_id, sku from stock where 1 = 1 ", $one, " union select partner_id, sku from ledger union select partner_id, sku from live) ",
            "select * from (select k.partner_id, k.sku, '' as lot, ",
            "coalesce(s.on_hand, 0) as b_on_hand, coalesce(s.held, 0) as b_held, coalesce(s.committed, 0) as b_committed, ",
            "coalesce(s.safety, 0) as b_safety, coalesce(s.reserve_b2b, 0) as b_reserve, coalesce(s.cap_network, -1) as b_cap, ",
            "coalesce(l.on_hand, 0) as l_on_hand, coalesce(l.held, 0) as l_held, coalesce(l.committed, 0) as l_committed, ",
            "coalesce(l.safety, 0) as l_safety, coalesce(l.reserve, 0) as l_reserve, coalesce(l.cap, 0) - 1 as l_cap, ",
            "coalesce(r.held, 0) as r_held, coalesce(r.committed, 0) as r_committed ",
            "from known k left join stock s on s.partner_id = k.partner_id and s.sku = k.sku ",
            "left join ledger l on l.partner_id = k.partner_id and l.sku = k.sku ",
            "left join live r on r.partner_id = k.partner_id and r.sku = k.sku) told ",
            "where b_on_hand <> l_on_hand or b_held <> l_held or b_committed <> l_committed or b_safety <> l_safety ",
            "or b_reserve <> l_reserve or b_cap <> l_cap or b_held <> r_held or b_committed <> r_committed ",
            "order by partner_id, sku"
        )
    };
}
const SHELVES: &str = shelves!("");
const ONE_SHELF: &str = shelves!("and partner_id = $1 and sku = $2");

/// The same for named lots, which have only goods and what is sold of them.
macro_rules! lots {
    ($one:literal) => {
        concat!(
            "with ledger as (select partner_id, sku, lot, cast(sum(on_hand_delta) as bigint) as on_hand, ",
            "cast(sum(committed_delta) as bigint) as committed from stock_movements where lot <> '' ", $one, " group by partner_id, sku, lot), ",
            "live as (select partner_id, sku, lot, cast(sum(count) as bigint) as committed ",
            "from reservations where state = 'committed' and lot <> '' ", $one, " group by partner_id, sku, lot), ",
            "known as (select partner_id, sku, lot from stock_lots where 1 = 1 ", $one, " union select partner_id, sku, lot from ledger ",
            "union select partner_id, sku, lot from live) ",
            "select * from (select k.partner_id, k.sku, k.lot, coalesce(s.on_hand, 0) as b_on_hand, 0 as b_held, ",
            "coalesce(s.committed, 0) as b_committed, 0 as b_safety, 0 as b_reserve, 0 as b_cap, ",
            "coalesce(l.on_hand, 0) as l_on_hand, 0 as l_held, coalesce(l.committed, 0) as l_committed, 0 as l_safety, 0 as l_reserve, 0 as l_cap, ",
            "0 as r_held, coalesce(r.committed, 0) as r_committed ",
            "from known k left join stock_lots s on s.partner_id = k.partner_id and s.sku = k.sku and s.lot = k.lot ",
            "left join ledger l on l.partner_id = k.partner_id and l.sku = k.sku and l.lot = k.lot ",
            "left join live r on r.partner_id = k.partner_id and r.sku = k.sku and r.lot = k.lot) told ",
            "where b_on_hand <> l_on_hand or b_committed <> l_committed or b_committed <> r_committed ",
            "order by partner_id, sku, lot"
        )
    };
}
const LOTS: &str = lots!("");
const LOTS_OF_ONE: &str = lots!("and partner_id = $1 and sku = $2");

impl Row {
    fn disagreements(&self) -> Vec<Disagreement> {
        let held = (Figure::Held, self.b_held, self.l_held, Some(self.r_held));
        let (r_committed, is_lot) = (Some(self.r_committed), !self.lot.is_empty());
        let figures = if is_lot {
            vec![
                (Figure::LotOnHand, self.b_on_hand, self.l_on_hand, None),
                (Figure::LotCommitted, self.b_committed, self.l_committed, r_committed),
            ]
        } else {
            vec![
                (Figure::OnHand, self.b_on_hand, self.l_on_hand, None),
                held,
                (Figure::Committed, self.b_committed, self.l_committed, r_committed),
                (Figure::Safety, self.b_safety, self.l_safety, None),
                (Figure::ReserveB2b, self.b_reserve, self.l_reserve, None),
                (Figure::CapNetwork, self.b_cap, self.l_cap, None),
            ]
        };
        let wrong = figures
            .into_iter()
            .filter(|(_, books, ledger, live)| books != ledger || live.is_some_and(|live| live != *books));
        let shelf = ShelfKey::new(&self.partner_id, &self.sku);
        let tell = |(figure, books, ledger, reservations)| Disagreement {
            shelf: shelf.clone(),
            lot: self.lot.clone(),
            figure,
            books,
            ledger,
            reservations,
        };
        wrong.map(tell).collect()
    }
}

/// Every disagreement of all shelves and lots, by partner and SKU. Reads the whole ledger.
///
/// # Errors
/// When the database fails.
pub async fn verify(db: &Database) -> Result<Vec<Disagreement>, sqlx::Error> {
    let shelves = read!(db, |c| sqlx::query_as::<_, Row>(SHELVES).fetch_all(c).await)?;
    let lots = read!(db, |c| sqlx::query_as::<_, Row>(LOTS).fetch_all(c).await)?;
    let mut found: Vec<Disagreement> = shelves.iter().chain(&lots).flat_map(Row::disagreements).collect();
    found.sort_by(|a, b| (&a.shelf, &a.lot, a.figure).cmp(&(&b.shelf, &b.lot, b.figure)));
    Ok(found)
}

/// The same of one shelf, inside a transaction that has locked it.
async fn verify_one(tx: &mut Tx, key: &ShelfKey) -> Result<Vec<Disagreement>, sqlx::Error> {
    let (partner_id, sku) = (&key.partner_id, &key.sku);
    let mut rows: Vec<Row> = run!(tx, |c| sqlx::query_as(ONE_SHELF).bind(partner_id).bind(sku).fetch_all(c).await)?;
    let lots: Vec<Row> = run!(tx, |c| sqlx::query_as(LOTS_OF_ONE).bind(partner_id).bind(sku).fetch_all(c).await)?;
    rows.extend(lots);
    Ok(rows.iter().flat_map(Row::disagreements).collect())
}
