//! A callback as an event of the order core, or as an answer for a checkout.

use serde_json::Value;
use specs::Action;

use crate::order::decide::{Event, Refusal, Told};
use crate::order::report::Report;

/// Reads `message.order`, with the refusal for a payload that has the wrong shape.
pub fn report(payload: &Value) -> Result<Report, Refusal> {
    Report::read(payload).map_err(|error| Refusal::new("20006", "message.order", error.to_string()))
}

/// `error` beside the message, when it says something.
pub fn callback_error(payload: &Value) -> Option<&Value> {
    payload.get("error").filter(|error| error.get("code").is_some_and(|code| !code.is_null()))
}

/// The event of an order callback; None for the actions that are no report of an order.
pub fn order_event(action: Action, payload: &Value, told_ms: i64) -> Result<Option<Event>, Refusal> {
    let told = Told { at_ms: told_ms };
    let text = |error: &Value, field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(error) = callback_error(payload)
        && action == Action::OnConfirm
    {
        return Ok(Some(Event::ConfirmRefused { code: text(error, "code"), message: text(error, "message") }));
    }
    // An error callback of the other actions changes nothing: the answer itself tells the caller.
    if callback_error(payload).is_some() {
        return Ok(None);
    }
    let read = || report(payload).map(Box::new);
    Ok(match action {
        Action::OnConfirm => Some(Event::Confirmed(read()?, told)),
        Action::OnStatus => Some(Event::StatusReported(read()?, told)),
        Action::OnUpdate => Some(Event::Updated(read()?, told)),
        Action::OnCancel => Some(Event::CancelReported(read()?, told)),
        Action::Search
        | Action::OnSearch
        | Action::Select
        | Action::OnSelect
        | Action::Init
        | Action::OnInit
        | Action::Confirm
        | Action::Status
        | Action::Track
        | Action::OnTrack
        | Action::Cancel
        | Action::Update
        | Action::Rating
        | Action::OnRating
        | Action::Support
        | Action::OnSupport
        | Action::CatalogRejection
        | Action::Issue
        | Action::OnIssue
        | Action::IssueStatus
        | Action::OnIssueStatus
        | Action::Settle
        | Action::OnSettle
        | Action::Report
        | Action::OnReport
        | Action::Recon
        | Action::OnRecon => None,
    })
}
