//! A small world without a database: shelves, carts, a clock. What a command does to a shelf is decided by the very rules that
//! the store asks; everything around them (reservations, expiry, transactions) is written anew, and simpler.

use seller_app::inventory::ledger::{Ask, NO_CAP};
use seller_app::inventory::{Balance, Channel, Command, Correction, Delta, Limits, Refused};

pub const SHELVES: usize = 3;
pub const CARTS: usize = 8;

/// The rules under test; a test may put wrong ones here and must be caught.
pub type Rules = fn(&Balance, Command) -> Result<Delta, Refused>;

/// A cart's units of one shelf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub held: i64,
    /// The hold counts until then.
    pub until: i64,
    pub committed: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cart {
    /// Grows when the place is used for a new shopping transaction.
    pub number: u32,
    pub sold: bool,
    /// How often units were sold to it; more than once is the end of the world.
    pub sales: u32,
    pub rows: [Row; SHELVES],
}

/// What is asked of the stock room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The cart's number is part of what is asked: a repeat is for the same cart.
    Hold {
        cart: usize,
        demand: [i64; SHELVES],
        until: i64,
    },
    Commit {
        cart: usize,
        demand: [i64; SHELVES],
    },
    Release {
        cart: usize,
    },
    ReleasePart {
        cart: usize,
        shelf: usize,
        units: i64,
    },
    Ship {
        cart: usize,
    },
    /// The place is used by a new transaction; what is live of the old one was let go before.
    NewCart {
        cart: usize,
    },
    Count {
        shelf: usize,
        units: i64,
    },
    Adjust {
        shelf: usize,
        units: i64,
    },
    Restock {
        shelf: usize,
        units: i64,
    },
    Reject {
        shelf: usize,
        correction: Correction,
    },
    Quota {
        shelf: usize,
        reserve: i64,
        cap: i64,
    },
    Sweep {
        shelf: usize,
    },
    Wait {
        ms: i64,
    },
}

