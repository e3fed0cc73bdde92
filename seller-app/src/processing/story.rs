//! Commands in words, for the story of an order.

use crate::fulfilment::Handover;
use crate::order::{Command, Order};

/// A word for machines; also the `kind` of the event.
pub(crate) fn word(command: &Command) -> &'static str {
    match command {
        Command::Select(_) => "select",
        Command::Init(_) => "init",
        Command::Confirm(_) => "confirm",
        Command::Status => "status",
        Command::Track => "track",
        Command::Cancel(_) => "cancel",
        Command::Return(_) => "return",
        Command::Refunded(_) => "refund",
        Command::UpdateAddress(_) => "address",
        Command::UpdateBilling(_) => "billing",
        Command::Rating(_) => "rating",
        Command::Support => "support",
        Command::CourierReport(_) => "courier",
        Command::HandOver { event, .. } | Command::Station { event, .. } => event.action(),
        Command::Scan { .. } => "scan",
        Command::Reject { .. } => "reject",
        Command::Revise { .. } => "revise",
        Command::ReportTrouble { kind, .. } => kind.as_str(),
        Command::TroubleOver => "found",
        Command::Accept => "accept",
        Command::Pack => "pack",
        Command::AssignAgent(_) => "assign",
        Command::PickUp => "pick-up",
        Command::OutForDelivery => "out-for-delivery",
        Command::Deliver => "deliver",
        Command::SellerCancel { .. } => "cancel",
        Command::SellerCancelItems { .. } => "cancel-items",
        Command::ReturnToOrigin { .. } => "rto",
        Command::RtoDelivered => "rto-delivered",
        Command::RtoDisposed => "rto-disposed",
        Command::ApproveReturn { .. } => "return-approve",
        Command::RejectReturn { .. } => "return-reject",
        Command::LiquidateReturn { .. } => "return-liquidate",
        Command::PickReturn { .. } => "return-pick",
        Command::FailReturnPick { .. } => "return-pick-failed",
        Command::GiveUpReturn { .. } => "return-give-up",
        Command::DeliverReturn { .. } => "return-deliver",
        Command::ReceiveReturn { .. } => "return-receive",
        Command::GradeReturn { .. } => "return-grade",
    }
}

/// A sentence for people: what was asked, and what the order is now.
pub(super) fn sentence(command: &Command, next: &Order) -> String {
    let now = format!("Order is {}", next.state.as_str());
    let delivery =
        next.delivery().map(|delivery| format!(", delivery {}", delivery.progress.code())).unwrap_or_default();
    let asked = match command {
        Command::Cancel(cancel) => format!("Cancellation asked, reason {}. ", cancel.reason_id),
        Command::SellerCancel { reason } => format!("Cancelled by the seller, reason {reason}. "),
        Command::SellerCancelItems { reason, items } => {
            format!("{} line(s) cancelled by the seller, reason {reason}. ", items.len())
        }
        Command::ReturnToOrigin { reason } => format!("Could not be delivered, reason {reason}. "),
        Command::Return(requests) => {
            let wanted: Vec<String> = requests
                .iter()
                .map(|one| format!("{} × {} (reason {})", one.quantity, one.item_id, one.reason_id))
                .collect();
            format!("Return asked: {}. ", wanted.join(", "))
        }
        Command::RejectReturn { return_id, reason } => format!("Return {return_id} refused, reason {reason}. "),
        Command::ApproveReturn { return_id } => format!("Return {return_id} approved. "),
        Command::LiquidateReturn { return_id } => format!("Return {return_id} refunded, the buyer keeps the goods. "),
        Command::PickReturn { return_id } => format!("Return {return_id} collected. "),
        Command::DeliverReturn { return_id } => format!("Return {return_id} received. "),
        Command::FailReturnPick { return_id, note } => format!("Return {return_id} could not be collected. {note} "),
        Command::GiveUpReturn { return_id } => format!("Return {return_id} given up: nobody could collect it. "),
        Command::ReceiveReturn { return_id, received } => {
            let count = received.count;
            format!(
                "Return {return_id} counted: {} arrived, {} damaged, {} wrong. ",
                count.received, count.damaged, count.wrong
            )
        }
        Command::GradeReturn { return_id, grading } => format!(
            "Return {return_id} graded {}: {}. ",
            grading.grade.as_str(),
            grading.disposition.title().to_lowercase()
        ),
        Command::AssignAgent(agent) => format!("Rider {} assigned. ", agent.name),
        Command::CourierReport(report) => format!("The buyer's courier: {}. ", report.state.as_str()),
        Command::HandOver { handover, .. } => handed_over(handover),
        Command::Station { place, .. } if !place.is_empty() => format!("At {place}. "),
        Command::Scan { barcode } => format!("Piece {barcode} scanned. "),
        Command::Reject { cause, .. } => format!("Rejected: {}. ", cause.title().to_lowercase()),
        Command::Revise { .. } => {
            let cause = next.promises.last().map(|line| line.cause.clone()).unwrap_or_default();
            format!("A later estimate was told: {cause}. ")
        }
        Command::ReportTrouble { kind, note, .. } => format!("The goods are {}. {note} ", kind.as_str()),
        Command::TroubleOver => "The goods are there after all. ".to_owned(),
        Command::Refunded(_) => "The buyer was refunded. ".to_owned(),
        Command::UpdateAddress(_) => "Delivery address or instructions changed. ".to_owned(),
        Command::UpdateBilling(_) => "Billing details changed. ".to_owned(),
        Command::Select(_)
        | Command::Init(_)
        | Command::Confirm(_)
        | Command::Status
        | Command::Track
        | Command::Rating(_)
        | Command::Support
        | Command::Accept
        | Command::Pack
        | Command::PickUp
        | Command::Station { .. }
        | Command::OutForDelivery
        | Command::Deliver
        | Command::RtoDelivered
        | Command::RtoDisposed => String::new(),
    };
    format!("{asked}{now}{delivery}.")
}

fn handed_over(handover: &Handover) -> String {
    let code = if handover.code.is_empty() { "" } else { "The code was right. " };
    let note =
        if handover.note.is_empty() { String::new() } else { format!("{}. ", handover.note.trim_end_matches('.')) };
    format!("{code}{note}")
}
