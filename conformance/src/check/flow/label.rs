//! What a message is in the story of an order, by its content: names of recordings lie.

use specs::Action;

use crate::check::payload::{fulfilments, state};
use crate::check::store::is_incremental;
use crate::view::Step;

/// A step of an order's story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Label {
    Search,
    OnSearch,
    SearchInc,
    OnSearchInc,
    CatalogRejection,
    Select,
    OnSelect,
    OnSelectOutOfStock,
    Init,
    OnInit,
    Confirm,
    OnConfirm,
    OnStatusPending,
    OnStatusPacked,
    OnStatusPicked,
    OnStatusOnTheWay,
    OnStatusDelivered,
    OnStatusTurnedBack,
    OnStatusOther,
    Cancel,
    OnCancel,
    OnCancelTurnedBack,
    UpdateReturn,
    UpdateSettlement,
    UpdateOther,
    OnUpdatePartCancel,
    OnUpdateReturnInitiated,
    OnUpdateReturnApproved,
    OnUpdateReturnPicked,
    OnUpdateReturnDelivered,
    OnUpdateLiquidated,
    OnUpdateReturnEnded,
    OnUpdateOther,
    Aside,
}

impl Label {
    /// For a person.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Label::Search => "search for a whole catalogue",
            Label::OnSearch => "on_search with a whole catalogue",
            Label::SearchInc => "search for changes",
            Label::OnSearchInc => "on_search with changes",
            Label::CatalogRejection => "catalog_rejection",
            Label::Select => "select",
            Label::OnSelect => "on_select",
            Label::OnSelectOutOfStock => "on_select with error 40002 (out of stock)",
            Label::Init => "init",
            Label::OnInit => "on_init",
            Label::Confirm => "confirm",
            Label::OnConfirm => "on_confirm",
            Label::OnStatusPending => "on_status: Pending",
            Label::OnStatusPacked => "on_status: Packed",
            Label::OnStatusPicked => "on_status: Order-picked-up",
            Label::OnStatusOnTheWay => "on_status: Out-for-delivery or At-delivery",
            Label::OnStatusDelivered => "on_status: Order-delivered",
            Label::OnStatusTurnedBack => "on_status: RTO-Delivered or RTO-Disposed",
            Label::OnStatusOther => "on_status in another state",
            Label::Cancel => "cancel",
            Label::OnCancel => "on_cancel",
            Label::OnCancelTurnedBack => "on_cancel: RTO-Initiated",
            Label::UpdateReturn => "update with a return request",
            Label::UpdateSettlement => "update with a refund",
            Label::UpdateOther => "another update",
            Label::OnUpdatePartCancel => "on_update with a cancelled part",
            Label::OnUpdateReturnInitiated => "on_update: Return_Initiated",
            Label::OnUpdateReturnApproved => "on_update: Return_Approved",
            Label::OnUpdateReturnPicked => "on_update: Return_Picked",
            Label::OnUpdateReturnDelivered => "on_update: Return_Delivered",
            Label::OnUpdateLiquidated => "on_update: Liquidated",
            Label::OnUpdateReturnEnded => "on_update: Return_Rejected or Return_Failed",
            Label::OnUpdateOther => "another on_update",
            Label::Aside => "a message beside the order",
        }
    }

    /// The label of a message, told from its content and from the states that the message before it had told.
    pub(crate) fn of(step: &Step<'_>, before: Option<&Step<'_>>) -> Label {
        match step.action {
            Action::Search if is_incremental(step) => Label::SearchInc,
            Action::Search => Label::Search,
            Action::OnSearch if is_incremental(step) => Label::OnSearchInc,
            Action::OnSearch => Label::OnSearch,
            Action::CatalogRejection => Label::CatalogRejection,
            Action::Select => Label::Select,
            Action::OnSelect if is_out_of_stock(step) => Label::OnSelectOutOfStock,
            Action::OnSelect => Label::OnSelect,
            Action::Init => Label::Init,
            Action::OnInit => Label::OnInit,
            Action::Confirm => Label::Confirm,
            Action::OnConfirm => Label::OnConfirm,
            Action::OnStatus => on_status(step),
            Action::Cancel => Label::Cancel,
            Action::OnCancel if has(step, "RTO-Initiated") => Label::OnCancelTurnedBack,
            Action::OnCancel => Label::OnCancel,
            Action::Update => update(step),
            Action::OnUpdate => on_update(step, before),
            Action::Status
            | Action::Track
            | Action::OnTrack
            | Action::Rating
            | Action::OnRating
            | Action::Support
            | Action::OnSupport
            | Action::Issue
            | Action::OnIssue
            | Action::IssueStatus
            | Action::OnIssueStatus
            | Action::Settle
            | Action::OnSettle
            | Action::Report
            | Action::OnReport
            | Action::Recon
            | Action::OnRecon => Label::Aside,
        }
    }
}

