//! Where a checkout stands, as a total table.

use serde::{Deserialize, Serialize};

/// Stage of one transaction before its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// `select` is on its way.
    Selecting,
    /// on_select came and everything asked for can be had.
    Quoted,
    /// on_select came with an error: not enough stock, not deliverable, closed.
    Unavailable,
    /// `init` is on its way.
    Initialising,
    /// on_init came: it can be paid and confirmed.
    Ready,
    /// `confirm` was sent; from here the order record tells the story.
    Ordered,
}

/// What may happen to a checkout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Select,
    OfferGood,
    OfferBad,
    Init,
    Terms,
    Confirm,
}

impl Move {
    pub const ALL: [Move; 6] = [Move::Select, Move::OfferGood, Move::OfferBad, Move::Init, Move::Terms, Move::Confirm];
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::Selecting, Stage::Quoted, Stage::Unavailable, Stage::Initialising, Stage::Ready, Stage::Ordered];

    pub fn name(self) -> &'static str {
        match self {
            Stage::Selecting => "selecting",
            Stage::Quoted => "quoted",
            Stage::Unavailable => "unavailable",
            Stage::Initialising => "initialising",
            Stage::Ready => "ready",
            Stage::Ordered => "ordered",
        }
    }

    /// The stage after the move; None when the move is not allowed here. The shopper may select and init again
    /// until the order is placed.
    pub fn after(self, step: Move) -> Option<Stage> {
        match self {
            Stage::Selecting => match step {
                Move::Select => Some(Stage::Selecting),
                Move::OfferGood => Some(Stage::Quoted),
                Move::OfferBad => Some(Stage::Unavailable),
                Move::Init | Move::Terms | Move::Confirm => None,
            },
            Stage::Quoted => match step {
                Move::Select => Some(Stage::Selecting),
                Move::Init => Some(Stage::Initialising),
                Move::OfferGood | Move::OfferBad | Move::Terms | Move::Confirm => None,
            },
            Stage::Unavailable => match step {
                Move::Select => Some(Stage::Selecting),
                Move::OfferGood | Move::OfferBad | Move::Init | Move::Terms | Move::Confirm => None,
            },
            Stage::Initialising => match step {
                Move::Select => Some(Stage::Selecting),
                Move::Init => Some(Stage::Initialising),
                Move::Terms => Some(Stage::Ready),
                Move::OfferGood | Move::OfferBad | Move::Confirm => None,
            },
            Stage::Ready => match step {
                Move::Select => Some(Stage::Selecting),
                Move::Init => Some(Stage::Initialising),
                Move::Confirm => Some(Stage::Ordered),
                Move::OfferGood | Move::OfferBad | Move::Terms => None,
            },
            Stage::Ordered => match step {
                Move::Select | Move::OfferGood | Move::OfferBad | Move::Init | Move::Terms | Move::Confirm => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_table() {
        let mut table = String::new();
        for stage in Stage::ALL {
            let moves: Vec<String> = Move::ALL
                .iter()
                .filter_map(|m| stage.after(*m).map(|next| format!("{m:?} -> {}", next.name())))
                .collect();
            table.push_str(&format!(
                "{:<12} {}\n",
                stage.name(),
                if moves.is_empty() { "(end)".into() } else { moves.join(", ") }
            ));
        }
        insta::assert_snapshot!(table);
    }
}
