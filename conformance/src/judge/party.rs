//! Whose finding it is, and whether it counts.

use specs::{Fault, Severity, Side};

use crate::finding::Finding;

/// The group of a report in which a finding is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The side under test; both, when none was named.
    Own,
    /// The other side.
    OtherSide,
    /// The log does not tell whose.
    Unclear,
    /// Waived, or known from the baseline.
    Excused,
}

/// The side that has to mend a finding, by who sent the message.
pub(super) fn side(fault: Fault, sender: Option<Side>) -> Option<Side> {
    match fault {
        Fault::Sender => sender,
        Fault::Receiver => sender.map(Side::other),
        Fault::Harness | Fault::Unclear => None,
    }
}

impl Finding {
    /// Whose it is, with this side under test.
    pub fn party(&self, role: Option<Side>) -> Party {
        match (self.excused.is_some(), role, self.side) {
            (true, ..) => Party::Excused,
            (false, None, _) => Party::Own,
            (false, Some(_), None) => Party::Unclear,
            (false, Some(role), Some(side)) if role == side => Party::Own,
            (false, Some(_), Some(_)) => Party::OtherSide,
        }
    }

    /// Does it make the verdict `findings`?
    pub fn counts(&self, role: Option<Side>) -> bool {
        self.severity == Severity::Error && self.party(role) == Party::Own
    }
}