/// Is it the answer to a basket of which there is not enough?
fn is_out_of_stock(step: &Step<'_>) -> bool {
    step.value("/error/code").is_some_and(|code| code == "40002" || *code == 40002)
}

fn has(step: &Step<'_>, wanted: &str) -> bool {
    fulfilments(step).iter().any(|part| state(part) == Some(wanted))
}

fn on_status(step: &Step<'_>) -> Label {
    if has(step, "RTO-Delivered") || has(step, "RTO-Disposed") {
        return Label::OnStatusTurnedBack;
    }
    let forward =
        fulfilments(step).into_iter().find(|part| !matches!(part.text("/type"), Some("Cancel" | "Return" | "RTO")));
    match forward.as_ref().and_then(state) {
        Some("Pending") => Label::OnStatusPending,
        Some("Packed") => Label::OnStatusPacked,
        Some("Order-picked-up") => Label::OnStatusPicked,
        Some("Out-for-delivery" | "At-delivery") => Label::OnStatusOnTheWay,
        Some("Order-delivered") => Label::OnStatusDelivered,
        Some(_) | None => Label::OnStatusOther,
    }
}

fn update(step: &Step<'_>) -> Label {
    let asks = fulfilments(step).iter().any(|part| part.tag("return_request").is_some());
    match step.text("/message/update_target") {
        Some("payment") => Label::UpdateSettlement,
        _ if asks => Label::UpdateReturn,
        _ => Label::UpdateOther,
    }
}

/// The state that is new in this order tells what it is about.
fn on_update(step: &Step<'_>, before: Option<&Step<'_>>) -> Label {
    let known = before.map(fulfilments).unwrap_or_default();
    let is_new = |part: &crate::check::payload::Part<'_>| {
        known.iter().find(|other| other.text("/id") == part.text("/id")).is_none_or(|other| state(other) != state(part))
    };
    let label = |part: &crate::check::payload::Part<'_>| match (part.text("/type"), state(part)) {
        (Some("Return"), Some("Return_Initiated")) => Label::OnUpdateReturnInitiated,
        (Some("Return"), Some("Return_Approved")) => Label::OnUpdateReturnApproved,
        (Some("Return"), Some("Return_Picked")) => Label::OnUpdateReturnPicked,
        (Some("Return"), Some("Return_Delivered")) => Label::OnUpdateReturnDelivered,
        (Some("Return"), Some("Liquidated")) => Label::OnUpdateLiquidated,
        (Some("Return"), Some("Return_Rejected" | "Return_Failed")) => Label::OnUpdateReturnEnded,
        (Some("Cancel"), _) => Label::OnUpdatePartCancel,
        _ => Label::OnUpdateOther,
    };
    let parts = fulfilments(step);
    let fresh = parts.iter().filter(|part| is_new(part)).map(label);
    let told: Vec<Label> = fresh.filter(|label| *label != Label::OnUpdateOther).collect();
    // A return that begins says more than a cancelled part that is only repeated in another form.
    told.iter()
        .rev()
        .find(|label| **label != Label::OnUpdatePartCancel)
        .or(told.first())
        .copied()
        .unwrap_or(Label::OnUpdateOther)
}
