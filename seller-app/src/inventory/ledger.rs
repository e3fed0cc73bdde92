//! The books of one shelf (one SKU at one partner): a total function from what they say and what is asked to the movement
//! that follows, or to the refusal.

use serde::{Deserialize, Serialize};

/// Whom the units are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Households, through buyer apps.
    Network,
    /// Shops and other businesses.
    B2b,
}

impl Channel {
    pub const ALL: [Channel; 2] = [Channel::Network, Channel::B2b];

    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Network => "network",
            Channel::B2b => "b2b",
        }
    }

    pub fn parse(text: &str) -> Option<Channel> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == text)
    }
}

/// No cap for the network.
pub const NO_CAP: i64 = -1;

/// What the books say of a shelf, in units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    pub on_hand: i64,
    /// For carts between `init` and `confirm`.
    pub held: i64,
    /// Sold and still on the shelf.
    pub committed: i64,
    /// Never promised to anyone: partners also sell over the counter.
    pub safety: i64,
    /// Of what is on the shelf only B2B may take so many.
    pub reserve_b2b: i64,
    /// Of what is on the shelf the network may take at most so many; [`NO_CAP`] = all.
    pub cap_network: i64,
}

impl Default for Balance {
    fn default() -> Self {
        Self { on_hand: 0, held: 0, committed: 0, safety: 0, reserve_b2b: 0, cap_network: NO_CAP }
    }
}

/// A movement: what is added to each number of a [`Balance`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    pub on_hand: i64,
    pub held: i64,
    pub committed: i64,
    pub safety: i64,
    pub reserve_b2b: i64,
    pub cap_network: i64,
}

impl Delta {
    pub fn is_nothing(&self) -> bool {
        *self == Delta::default()
    }
}

/// What limits new promises beside the books of the shelf itself. The default limits nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Kept back beyond the configured safety stock, because the number is old or was wrong before (`safety.rs`).
    pub distrust: i64,
    /// Units promised to nobody in lots that the channel does not take, because too little life is left.
    pub too_short: i64,
    /// Held or committed for B2B. Read only when the shelf has a quota.
    pub live_b2b: i64,
    /// Held or committed for the network. Read only when the shelf has a quota.
    pub live_network: i64,
}

impl Balance {
    #[must_use]
    pub fn plus(self, delta: Delta) -> Balance {
        Balance {
            on_hand: self.on_hand + delta.on_hand,
            held: self.held + delta.held,
            committed: self.committed + delta.committed,
            safety: self.safety + delta.safety,
            reserve_b2b: self.reserve_b2b + delta.reserve_b2b,
            cap_network: self.cap_network + delta.cap_network,
        }
    }

    /// Units that nobody was promised, whatever they are kept for. Below zero when a count found fewer than were promised.
    pub fn unpromised(&self) -> i64 {
        self.on_hand - self.held - self.committed
    }

    /// Whether a channel is limited, so that what is live for each of them matters.
    pub fn has_quota(&self) -> bool {
        self.reserve_b2b > 0 || self.cap_network != NO_CAP
    }

    /// Units that may still be promised to a channel; below zero when fewer are there than were promised already.
    pub fn left(&self, channel: Channel, limits: &Limits) -> i64 {
        let left = self.unpromised() - self.safety - limits.distrust - limits.too_short;
        match channel {
            Channel::B2b => left,
            Channel::Network => {
                let kept = (self.reserve_b2b - limits.live_b2b).max(0);
                let left = left - kept;
                if self.cap_network == NO_CAP { left } else { left.min(self.cap_network - limits.live_network) }
            }
        }
    }

    /// As [`left`](Self::left), never below zero.
    pub fn available(&self, channel: Channel, limits: &Limits) -> i64 {
        self.left(channel, limits).max(0)
    }
}

/// What is wanted of a shelf for one cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    pub channel: Channel,
    pub units: i64,
    /// Units that the cart holds here already: they are let go in the same step.
    pub own: i64,
}

/// What a rejection says about the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Correction {
    /// None was found: the shelf is empty.
    Empty,
    /// So many were not found, or cannot be sold.
    Less(u32),
}

/// Everything that can happen to a shelf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Sets units aside for a cart; a repeat replaces what it held. Zero units let its hold go.
    Hold(Ask, Limits),
    /// Sells units to a cart, out of its own hold first.
    Commit(Ask, Limits),
    /// Held units are free again: let go, or their time ran out.
    LetGo { units: i64 },
    /// Sold units are free again.
    Uncommit { units: i64 },
    /// Sold units left the store.
    Ship { channel: Channel, units: i64 },
    /// So many were counted; `safety` when it is set too.
    Count { on_hand: i64, safety: Option<i64> },
    /// Goods in, or breakage.
    Adjust { units: i64 },
    /// Goods came back.
    Restock { units: i64 },
    /// The partner rejected an order.
    Reject(Correction),
    /// Sets quotas; what is absent stays.
    Quota { reserve_b2b: Option<i64>, cap_network: Option<i64> },
}

