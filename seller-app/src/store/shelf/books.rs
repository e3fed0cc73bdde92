//! Writing a movement: the balance of the shelf, the balances of its lots, the line of the ledger.

use node::{Tx, run};

use crate::inventory::{Command, Correction, Delta, Lot, lots as fefo};

use super::super::lots;
use super::super::stamp::Stamp;
use super::{LockedShelf, OfLot};

/// Why the balance moved; the `kind` column of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    Count,
    Adjust,
    /// Goods in, with a lot and its last day.
    Receive,
    Hold,
    Expire,
    Commit,
    Release,
    Ship,
    Restock,
    /// The partner rejected an order because the number was wrong.
    Reject,
    Quota,
    /// The balance was made to agree with the reservations (`rebuild`).
    Mend,
}

impl Movement {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Adjust => "adjust",
            Self::Receive => "receive",
            Self::Hold => "hold",
            Self::Expire => "expire",
            Self::Commit => "commit",
            Self::Release => "release",
            Self::Ship => "ship",
            Self::Restock => "restock",
            Self::Reject => "reject",
            Self::Quota => "quota",
            Self::Mend => "mend",
        }
    }
}

/// What one lot gets of a movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LotDelta {
    pub lot: String,
    pub on_hand: i64,
    pub committed: i64,
}

/// The guard against selling twice: units that are newly held or sold ($4 + $5) must be promised to nobody. It holds even if
/// everything before it was wrong.
const MOVE: &str = "update stock set on_hand = on_hand + $3, held = held + $4, committed = committed + $5, \
     safety = safety + $6, reserve_b2b = reserve_b2b + $7, cap_network = cap_network + $8, updated_at_ms = $9 \
     where partner_id = $1 and sku = $2 and ($4 + $5 <= 0 or on_hand - held - committed >= $4 + $5)";
const RECORD: &str = "insert into stock_movements \
     (id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, reference, at_ms, \
     lot, channel, reserve_delta, cap_delta) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

impl LockedShelf {
    /// What of a movement goes to which lot. `None` = the lots cannot give it.
    pub(super) fn parts(
        &self,
        command: Command,
        delta: Delta,
        lot: OfLot<'_>,
        stamp: &Stamp<'_>,
    ) -> Option<Vec<LotDelta>> {
        let whole = |lot: &str| LotDelta { lot: lot.to_owned(), on_hand: delta.on_hand, committed: delta.committed };
        if self.lots.is_empty() {
            let name = if let OfLot::Named(name) = lot { name } else { "" };
            return Some(vec![whole(name)]);
        }
        let gone = |parts: Vec<fefo::Part>| {
            let lost = parts.into_iter().map(|part| LotDelta { lot: part.lot, on_hand: -part.units, committed: 0 });
            lost.collect()
        };
        let (unnamed, unnamed_free) = self.unnamed();
        match (command, lot) {
            (Command::Commit(ask, _), _) => {
                let days = self.min_life[super::place(ask.channel)];
                let parts = fefo::pick(&self.lots, unnamed_free, ask.units, stamp.ms(), days)?;
                let sold = |part: fefo::Part| LotDelta { lot: part.lot, on_hand: 0, committed: part.units };
                let parts: Vec<LotDelta> = parts.into_iter().map(sold).collect();
                Some(if parts.is_empty() { vec![whole("")] } else { parts })
            }
            (Command::Ship { units, .. }, OfLot::Named(name)) => Some(self.shipped(name, units, -delta.on_hand)),
            (_, OfLot::Named(name)) => Some(vec![whole(name)]),
            (
                Command::Count { .. }
                | Command::Adjust { .. }
                | Command::Reject(Correction::Empty | Correction::Less(_))
                | Command::Ship { .. },
                OfLot::Any,
            ) if delta.on_hand < 0 => {
                let mut parts: Vec<LotDelta> = gone(fefo::write_off(&self.lots, unnamed, -delta.on_hand)?);
                if delta.committed != 0 {
                    parts.push(LotDelta { lot: String::new(), on_hand: 0, committed: delta.committed });
                }
                Some(parts)
            }
            (
                Command::Hold(..)
                | Command::LetGo { .. }
                | Command::Uncommit { .. }
                | Command::Ship { .. }
                | Command::Count { .. }
                | Command::Adjust { .. }
                | Command::Restock { .. }
                | Command::Reject(_)
                | Command::Quota { .. },
                OfLot::Any,
            ) => Some(vec![whole("")]),
        }
    }