impl Act {
    /// The one shelf that it is about; `None` = several, or none.
    fn shelf(self) -> Option<usize> {
        match self {
            Act::ReleasePart { shelf, .. }
            | Act::Count { shelf, .. }
            | Act::Adjust { shelf, .. }
            | Act::Restock { shelf, .. }
            | Act::Reject { shelf, .. }
            | Act::Quota { shelf, .. }
            | Act::Sweep { shelf } => Some(shelf),
            Act::Hold { .. }
            | Act::Commit { .. }
            | Act::Release { .. }
            | Act::Ship { .. }
            | Act::NewCart { .. }
            | Act::Wait { .. } => None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct World {
    pub rules: Rules,
    pub now: i64,
    pub shelves: [Balance; SHELVES],
    /// What all movements add up to.
    pub ledger: [Delta; SHELVES],
    pub carts: [Cart; CARTS],
}

/// The command cannot be done; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct No;

impl World {
    pub fn new(rules: Rules) -> Self {
        let (shelves, ledger) = ([Balance::default(); SHELVES], [Delta::default(); SHELVES]);
        Self { rules, now: 0, shelves, ledger, carts: [Cart::default(); CARTS] }
    }

    /// Half of the carts are of businesses.
    pub fn channel(cart: usize) -> Channel {
        if cart.is_multiple_of(2) { Channel::Network } else { Channel::B2b }
    }

    /// One transaction: all of it or nothing.
    pub fn execute(&mut self, act: Act) -> Result<(), No> {
        let before = *self;
        let done = self.attempt(act);
        if done.is_err() {
            *self = before;
        }
        done
    }

    fn attempt(&mut self, act: Act) -> Result<(), No> {
        match act {
            Act::Hold { cart, demand, until } => self.hold(cart, demand, until),
            Act::Commit { cart, demand } => self.commit(cart, demand),
            Act::Release { cart } => (0..SHELVES).try_for_each(|shelf| self.release(cart, shelf, i64::MAX)),
            Act::ReleasePart { cart, shelf, units } => self.release(cart, shelf, units),
            Act::Ship { cart } => (0..SHELVES).try_for_each(|shelf| self.ship(cart, shelf)),
            Act::NewCart { cart } => {
                (0..SHELVES).try_for_each(|shelf| self.release(cart, shelf, i64::MAX))?;
                self.carts[cart] = Cart { number: self.carts[cart].number + 1, ..Cart::default() };
                Ok(())
            }
            Act::Count { shelf, units } => self.moved(shelf, Command::Count { on_hand: units, safety: None }),
            Act::Adjust { shelf, units } => self.moved(shelf, Command::Adjust { units }),
            Act::Restock { shelf, units } => self.moved(shelf, Command::Restock { units }),
            Act::Reject { shelf, correction } => self.moved(shelf, Command::Reject(correction)),
            Act::Quota { shelf, reserve, cap } => {
                self.moved(shelf, Command::Quota { reserve_b2b: Some(reserve), cap_network: Some(cap) })
            }
            Act::Sweep { shelf } => self.let_fall(shelf),
            Act::Wait { ms } => {
                self.now += ms;
                Ok(())
            }
        }
    }

    fn apply(&mut self, shelf: usize, command: Command) -> Result<(), No> {
        let delta = (self.rules)(&self.shelves[shelf], command).map_err(|_| No)?;
        self.shelves[shelf] = self.shelves[shelf].plus(delta);
        let sum = &mut self.ledger[shelf];
        sum.on_hand += delta.on_hand;
        sum.held += delta.held;
        sum.committed += delta.committed;
        sum.reserve_b2b += delta.reserve_b2b;
        sum.cap_network += delta.cap_network;
        Ok(())
    }

    fn moved(&mut self, shelf: usize, command: Command) -> Result<(), No> {
        self.let_fall(shelf)?;
        self.apply(shelf, command)
    }

    fn let_fall(&mut self, shelf: usize) -> Result<(), No> {
        let mut units = 0;
        for cart in &mut self.carts {
            let row = &mut cart.rows[shelf];
            if row.held > 0 && row.until <= self.now {
                units += row.held;
                row.held = 0;
            }
        }
        if units > 0 { self.apply(shelf, Command::LetGo { units }) } else { Ok(()) }
    }

    /// Units held or committed for a channel.
    pub fn live(&self, shelf: usize, channel: Channel) -> i64 {
        let mut units = 0;
        for (at, cart) in self.carts.iter().enumerate() {
            if Self::channel(at) == channel {
                units += cart.rows[shelf].held + cart.rows[shelf].committed;
            }
        }
        units
    }

    fn limits(&self, shelf: usize) -> Limits {
        if self.shelves[shelf].reserve_b2b == 0 && self.shelves[shelf].cap_network == NO_CAP {
            return Limits::default();
        }
        let (live_b2b, live_network) = (self.live(shelf, Channel::B2b), self.live(shelf, Channel::Network));
        Limits { live_b2b, live_network, ..Limits::default() }
    }

    fn hold(&mut self, cart: usize, demand: [i64; SHELVES], until: i64) -> Result<(), No> {
        for (shelf, units) in demand.into_iter().enumerate() {
            if units == 0 && self.carts[cart].rows[shelf].held == 0 {
                continue;
            }
            self.let_fall(shelf)?;
            let ask = Ask { channel: Self::channel(cart), units, own: self.carts[cart].rows[shelf].held };
            self.apply(shelf, Command::Hold(ask, self.limits(shelf)))?;
            let row = &mut self.carts[cart].rows[shelf];
            row.held = units;
            row.until = until;
        }
        Ok(())
    }

    fn commit(&mut self, cart: usize, demand: [i64; SHELVES]) -> Result<(), No> {
        if self.carts[cart].sold {
            return Ok(());
        }
        for (shelf, units) in demand.into_iter().enumerate() {
            if units == 0 && self.carts[cart].rows[shelf].held == 0 {
                continue;
            }
            self.let_fall(shelf)?;
            let ask = Ask { channel: Self::channel(cart), units, own: self.carts[cart].rows[shelf].held };
            self.apply(shelf, Command::Commit(ask, self.limits(shelf)))?;
            let row = &mut self.carts[cart].rows[shelf];
            row.held = 0;
            row.committed += units;
        }
        if demand != [0; SHELVES] {
            self.carts[cart].sold = true;
            self.carts[cart].sales += 1;
        }
        Ok(())
    }

    fn release(&mut self, cart: usize, shelf: usize, units: i64) -> Result<(), No> {
        let Row { held, committed, .. } = self.carts[cart].rows[shelf];
        if units == 0 || held + committed == 0 {
            return Ok(());
        }
        self.let_fall(shelf)?;
        let held = self.carts[cart].rows[shelf].held.min(units);
        if held > 0 {
            self.apply(shelf, Command::LetGo { units: held })?;
            self.carts[cart].rows[shelf].held -= held;
        }
        let committed = committed.min(units);
        if committed > 0 {
            self.apply(shelf, Command::Uncommit { units: committed })?;
            self.carts[cart].rows[shelf].committed -= committed;
        }
        Ok(())
    }

    fn ship(&mut self, cart: usize, shelf: usize) -> Result<(), No> {
        let units = self.carts[cart].rows[shelf].committed;
        if units == 0 {
            return Ok(());
        }
        self.let_fall(shelf)?;
        self.apply(shelf, Command::Ship { channel: Self::channel(cart), units })?;
        self.carts[cart].rows[shelf].committed = 0;
        Ok(())
    }
}

/// What must be true after every step. `Err` says what is not.
pub fn check(before: &World, act: Act, done: Result<(), No>, after: &World) -> Result<(), &'static str> {
    match act.shelf() {
        Some(shelf) => check_books(after, shelf)?,
        None if matches!(act, Act::Wait { .. }) => {}
        None => (0..SHELVES).try_for_each(|shelf| check_books(after, shelf))?,
    }
    let asked = match act {
        Act::Hold { cart, demand, .. } | Act::Commit { cart, demand } => Some((cart, demand)),
        _ => None,
    };
    let Some((cart, demand)) = asked else { return Ok(()) };
    if after.carts[cart].sales > 1 {
        return Err("a cart was sold twice");
    }
    if done.is_ok() {
        (0..SHELVES).try_for_each(|shelf| check_promises(before, after, (cart, shelf)))?;
    }
    if done.is_err() && matches!(act, Act::Commit { .. }) && is_promised(before, cart, demand) {
        return Err("a live hold was not kept");
    }
    Ok(())
}

fn check_books(world: &World, shelf: usize) -> Result<(), &'static str> {
    let (books, ledger) = (&world.shelves[shelf], &world.ledger[shelf]);
    let summed = [ledger.on_hand, ledger.held, ledger.committed, ledger.reserve_b2b, ledger.cap_network + NO_CAP];
    if summed != [books.on_hand, books.held, books.committed, books.reserve_b2b, books.cap_network] {
        return Err("the balance is not the sum of the movements");
    }
    let (mut held, mut committed) = (0, 0);
    for cart in &world.carts {
        held += cart.rows[shelf].held;
        committed += cart.rows[shelf].committed;
    }
    if (held, committed) != (books.held, books.committed) {
        return Err("the balance is not what carts hold and bought");
    }
    if books.on_hand < 0 || books.reserve_b2b < 0 || books.cap_network < NO_CAP {
        return Err("less than nothing");
    }
    Ok(())
}

/// New promises need goods that nobody was promised, and keep the quotas.
fn check_promises(before: &World, after: &World, (cart, shelf): (usize, usize)) -> Result<(), &'static str> {
    let now = before.now;
    let count = |row: &Row| if row.until > now { row.held + row.committed } else { row.committed };
    // Nobody but this cart was promised anything.
    if count(&after.carts[cart].rows[shelf]) <= count(&before.carts[cart].rows[shelf]) {
        return Ok(());
    }
    let live = |world: &World, channel: Channel| {
        let mut units = 0;
        for (at, cart) in world.carts.iter().enumerate() {
            if World::channel(at) == channel {
                units += count(&cart.rows[shelf]);
            }
        }
        units
    };
    let books = &after.shelves[shelf];
    let free = books.on_hand - live(after, Channel::Network) - live(after, Channel::B2b);
    if free < 0 {
        return Err("a unit was promised twice");
    }
    if World::channel(cart) == Channel::Network {
        if free < (books.reserve_b2b - live(after, Channel::B2b)).max(0) {
            return Err("the network took what is reserved for b2b");
        }
        if books.cap_network != NO_CAP && live(after, Channel::Network) > books.cap_network {
            return Err("the network took more than its cap");
        }
    }
    Ok(())
}

/// The cart holds all it wants, and no count found fewer goods than were promised.
fn is_promised(world: &World, cart: usize, demand: [i64; SHELVES]) -> bool {
    (0..SHELVES).all(|shelf| {
        let row = &world.carts[cart].rows[shelf];
        let held = if row.until > world.now { row.held } else { 0 };
        demand[shelf] <= held && world.shelves[shelf].unpromised() >= 0
    })
}
