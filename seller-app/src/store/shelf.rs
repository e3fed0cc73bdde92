//! One shelf = one SKU at one partner: its balance and the append-only ledger behind it.
//!
//! Every change takes the same path: lock the shelf's row, let holds that have run out fall, ask the ledger's rules
//! (`inventory::ledger`), move the balance and write the movement. A transaction that touches several shelves locks them in the
//! order of `ShelfKey`, so that two buyers never wait for each other in a ring.

use node::{Tx, run};
use serde::{Deserialize, Serialize};

use crate::inventory::{Balance, Channel, Command, Delta, Limits, Lot, Refused, Trust, decide, lots as fefo};

use super::stamp::Stamp;
use super::{changes, lots};

mod books;

pub use books::Movement;

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

/// Shelves as a JSON list, for statements about many of them: `p` is the partner, `s` the item.
pub(super) fn listed<'a>(keys: impl IntoIterator<Item = &'a ShelfKey>) -> String {
    let one = |key: &ShelfKey| serde_json::json!({ "p": key.partner_id, "s": key.sku });
    serde_json::Value::Array(keys.into_iter().map(one).collect()).to_string()
}

/// Which lot a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfLot<'a> {
    /// Whichever is right: sold first what expires first.
    Any,
    /// This one; an empty name is the unnamed lot.
    Named(&'a str),
}

/// A shelf whose row this transaction has locked. Call `close` when done: it tells the catalogue when availability flipped.
#[derive(Debug)]
pub struct LockedShelf {
    pub key: ShelfKey,
    pub balance: Balance,
    /// Empty for a shelf that keeps no lots.
    pub lots: Vec<Lot>,
    trust: Trust,
    /// Held and committed for the network and for B2B; counted only when the shelf has a quota.
    live: [i64; 2],
    /// Days of life that the channels want.
    min_life: [u32; 2],
    opened_left: i64,
}

/// What was done to the shelf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub delta: Delta,
    /// Lots that were sold, each with its units; one unnamed part where no lots are kept.
    pub parts: Vec<fefo::Part>,
}

/// One shelf as it is stored.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    on_hand: i64,
    held: i64,
    committed: i64,
    safety: i64,
    reserve_b2b: i64,
    cap_network: i64,
    pub(super) has_lots: bool,
    counted_at_ms: i64,
    rejections: i64,
    rejected_at_ms: i64,
}

impl Row {
    pub(super) fn balance(&self) -> Balance {
        let &Row { on_hand, held, committed, safety, reserve_b2b, cap_network, .. } = self;
        Balance { on_hand, held, committed, safety, reserve_b2b, cap_network }
    }

    pub(super) fn trust(&self) -> Trust {
        Trust { counted_ms: self.counted_at_ms, rejections: self.rejections, rejected_ms: self.rejected_at_ms }
    }
}

/// The write is also the lock, on both engines: the row stays ours until the transaction ends.
const LOCK: &str = "update stock set updated_at_ms = $3 where partner_id = $1 and sku = $2 \
     returning on_hand, held, committed, safety, reserve_b2b, cap_network, has_lots, counted_at_ms, rejections, rejected_at_ms";
const CREATE: &str = "insert into stock (partner_id, sku, on_hand, held, committed, safety, counted_at_ms, updated_at_ms) \
     values ($1, $2, 0, 0, 0, 0, $3, $3) on conflict (partner_id, sku) do nothing";
const FALL: &str = "update reservations set state = 'expired', updated_at_ms = $3 \
     where partner_id = $1 and sku = $2 and state = 'held' and expires_at_ms <= $3 returning count, channel";
const LIVE: &str = "select channel, cast(sum(count) as bigint) from reservations \
     where partner_id = $1 and sku = $2 and state in ('held', 'committed') group by channel";
const REJECTED: &str = "update stock set rejections = $3, rejected_at_ms = $4 where partner_id = $1 and sku = $2";

fn place(channel: Channel) -> usize {
    match channel {
        Channel::Network => 0,
        Channel::B2b => 1,
    }
}

impl LockedShelf {
    /// Locks a shelf and lets holds that have run out fall. `None` = no such shelf.
    pub async fn open(tx: &mut Tx, key: &ShelfKey, stamp: &Stamp<'_>) -> Result<Option<Self>, sqlx::Error> {
        let found = run!(tx, |c| sqlx::query_as::<_, Row>(LOCK)
            .bind(&key.partner_id)
            .bind(&key.sku)
            .bind(stamp.ms())
            .fetch_optional(c)
            .await)?;
        let Some(row) = found else { return Ok(None) };
        let trust = row.trust();
        let (lots, min_life) = match row.has_lots {
            true => (lots::of_shelf(tx, key).await?, lots::min_life(tx, key, stamp.rules()).await?),
            false => (Vec::new(), [0; 2]),
        };
        let balance = row.balance();
        let mut shelf = Self { key: key.clone(), balance, lots, trust, live: [0; 2], min_life, opened_left: 0 };
        if balance.has_quota() {
            shelf.live = live(tx, key).await?;
        }
        shelf.opened_left = shelf.left(Channel::Network, stamp);
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
        let fallen: Vec<(i64, String)> = run!(tx, |c| sqlx::query_as(FALL)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(stamp.ms())
            .fetch_all(c)
            .await)?;
        let units = fallen.iter().map(|(units, _)| units).sum();
        if units == 0 {
            return Ok(());
        }
        for (units, channel) in fallen {
            self.alive(Channel::parse(&channel).unwrap_or(Channel::Network), -units);
        }
        let done = self.apply(tx, Movement::Expire, Command::LetGo { units }, OfLot::Any, "", stamp).await?;
        done.map(|_| ()).map_err(|refused| disagree(&self.key, refused))
    }

