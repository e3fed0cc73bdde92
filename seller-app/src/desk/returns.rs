//! What can be done with a return, and the commands behind it.

use super::{ActionError, Input, Needs, Step};
use crate::fulfilment::Fulfilment;
use crate::order::{Command, Received};
use crate::returns::{Disposition, Grade, Grading, ReturnState};

pub(super) fn steps(fulfilment: &Fulfilment, state: ReturnState, steps: &mut Vec<Step>) {
    let id = &fulfilment.id;
    let mut add = |verb: &str, label: &str, needs: Needs, forward: bool| {
        steps.push(Step {
            action: format!("returns/{id}/{verb}"),
            label: label.to_owned(),
            test_id: format!("return-{verb}"),
            needs,
            forward,
            optional: false,
        });
    };
    match state {
        ReturnState::Initiated => {
            add("approve", "Approve return", Needs::Nothing, true);
            add("liquidate", "Refund, buyer keeps it", Needs::Nothing, false);
            add("reject", "Refuse return", Needs::RejectionReason, false);
        }
        ReturnState::Approved => {
            add("pick", "Return collected", Needs::Nothing, true);
            add("pick-failed", "Not collected", Needs::Note, false);
            add("reject", "Refuse at the door", Needs::RejectionReason, false);
        }
        ReturnState::PickFailed => {
            add("pick", "Return collected", Needs::Nothing, true);
            add("approve", "Another try", Needs::Nothing, true);
            add("give-up", "Give up, no refund", Needs::Nothing, false);
        }
        ReturnState::Picked => {
            add("deliver", "Return received", Needs::Nothing, true);
            if fulfilment.case.is_some() {
                add("receive", "Count what arrived", Needs::Count, true);
            }
        }
        ReturnState::Delivered => {
            if fulfilment.case.as_ref().is_some_and(|case| case.wants_grade()) {
                add("grade", "Grade", Needs::Grade, true);
            }
        }
        ReturnState::Rejected | ReturnState::Liquidated | ReturnState::Failed => {}
    }
}

/// # Errors
/// When there is no such action, or its input is missing.
pub(super) fn command(action: &str, input: Input) -> Result<Command, ActionError> {
    let unknown = || ActionError::Unknown(action.to_owned());
    let (id, verb) = action.strip_prefix("returns/").and_then(|rest| rest.rsplit_once('/')).ok_or_else(unknown)?;
    let return_id = id.to_owned();
    Ok(match verb {
        "approve" => Command::ApproveReturn { return_id },
        "reject" => {
            let reason = input.reason.filter(|reason| !reason.is_empty()).ok_or(ActionError::NoReason)?;
            Command::RejectReturn { return_id, reason }
        }
        "liquidate" => Command::LiquidateReturn { return_id },
        "pick" => Command::PickReturn { return_id },
        "pick-failed" => Command::FailReturnPick { return_id, note: input.handover.note },
        "give-up" => Command::GiveUpReturn { return_id },
        "deliver" => Command::DeliverReturn { return_id },
        "receive" => {
            let received = Received {
                count: input.count.ok_or(ActionError::NoCount)?,
                partner_id: Some(input.partner.trim().to_owned()).filter(|id| !id.is_empty()),
                note: input.handover.note,
                photo: input.handover.photo,
                by: input.actor,
            };
            Command::ReceiveReturn { return_id, received }
        }
        "grade" => {
            let grade = Grade::parse(&input.grade).ok_or(ActionError::NoGrade)?;
            let disposition = Disposition::parse(&input.disposition).ok_or(ActionError::NoGrade)?;
            let (note, photo) = (input.handover.note, input.handover.photo);
            let grading = Grading { grade, disposition, note, photo, by: input.actor };
            Command::GradeReturn { return_id, grading }
        }
        _ => return Err(unknown()),
    })
}
