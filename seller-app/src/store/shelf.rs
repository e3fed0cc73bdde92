//! One shelf = one SKU at one partner: its balance and the append-only ledger behind it.
//!
//! Every change takes the same path: lock the shelf's row, let holds that have run out fall, move the balance and write
//! the movement. A transaction that touches several shelves locks them in the order of `ShelfKey`, so that two buyers
//! never wait for each other in a ring.

use node::{Tx, run};
use serde::{Deserialize, Serialize};

use super::changes;
use super::stamp::Stamp;

/// Names a shelf.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ShelfKey {
    pub partner_id: String,
    pub sku: String,
}

impl ShelfKey {
    pub fn new(partner_id: impl Into<String>, sku: impl Into<String>) -> Self {
        Self { partner_id: partner_id.into(), sku: sku.into() }
    }
}

/// Units on a shelf. `safety` units are never promised to the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow, Serialize)]
pub struct Balance {
    pub on_hand: i64,
    pub held: i64,
    pub committed: i64,
    pub safety: i64,
}

impl Balance {
    /// Units that can still be promised; never below zero.
    pub fn available(&self) -> i64 {
        (self.on_hand - self.held - self.committed - self.safety).max(0)
    }

    fn plus(self, delta: Balance) -> Balance {
        Balance {
            on_hand: self.on_hand + delta.on_hand,
            held: self.held + delta.held,
            committed: self.committed + delta.committed,
            safety: self.safety + delta.safety,
        }
    }
}

/// Why the balance moved; the `kind` column of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    Count,
    Adjust,
    Hold,
    Expire,
    Commit,
    Release,
    Ship,
    Restock,
}

impl Movement {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Adjust => "adjust",
            Self::Hold => "hold",
            Self::Expire => "expire",
            Self::Commit => "commit",
            Self::Release => "release",
            Self::Ship => "ship",
            Self::Restock => "restock",
        }
    }
}

/// A shelf whose row this transaction has locked. Call `close` when done: it tells the catalogue when availability flipped.
#[derive(Debug)]
pub struct LockedShelf {
    pub key: ShelfKey,
    opened: Balance,
    pub balance: Balance,
}

/// The write is also the lock, on both engines: the row stays ours until the transaction ends.
const LOCK: &str = "update stock set updated_at_ms = $3 where partner_id = $1 and sku = $2 \
     returning on_hand, held, committed, safety";
const CREATE: &str = "insert into stock (partner_id, sku, on_hand, held, committed, safety, counted_at_ms, updated_at_ms) \
     values ($1, $2, 0, 0, 0, 0, $3, $3) on conflict (partner_id, sku) do nothing";
const FALL: &str = "update reservations set state = 'expired', updated_at_ms = $3 \
     where partner_id = $1 and sku = $2 and state = 'held' and expires_at_ms <= $3 returning count";
/// The guard against selling twice: it holds even if everything before it was wrong.
const MOVE_GUARDED: &str = "update stock set held = held + $3, committed = committed + $4, updated_at_ms = $5 \
     where partner_id = $1 and sku = $2 and on_hand - held - committed - safety >= $3 + $4";
const MOVE: &str = "update stock set on_hand = on_hand + $3, held = held + $4, committed = committed + $5, \
     safety = safety + $6, updated_at_ms = $7 where partner_id = $1 and sku = $2";
const RECORD: &str = "insert into stock_movements \
     (id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

impl LockedShelf {
    /// Locks a shelf and lets holds that have run out fall. `None` = no such shelf.
    pub async fn open(tx: &mut Tx, key: &ShelfKey, stamp: &Stamp<'_>) -> Result<Option<Self>, sqlx::Error> {
        let found = run!(tx, |c| sqlx::query_as::<_, Balance>(LOCK)
            .bind(&key.partner_id)
            .bind(&key.sku)
            .bind(stamp.ms())
            .fetch_optional(c)
            .await)?;
        let Some(balance) = found else { return Ok(None) };
        let mut shelf = Self { key: key.clone(), opened: balance, balance };
        shelf.let_expired_fall(tx, stamp).await?;
        Ok(Some(shelf))
    }

    /// As `open`, and makes an empty shelf when there is none.
    pub async fn open_or_create(tx: &mut Tx, key: &ShelfKey, stamp: &Stamp<'_>) -> Result<Option<Self>, sqlx::Error> {
        run!(tx, |c| sqlx::query(CREATE)
            .bind(&key.partner_id)
            .bind(&key.sku)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        Self::open(tx, key, stamp).await
    }

    async fn let_expired_fall(&mut self, tx: &mut Tx, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
        let fallen: Vec<i64> = run!(tx, |c| sqlx::query_scalar(FALL)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(stamp.ms())
            .fetch_all(c)
            .await)?;
        let units: i64 = fallen.iter().sum();
        if units > 0 {
            let delta = Balance { held: -units, ..Balance::default() };
            self.shift(tx, Movement::Expire, delta, "", stamp).await?;
        }
        Ok(())
    }

    /// Takes units for a buyer, only if they are there. `false` = shortage, nothing moved.
    pub async fn take(
        &mut self,
        tx: &mut Tx,
        movement: Movement,
        taken: Taken,
        reference: &str,
        stamp: &Stamp<'_>,
    ) -> Result<bool, sqlx::Error> {
        let delta = match taken {
            Taken::Held(units) => Balance { held: units, ..Balance::default() },
            Taken::Committed(units) => Balance { committed: units, ..Balance::default() },
        };
        let moved = run!(tx, |c| sqlx::query(MOVE_GUARDED)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(delta.held)
            .bind(delta.committed)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if moved == 0 {
            return Ok(false);
        }
        self.balance = self.balance.plus(delta);
        self.record(tx, movement, delta, reference, stamp).await?;
        Ok(true)
    }

    /// Moves the balance without asking whether units are free: giving back, shipping, counting.
    pub async fn shift(
        &mut self,
        tx: &mut Tx,
        movement: Movement,
        delta: Balance,
        reference: &str,
        stamp: &Stamp<'_>,
    ) -> Result<(), sqlx::Error> {
        run!(tx, |c| sqlx::query(MOVE)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(delta.on_hand)
            .bind(delta.held)
            .bind(delta.committed)
            .bind(delta.safety)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        self.balance = self.balance.plus(delta);
        self.record(tx, movement, delta, reference, stamp).await
    }

    async fn record(
        &self,
        tx: &mut Tx,
        movement: Movement,
        delta: Balance,
        reference: &str,
        stamp: &Stamp<'_>,
    ) -> Result<(), sqlx::Error> {
        run!(tx, |c| sqlx::query(RECORD)
            .bind(stamp.id())
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(movement.as_str())
            .bind(delta.on_hand)
            .bind(delta.held)
            .bind(delta.committed)
            .bind(delta.safety)
            .bind(reference)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|_| ()))
    }

    /// Ends the work on this shelf: when it became empty, or is no longer, the catalogue has changed.
    pub async fn close(self, tx: &mut Tx, stamp: &Stamp<'_>) -> Result<Balance, sqlx::Error> {
        if (self.opened.available() > 0) != (self.balance.available() > 0) {
            changes::note(tx, &self.key.partner_id, &self.key.sku, stamp).await?;
        }
        Ok(self.balance)
    }
}

/// What a buyer takes from a shelf.
#[derive(Clone, Copy, Debug)]
pub enum Taken {
    Held(i64),
    Committed(i64),
}