    /// What limits new promises to a channel now.
    pub fn limits(&self, channel: Channel, stamp: &Stamp<'_>) -> Limits {
        Limits {
            distrust: stamp.rules().safety.distrust(self.balance.on_hand, &self.trust, stamp.ms()),
            too_short: fefo::too_short(&self.lots, stamp.ms(), self.min_life[place(channel)]),
            live_network: self.live[0],
            live_b2b: self.live[1],
        }
    }

    fn left(&self, channel: Channel, stamp: &Stamp<'_>) -> i64 {
        self.balance.left(channel, &self.limits(channel, stamp))
    }

    /// Units that can still be promised to a channel.
    pub fn available(&self, channel: Channel, stamp: &Stamp<'_>) -> i64 {
        self.left(channel, stamp).max(0)
    }

    /// Asks the rules and writes what they say. The inner error: they refuse, nothing moved.
    pub async fn apply(
        &mut self,
        tx: &mut Tx,
        movement: Movement,
        command: Command,
        lot: OfLot<'_>,
        reference: &str,
        stamp: &Stamp<'_>,
    ) -> Result<Result<Done, Refused>, sqlx::Error> {
        let delta = match decide(&self.balance, command) {
            Ok(delta) => delta,
            Err(refused) => return Ok(Err(refused)),
        };
        let Some(parts) = self.parts(command, delta, lot, stamp) else {
            let available = match command {
                Command::Hold(ask, _) | Command::Commit(ask, _) => self.available(ask.channel, stamp),
                _ => 0,
            };
            return Ok(Err(Refused::Short { available }));
        };
        if !delta.is_nothing() && !self.write(tx, movement, command, (delta, &parts), reference, stamp).await? {
            return Ok(Err(Refused::Short { available: self.balance.unpromised().max(0) }));
        }
        self.note_live(command);
        let sold = parts.into_iter().filter(|part| part.committed > 0);
        let parts = sold.map(|part| fefo::Part { lot: part.lot, units: part.committed }).collect();
        Ok(Ok(Done { delta, parts }))
    }

    fn note_live(&mut self, command: Command) {
        match command {
            Command::Hold(ask, _) | Command::Commit(ask, _) => self.alive(ask.channel, ask.units - ask.own),
            Command::Ship { channel, units } => self.alive(channel, -units),
            // The channel of what is let go is known to the caller: `alive`.
            Command::LetGo { .. } | Command::Uncommit { .. } => {}
            Command::Count { .. }
            | Command::Adjust { .. }
            | Command::Restock { .. }
            | Command::Reject(_)
            | Command::Quota { .. } => {}
        }
    }

    /// So many more units are held or committed for a channel.
    pub fn alive(&mut self, channel: Channel, units: i64) {
        self.live[place(channel)] += units;
    }

    /// The number proved wrong: it is trusted less from now on.
    pub async fn distrust(&mut self, tx: &mut Tx, stamp: &Stamp<'_>) -> Result<(), sqlx::Error> {
        let remembered = stamp.rules().safety.remembered(&self.trust, stamp.ms());
        self.trust = Trust { rejections: remembered + 1, rejected_ms: stamp.ms(), ..self.trust };
        run!(tx, |c| sqlx::query(REJECTED)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(self.trust.rejections)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|_| ()))
    }

    /// The shelf keeps this lot from now on, with this last day.
    pub async fn keep_lot(
        &mut self,
        tx: &mut Tx,
        lot: &str,
        expires_ms: i64,
        stamp: &Stamp<'_>,
    ) -> Result<(), sqlx::Error> {
        lots::create(tx, &self.key, (lot, expires_ms), stamp).await?;
        self.min_life = lots::min_life(tx, &self.key, stamp.rules()).await?;
        match self.lots.iter_mut().find(|known| known.name == lot) {
            Some(known) => known.expires_ms = expires_ms,
            None => self.lots.push(Lot { name: lot.to_owned(), expires_ms, on_hand: 0, committed: 0 }),
        }
        Ok(())
    }

    /// The number is as of now.
    pub fn counted_now(&mut self, stamp: &Stamp<'_>) {
        self.trust.counted_ms = stamp.ms();
    }

    /// Ends the work on this shelf: when it became empty, or is no longer, the catalogue has changed.
    pub async fn close(self, tx: &mut Tx, stamp: &Stamp<'_>) -> Result<Balance, sqlx::Error> {
        if (self.opened_left > 0) != (self.left(Channel::Network, stamp) > 0) {
            changes::note(tx, &self.key.partner_id, &self.key.sku, stamp).await?;
        }
        Ok(self.balance)
    }
}

async fn live(tx: &mut Tx, key: &ShelfKey) -> Result<[i64; 2], sqlx::Error> {
    let rows: Vec<(String, i64)> =
        run!(tx, |c| sqlx::query_as(LIVE).bind(&key.partner_id).bind(&key.sku).fetch_all(c).await)?;
    let mut live = [0; 2];
    for (channel, units) in rows {
        live[place(Channel::parse(&channel).unwrap_or(Channel::Network))] += units;
    }
    Ok(live)
}

/// The reservations say that more is held or sold than the balance does: only a person can say which is right.
#[derive(Debug, thiserror::Error)]
#[error("the books of {} at partner {} disagree with its reservations ({refused:?}): run `seller-app rebuild --verify`",
    key.sku, key.partner_id)]
pub struct BooksDisagree {
    key: ShelfKey,
    refused: Refused,
}

pub(super) fn disagree(key: &ShelfKey, refused: Refused) -> sqlx::Error {
    sqlx::Error::Protocol(BooksDisagree { key: key.clone(), refused }.to_string())
}
