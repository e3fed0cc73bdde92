//! The stories that the certification asks for, by number: what must be told in each, in this order.

use crate::check::flow::label::Label;

/// A story of the certification of retail 1.2.0.
#[derive(Debug)]
pub(crate) struct Story {
    /// The number that participants and the official tool give it.
    pub(crate) number: &'static str,
    /// For a person.
    pub(crate) title: &'static str,
    /// What must be told.
    pub(crate) steps: &'static [Label],
    /// A message that only this story has: by it a recording is recognised. All of them must be there.
    pub(crate) marks: &'static [Label],
}

use Label::*;

const DISCOVERY: [Label; 2] = [Search, OnSearch];

/// Ordered from the richest to the poorest, so that the first whose marks are all there is the story.
pub(crate) const STORIES: [Story; 9] = [
    Story {
        number: "6",
        title: "a part is cancelled, items go back, a refund without return",
        steps: &[
            Search,
            OnSearch,
            Select,
            OnSelect,
            Init,
            OnInit,
            Confirm,
            OnConfirm,
            OnUpdatePartCancel,
            UpdateSettlement,
            OnStatusPacked,
            OnStatusPicked,
            OnStatusOnTheWay,
            OnStatusDelivered,
            UpdateReturn,
            OnUpdateReturnInitiated,
            OnUpdateReturnApproved,
            OnUpdateReturnPicked,
            OnUpdateReturnDelivered,
            OnUpdateLiquidated,
        ],
        marks: &[UpdateReturn],
    },
    Story {
        number: "5",
        title: "the goods turn back to the store",
        steps: &[
            Search,
            OnSearch,
            Select,
            OnSelect,
            Init,
            OnInit,
            Confirm,
            OnConfirm,
            OnStatusPacked,
            OnStatusPicked,
            OnStatusOnTheWay,
            OnCancelTurnedBack,
            OnStatusTurnedBack,
        ],
        marks: &[OnCancelTurnedBack],
    },
    Story {
        number: "4",
        title: "the buyer cancels",
        steps: &[Search, OnSearch, Select, OnSelect, Init, OnInit, Confirm, OnConfirm, Cancel, OnCancel],
        marks: &[Cancel],
    },
    Story {
        number: "3",
        title: "stock is short at select; the buyer selects again",
        steps: &[
            Search,
            OnSearch,
            Select,
            OnSelectOutOfStock,
            OnSelect,
            Init,
            OnInit,
            Confirm,
            OnConfirm,
            OnStatusPacked,
            OnStatusPicked,
            OnStatusOnTheWay,
            OnStatusDelivered,
        ],
        marks: &[OnSelectOutOfStock],
    },
    Story {
        number: "2",
        title: "an order is delivered",
        steps: &[
            Search,
            OnSearch,
            Select,
            OnSelect,
            Init,
            OnInit,
            Confirm,
            OnConfirm,
            OnStatusPacked,
            OnStatusPicked,
            OnStatusOnTheWay,
            OnStatusDelivered,
        ],
        marks: &[Confirm],
    },
    Story {
        number: "9",
        title: "changes of a catalogue are rejected",
        steps: &[SearchInc, OnSearchInc, CatalogRejection],
        marks: &[OnSearchInc, CatalogRejection],
    },
    Story {
        number: "7",
        title: "a whole catalogue is rejected",
        steps: &[Search, OnSearch, CatalogRejection],
        marks: &[CatalogRejection],
    },
    Story {
        number: "1",
        title: "a whole catalogue, then its changes",
        steps: &[Search, OnSearch, SearchInc, OnSearchInc],
        marks: &[OnSearchInc],
    },
    Story { number: "8", title: "a whole catalogue", steps: &DISCOVERY, marks: &[OnSearch] },
];

/// The story that the labels tell; `None` when they tell none of the certification's.
pub(crate) fn recognised(told: &[Label]) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.marks.iter().all(|mark| told.contains(mark)))
}

/// The story with this number.
pub(crate) fn numbered(number: &str) -> Option<&'static Story> {
    STORIES.iter().find(|story| story.number == number)
}
