//! Many counts at once: a handful of statements for a chunk, each with a JSON list of rows.
//!
//! The shelves are locked first, in the order in which carts lock them. What differs is decided by the same rules as a single
//! count. Shelves with lots or quotas take the way of a single count: they need more than their own row.

use std::collections::{BTreeMap, BTreeSet};

use node::{Database, Tx, run};
use serde_json::{Value, json};

use crate::feed::Position;
use crate::inventory::{Balance, Channel, Command, Limits, Trust, decide};

use super::changes;
use super::reservation::StockError;
use super::shelf::{self, ShelfKey};
use super::stamp::Stamp;
use super::stock;

/// Tries of a chunk when another transaction is in the way.
const TRY_MAX: u32 = 5;

/// What became of a chunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    partner_id: String,
    sku: String,
    #[sqlx(flatten)]
    shelf: shelf::Row,
}

macro_rules! shelves {
    ($from:literal, $order:literal) => {
        concat!(
            "select s.partner_id, s.sku, s.on_hand, s.held, s.committed, s.safety, s.reserve_b2b, s.cap_network, s.has_lots, ",
            "s.counted_at_ms, s.rejections, s.rejected_at_ms from ", $from,
            " cross join stock s where s.partner_id = f.value ->> 'p' and s.sku = f.value ->> 's' ", $order
        )
    };
}
/// The one writer of SQLite has locked everything already.
const LOCK: &str = shelves!("json_each($1) as f", "");
const LOCK_POSTGRES: &str = shelves!(
    "jsonb_array_elements($1::text::jsonb) as f(value)",
    "order by s.partner_id collate \"C\", s.sku collate \"C\" for update of s"
);

macro_rules! create {
    ($from:literal) => {
        concat!(
            "insert into stock (partner_id, sku, on_hand, held, committed, safety, counted_at_ms, updated_at_ms) ",
            "select f.value ->> 'p', f.value ->> 's', 0, 0, 0, 0, $2, $2 from ",
            $from,
            " where true on conflict (partner_id, sku) do nothing"
        )
    };
}
const CREATE: &str = create!("json_each($1) as f");
const CREATE_POSTGRES: &str = create!("jsonb_array_elements($1::text::jsonb) as f(value)");

macro_rules! set {
    ($from:literal) => {
        concat!(
            "update stock set on_hand = cast(f.value ->> 'h' as bigint), safety = cast(f.value ->> 'f' as bigint), ",
            "counted_at_ms = $2, updated_at_ms = $2 from ",
            $from,
            " where stock.partner_id = f.value ->> 'p' and stock.sku = f.value ->> 's'"
        )
    };
}
const SET: &str = set!("json_each($1) as f");
const SET_POSTGRES: &str = set!("jsonb_array_elements($1::text::jsonb) as f(value)");

macro_rules! record {
    ($from:literal) => {
        concat!(
            "insert into stock_movements ",
            "(id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms) ",
            "select f.value ->> 'i', f.value ->> 'p', f.value ->> 's', 'count', cast(f.value ->> 'h' as bigint), 0, 0, ",
            "cast(f.value ->> 'f' as bigint), $2, $3 from ", $from
        )
    };
}
const RECORD: &str = record!("json_each($1) as f");
const RECORD_POSTGRES: &str = record!("jsonb_array_elements($1::text::jsonb) as f(value)");

macro_rules! tell {
    ($from:literal) => {
        concat!(
            "insert into catalogue_changes (id, partner_id, sku, pushed, at_ms) ",
            "select f.value ->> 'i', f.value ->> 'p', f.value ->> 's', false, $2 from ",
            $from
        )
    };
}
const TELL: &str = tell!("json_each($1) as f");
const TELL_POSTGRES: &str = tell!("jsonb_array_elements($1::text::jsonb) as f(value)");

/// Writes a chunk in one transaction; when another one is in the way, once more.
///
/// # Errors
/// When the database fails.
pub async fn write(
    db: &Database,
    chunk: &BTreeMap<ShelfKey, Position>,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Written, sqlx::Error> {
    let mut tries = 1;
    loop {
        match attempt(db, chunk, reference, stamp).await {
            Err(error) if tries < TRY_MAX && is_in_the_way(&error) => tries += 1,
            done => return done,
        }
    }
}

/// A deadlock or a failed serialization of PostgreSQL: nothing was written.
fn is_in_the_way(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "40P01" || code == "40001")
}

