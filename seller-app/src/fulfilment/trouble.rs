//! Goods that are lost or damaged on the way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TroubleKind {
    Lost,
    Damaged,
}

impl TroubleKind {
    pub const ALL: [TroubleKind; 2] = [TroubleKind::Lost, TroubleKind::Damaged];

    pub fn as_str(self) -> &'static str {
        match self {
            TroubleKind::Lost => "lost",
            TroubleKind::Damaged => "damaged",
        }
    }

    pub fn parse(text: &str) -> Option<TroubleKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What happened to the goods of a fulfilment; a ticket is open for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub kind: TroubleKind,
    pub at: Timestamp,
    /// Who said so: `brand`, a partner's id, a carrier's name.
    pub by: String,
    pub note: String,
}