/// Nothing moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Fewer are left than are wanted.
    Short { available: i64 },
    /// More would be taken off than is there.
    BelowZero { on_hand: i64 },
    /// A number below zero, or more let go than was promised: the caller is wrong.
    Nonsense,
}

/// What follows from a command. Total: every balance and every command have an answer.
pub fn decide(balance: &Balance, command: Command) -> Result<Delta, Refused> {
    let nothing = Delta::default();
    match command {
        Command::Hold(ask, limits) => hold(balance, ask, limits),
        Command::Commit(ask, limits) => commit(balance, ask, limits),
        Command::LetGo { units } => {
            within(units, balance.held)?;
            Ok(Delta { held: -units, ..nothing })
        }
        Command::Uncommit { units } => {
            within(units, balance.committed)?;
            Ok(Delta { committed: -units, ..nothing })
        }
        Command::Ship { channel, units } => {
            within(units, balance.committed)?;
            Ok(shipped(balance, channel, units))
        }
        Command::Count { on_hand, safety } => {
            if on_hand < 0 || safety.is_some_and(|units| units < 0) {
                return Err(Refused::Nonsense);
            }
            let safety = safety.map_or(0, |units| units - balance.safety);
            Ok(Delta { on_hand: on_hand - balance.on_hand, safety, ..nothing })
        }
        Command::Adjust { units } if balance.on_hand + units < 0 => {
            Err(Refused::BelowZero { on_hand: balance.on_hand })
        }
        Command::Adjust { units } => Ok(Delta { on_hand: units, ..nothing }),
        Command::Restock { units } if units < 0 => Err(Refused::Nonsense),
        Command::Restock { units } => Ok(Delta { on_hand: units, ..nothing }),
        Command::Reject(Correction::Empty) => Ok(Delta { on_hand: -balance.on_hand, ..nothing }),
        Command::Reject(Correction::Less(units)) => {
            Ok(Delta { on_hand: -i64::from(units).min(balance.on_hand), ..nothing })
        }
        Command::Quota { reserve_b2b, cap_network } => {
            let reserve = reserve_b2b.unwrap_or(balance.reserve_b2b);
            let cap = cap_network.unwrap_or(balance.cap_network);
            if reserve < 0 || cap < NO_CAP {
                return Err(Refused::Nonsense);
            }
            let (reserve_b2b, cap_network) = (reserve - balance.reserve_b2b, cap - balance.cap_network);
            Ok(Delta { reserve_b2b, cap_network, ..nothing })
        }
    }
}

fn within(units: i64, promised: i64) -> Result<(), Refused> {
    if (0..=promised).contains(&units) { Ok(()) } else { Err(Refused::Nonsense) }
}

/// The limits as they are once the cart's own hold is let go.
fn without_own(ask: Ask, limits: Limits) -> Limits {
    match ask.channel {
        Channel::Network => Limits { live_network: limits.live_network - ask.own, ..limits },
        Channel::B2b => Limits { live_b2b: limits.live_b2b - ask.own, ..limits },
    }
}

fn hold(balance: &Balance, ask: Ask, limits: Limits) -> Result<Delta, Refused> {
    within(ask.own, balance.held)?;
    if ask.units < 0 {
        return Err(Refused::Nonsense);
    }
    let free = Balance { held: balance.held - ask.own, ..*balance };
    let available = free.available(ask.channel, &without_own(ask, limits));
    if ask.units > available {
        return Err(Refused::Short { available });
    }
    Ok(Delta { held: ask.units - ask.own, ..Delta::default() })
}

/// A hold is a promise: what it covers is asked for nothing but that the goods are there. Safety, quotas and age are about
/// new promises.
fn commit(balance: &Balance, ask: Ask, limits: Limits) -> Result<Delta, Refused> {
    within(ask.own, balance.held)?;
    if ask.units < 0 {
        return Err(Refused::Nonsense);
    }
    let free = Balance { held: balance.held - ask.own, ..*balance };
    let new = free.available(ask.channel, &without_own(ask, limits));
    let covered = ask.own.min(free.unpromised()).max(0);
    let available = new.max(covered);
    if ask.units > available {
        return Err(Refused::Short { available });
    }
    Ok(Delta { held: -ask.own, committed: ask.units, ..Delta::default() })
}

/// A count may have found fewer units than were sold: the shelf never goes below zero. The quota goes with the goods.
fn shipped(balance: &Balance, channel: Channel, units: i64) -> Delta {
    let gone = Delta { on_hand: -units.min(balance.on_hand), committed: -units, ..Delta::default() };
    match channel {
        Channel::B2b => Delta { reserve_b2b: -units.min(balance.reserve_b2b), ..gone },
        Channel::Network if balance.cap_network == NO_CAP => gone,
        Channel::Network => Delta { cap_network: -units.min(balance.cap_network), ..gone },
    }
}