    /// Units in the unnamed lot, and those of them that are not sold.
    pub fn unnamed(&self) -> (i64, i64) {
        let named = |of: fn(&Lot) -> i64| self.lots.iter().map(of).sum::<i64>();
        let on_hand = self.balance.on_hand - named(|lot| lot.on_hand);
        (on_hand, on_hand - (self.balance.committed - named(|lot| lot.committed)))
    }

    /// `sold` units of a lot leave, `gone` units are taken off the shelf: from the lot that was sold as long as it has any. When a
    /// count found it emptier than that, the goods came from elsewhere.
    fn shipped(&self, name: &str, sold: i64, gone: i64) -> Vec<LotDelta> {
        let (unnamed, _) = self.unnamed();
        let there = self.lots.iter().find(|lot| lot.name == name).map_or(unnamed, |lot| lot.on_hand);
        let own = gone.min(there.max(0));
        let mut parts = vec![LotDelta { lot: name.to_owned(), on_hand: -own, committed: -sold }];
        let mut others = self.lots.clone();
        others.retain(|lot| lot.name != name);
        let unnamed = if name.is_empty() { 0 } else { unnamed };
        for part in fefo::write_off(&others, unnamed, gone - own).unwrap_or_default() {
            parts.push(LotDelta { lot: part.lot, on_hand: -part.units, committed: 0 });
        }
        parts
    }

    /// `false` = the guard of the row says no; nothing was written.
    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        movement: Movement,
        command: Command,
        (delta, parts): (Delta, &[LotDelta]),
        reference: &str,
        stamp: &Stamp<'_>,
    ) -> Result<bool, sqlx::Error> {
        let moved = run!(tx, |c| sqlx::query(MOVE)
            .bind(&self.key.partner_id)
            .bind(&self.key.sku)
            .bind(delta.on_hand)
            .bind(delta.held)
            .bind(delta.committed)
            .bind(delta.safety)
            .bind(delta.reserve_b2b)
            .bind(delta.cap_network)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|done| done.rows_affected()))?;
        if moved == 0 {
            return Ok(false);
        }
        self.balance = self.balance.plus(delta);
        for part in parts.iter().filter(|part| !part.lot.is_empty()) {
            lots::shift(tx, &self.key, (&part.lot, part.on_hand, part.committed), stamp).await?;
            match self.lots.iter_mut().find(|lot| lot.name == part.lot) {
                Some(lot) => {
                    lot.on_hand += part.on_hand;
                    lot.committed += part.committed;
                }
                None => self.lots = lots::of_shelf(tx, &self.key).await?,
            }
        }
        let channel = match command {
            Command::Hold(ask, _) | Command::Commit(ask, _) => ask.channel.as_str(),
            Command::Ship { channel, .. } => channel.as_str(),
            _ => "",
        };
        for (at, part) in parts.iter().enumerate() {
            // What no lot has a share in stands in the first line.
            let shared = if at == 0 { delta } else { Delta::default() };
            let line = Delta { on_hand: part.on_hand, committed: part.committed, ..shared };
            self.record(tx, movement, line, (&part.lot, channel), reference, stamp).await?;
        }
        Ok(true)
    }

    async fn record(
        &self,
        tx: &mut Tx,
        movement: Movement,
        delta: Delta,
        (lot, channel): (&str, &str),
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
            .bind(lot)
            .bind(channel)
            .bind(delta.reserve_b2b)
            .bind(delta.cap_network)
            .execute(c)
            .await
            .map(|_| ()))
    }
}