async fn attempt(
    db: &Database,
    chunk: &BTreeMap<ShelfKey, Position>,
    reference: &str,
    stamp: &Stamp<'_>,
) -> Result<Written, sqlx::Error> {
    let mut tx = db.begin().await?;
    let mut known = lock(&mut tx, chunk.keys()).await?;
    let found: BTreeSet<ShelfKey> = known.iter().map(Row::key).collect();
    let missing: Vec<&ShelfKey> = chunk.keys().filter(|key| !found.contains(*key)).collect();
    if !missing.is_empty() {
        let list = shelf::listed(missing.iter().copied());
        let sql = tx.sql(CREATE, CREATE_POSTGRES);
        run!(tx, |c| sqlx::query(sql).bind(&list).bind(stamp.ms()).execute(c).await.map(|_| ()))?;
        known.extend(lock(&mut tx, missing.iter().copied()).await?);
    }
    let mut done = Written { new: missing.len() as u64, ..Written::default() };
    let (mut set, mut moved, mut flipped) = (Vec::new(), Vec::new(), Vec::new());
    for row in &known {
        let key = row.key();
        let Some(position) = chunk.get(&key) else { continue };
        let is_new = !found.contains(&key);
        if row.shelf.has_lots || row.shelf.balance().has_quota() {
            let counted = stock::count(&mut tx, &key, position.on_hand, position.safety, reference, stamp).await;
            done.count(is_new, counted.map_err(in_sql)?.changed);
            continue;
        }
        let change = row.change(position, stamp);
        done.count(is_new, change.moved.is_some());
        set.push(change.set);
        moved.extend(change.moved);
        flipped.extend(change.flipped);
    }
    let ms = stamp.ms();
    if !set.is_empty() {
        let (sql, list) = (tx.sql(SET, SET_POSTGRES), Value::Array(set).to_string());
        run!(tx, |c| sqlx::query(sql).bind(&list).bind(ms).execute(c).await.map(|_| ()))?;
    }
    if !moved.is_empty() {
        let (sql, list) = (tx.sql(RECORD, RECORD_POSTGRES), Value::Array(moved).to_string());
        run!(tx, |c| sqlx::query(sql).bind(&list).bind(reference).bind(ms).execute(c).await.map(|_| ()))?;
    }
    if !flipped.is_empty() {
        let shelf = |one: &'_ Value| Some((one["p"].as_str()?.to_owned(), one["s"].as_str()?.to_owned()));
        let shelves: Vec<(String, String)> = flipped.iter().filter_map(shelf).collect();
        let (sql, list) = (tx.sql(TELL, TELL_POSTGRES), Value::Array(flipped).to_string());
        run!(tx, |c| sqlx::query(sql).bind(&list).bind(ms).execute(c).await.map(|_| ()))?;
        let shelves = shelves.iter().map(|(partner_id, sku)| (partner_id.as_str(), sku.as_str()));
        changes::tell(&mut tx, shelves, stamp).await?;
    }
    tx.commit().await?;
    Ok(done)
}

impl Written {
    fn count(&mut self, is_new: bool, changed: bool) {
        if is_new {
            return;
        }
        if changed { self.changed += 1 } else { self.unchanged += 1 }
    }
}

fn in_sql(error: StockError) -> sqlx::Error {
    match error {
        StockError::Sql(error) => error,
        other => sqlx::Error::Protocol(other.to_string()),
    }
}

async fn lock<'a>(tx: &mut Tx, keys: impl Iterator<Item = &'a ShelfKey>) -> Result<Vec<Row>, sqlx::Error> {
    let (sql, list) = (tx.sql(LOCK, LOCK_POSTGRES), shelf::listed(keys));
    run!(tx, |c| sqlx::query_as::<_, Row>(sql).bind(&list).fetch_all(c).await)
}

/// What a count means for a shelf without lots and quotas.
struct Change {
    set: Value,
    moved: Option<Value>,
    flipped: Option<Value>,
}

impl Row {
    fn key(&self) -> ShelfKey {
        ShelfKey::new(&self.partner_id, &self.sku)
    }

    fn change(&self, position: &Position, stamp: &Stamp<'_>) -> Change {
        let before = self.shelf.balance();
        let command = Command::Count { on_hand: position.on_hand, safety: position.safety };
        // A position was read as zero or more, and that is all a count asks for.
        let delta = decide(&before, command).unwrap_or_default();
        let after = before.plus(delta);
        let old = self.shelf.trust();
        let sells = |balance: &Balance, trust: &Trust| {
            let distrust = stamp.rules().safety.distrust(balance.on_hand, trust, stamp.ms());
            balance.left(Channel::Network, &Limits { distrust, ..Limits::default() }) > 0
        };
        let flips = sells(&before, &old) != sells(&after, &Trust { counted_ms: stamp.ms(), ..old });
        let (p, s) = (&self.partner_id, &self.sku);
        Change {
            set: json!({ "p": p, "s": s, "h": after.on_hand, "f": after.safety }),
            moved: (!delta.is_nothing())
                .then(|| json!({ "i": stamp.id(), "p": p, "s": s, "h": delta.on_hand, "f": delta.safety })),
            flipped: flips.then(|| json!({ "i": stamp.id(), "p": p, "s": s })),
        }
    }
}
