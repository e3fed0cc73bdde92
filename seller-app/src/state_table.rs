//! What the total tables of states have in common: order, delivery, return, return to origin, partner.

/// Why an event does not fit the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// It has happened already.
    Done,
    /// Something else must come first.
    TooEarly,
    /// The time for it is over.
    TooLate,
    /// Nothing happens any more.
    Closed,
    /// No station of this way.
    NotThisWay,
}
