//! The life of a partner, as a total table.

use std::fmt;

use crate::state_table::Misfit;

/// Where a partner is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Known; has sent nothing yet.
    Invited,
    /// Its data, stock and a test order are looked at.
    Verifying,
    Active,
    /// Sells, and is watched.
    Probation,
    /// Off the network; open orders go on.
    Suspended,
    /// Off the network, and no open order is left.
    Drained,
    /// Gone for good.
    Offboarded,
}

/// What moves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    Verify,
    /// Only with a complete checklist.
    GoLive,
    Probation,
    Reinstate,
    Suspend,
    /// The node itself does this when the last open order has ended.
    Drain,
    Offboard,
}

impl Stage {
    pub const ALL: [Stage; 7] = [
        Stage::Invited,
        Stage::Verifying,
        Stage::Active,
        Stage::Probation,
        Stage::Suspended,
        Stage::Drained,
        Stage::Offboarded,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Invited => "invited",
            Stage::Verifying => "verifying",
            Stage::Active => "active",
            Stage::Probation => "probation",
            Stage::Suspended => "suspended",
            Stage::Drained => "drained",
            Stage::Offboarded => "offboarded",
        }
    }

    pub fn parse(text: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// Whether its catalogue is published and new orders are taken. `Partner::active` is always this.
    pub fn sells(self) -> bool {
        match self {
            Stage::Active | Stage::Probation => true,
            Stage::Invited | Stage::Verifying | Stage::Suspended | Stage::Drained | Stage::Offboarded => false,
        }
    }

    /// The whole table. From drained a partner comes back on probation or through verification, never straight.
    pub fn next(self, step: Step) -> Result<Stage, Misfit> {
        use {Stage as S, Step as E};
        match self {
            S::Invited => match step {
                E::Verify => Ok(S::Verifying),
                E::Offboard => Ok(S::Offboarded),
                E::GoLive | E::Probation | E::Reinstate | E::Suspend | E::Drain => Err(Misfit::TooEarly),
            },
            S::Verifying => match step {
                E::GoLive => Ok(S::Active),
                E::Offboard => Ok(S::Offboarded),
                E::Verify => Err(Misfit::Done),
                E::Probation | E::Reinstate | E::Suspend | E::Drain => Err(Misfit::TooEarly),
            },
            S::Active => match step {
                E::Probation => Ok(S::Probation),
                E::Suspend => Ok(S::Suspended),
                E::GoLive | E::Reinstate => Err(Misfit::Done),
                E::Verify => Err(Misfit::TooLate),
                E::Drain | E::Offboard => Err(Misfit::TooEarly),
            },
            S::Probation => match step {
                E::Reinstate => Ok(S::Active),
                E::Suspend => Ok(S::Suspended),
                E::Probation => Err(Misfit::Done),
                E::Verify | E::GoLive => Err(Misfit::TooLate),
                E::Drain | E::Offboard => Err(Misfit::TooEarly),
            },
            S::Suspended => match step {
                E::Reinstate => Ok(S::Active),
                E::Probation => Ok(S::Probation),
                E::Drain => Ok(S::Drained),
                E::Suspend => Err(Misfit::Done),
                E::Verify | E::GoLive => Err(Misfit::TooLate),
                E::Offboard => Err(Misfit::TooEarly),
            },
            S::Drained => match step {
                E::Probation => Ok(S::Probation),
                E::Verify => Ok(S::Verifying),
                E::Offboard => Ok(S::Offboarded),
                E::Drain => Err(Misfit::Done),
                E::Suspend => Err(Misfit::TooLate),
                E::GoLive | E::Reinstate => Err(Misfit::TooEarly),
            },
            S::Offboarded => match step {
                E::Offboard => Err(Misfit::Done),
                E::Verify | E::GoLive | E::Probation | E::Reinstate | E::Suspend | E::Drain => Err(Misfit::Closed),
            },
        }
    }
}

impl Step {
    pub const ALL: [Step; 7] =
        [Step::Verify, Step::GoLive, Step::Probation, Step::Reinstate, Step::Suspend, Step::Drain, Step::Offboard];

    /// The word in the API and in the history.
    pub fn as_str(self) -> &'static str {
        match self {
            Step::Verify => "verify",
            Step::GoLive => "go-live",
            Step::Probation => "probation",
            Step::Reinstate => "reinstate",
            Step::Suspend => "suspend",
            Step::Drain => "drain",
            Step::Offboard => "offboard",
        }
    }

    /// On a button.
    pub fn title(self) -> &'static str {
        match self {
            Step::Verify => "Start verification",
            Step::GoLive => "Go live",
            Step::Probation => "Put on probation",
            Step::Reinstate => "Reinstate",
            Step::Suspend => "Suspend",
            Step::Drain => "Mark as drained",
            Step::Offboard => "Offboard",
        }
    }

    pub fn parse(text: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// What a person may do; the rest the node does by itself.
    pub fn by_hand(self) -> bool {
        match self {
            Step::Drain => false,
            Step::Verify | Step::GoLive | Step::Probation | Step::Reinstate | Step::Suspend | Step::Offboard => true,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
