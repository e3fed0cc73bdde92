//! What a scorecard suggests. A person confirms it or dismisses it; nothing happens by itself.

use jiff::{SignedDuration, Timestamp};

use super::scorecard::Scorecard;
use super::targets::{Miss, Targets};
use super::{Stage, Step};

/// What is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProposalKind {
    /// Told, and noted in the history.
    Warn,
    Probation,
    /// From probation back to active.
    Reinstate,
    /// Suspended now, gone when nothing is open.
    Offboard,
}

impl ProposalKind {
    pub const ALL: [ProposalKind; 4] =
        [ProposalKind::Warn, ProposalKind::Probation, ProposalKind::Reinstate, ProposalKind::Offboard];

    pub fn as_str(self) -> &'static str {
        match self {
            ProposalKind::Warn => "warn",
            ProposalKind::Probation => "probation",
            ProposalKind::Reinstate => "reinstate",
            ProposalKind::Offboard => "offboard",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            ProposalKind::Warn => "Warn",
            ProposalKind::Probation => "Put on probation",
            ProposalKind::Reinstate => "Reinstate",
            ProposalKind::Offboard => "Offboard",
        }
    }

    pub fn parse(text: &str) -> Option<ProposalKind> {
        ProposalKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// The step that a confirmation takes; `None` for a warning.
    pub fn step(self) -> Option<Step> {
        match self {
            ProposalKind::Warn => None,
            ProposalKind::Probation => Some(Step::Probation),
            ProposalKind::Reinstate => Some(Step::Reinstate),
            ProposalKind::Offboard => Some(Step::Suspend),
        }
    }
}

/// What is suggested, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub kind: ProposalKind,
    pub misses: Vec<Miss>,
}

/// What judgement looks at beside the scorecard.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub stage: Stage,
    pub tier: &'a str,
    /// When it came into this stage.
    pub since: Timestamp,
    /// The last warning that a person confirmed.
    pub warned_at: Option<Timestamp>,
    pub now: Timestamp,
}

/// At most one suggestion.
///
/// Active: a first miss is a warning; a severe one, three at once, or a miss after a warning in the same window is
/// probation. Probation: after its days the partner comes back, or leaves.
pub fn propose(card: &Scorecard, targets: &Targets, standing: &Standing<'_>) -> Option<Proposal> {
    if card.all.orders < u64::from(targets.orders_min) {
        return None;
    }
    let misses = targets.of(standing.tier)?.misses(card);
    let past =
        |at: Timestamp, days: u32| standing.now.duration_since(at) >= SignedDuration::from_hours(24 * i64::from(days));
    let kind = match standing.stage {
        Stage::Active if misses.is_empty() => return None,
        Stage::Active => {
            let warned = standing.warned_at.is_some_and(|at| !past(at, targets.window_days));
            let grave = warned || misses.len() >= 3 || misses.iter().any(|miss| miss.severe);
            if grave { ProposalKind::Probation } else { ProposalKind::Warn }
        }
        Stage::Probation if !past(standing.since, targets.probation_days) => return None,
        Stage::Probation if misses.is_empty() => ProposalKind::Reinstate,
        Stage::Probation => ProposalKind::Offboard,
        Stage::Invited | Stage::Verifying | Stage::Suspended | Stage::Drained | Stage::Offboarded => return None,
    };
    Some(Proposal { kind, misses })
}
