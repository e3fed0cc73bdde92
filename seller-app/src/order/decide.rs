//! The one place where every command is answered.

use jiff::{Timestamp, TimestampRound, Unit};

use super::{
    Command, Decision, IdKind, OrderView, Refusal, Rules, cancel, confirm, courier, init, picking, progress, promising,
    receiving, reject, returning, rto, select, track, troubled, update,
};
use crate::fulfilment::{DeliveryEvent, Handover};

/// Everything that the answer depends on besides the command.
pub(super) struct Desk<'a, 'v> {
    pub view: &'a OrderView<'v>,
    pub rules: &'a Rules,
    /// Whole milliseconds, as the wire has it.
    pub now: Timestamp,
    pub ids: &'a mut dyn FnMut(IdKind) -> String,
}

/// Answers a command.
///
/// Total: never panics, whatever the buyer app sends. A refusal changes nothing.
///
/// # Errors
/// [`Refusal`] with the network's error code and, where one field is to blame, its path.
pub fn decide(
    view: &OrderView<'_>,
    command: Command,
    rules: &Rules,
    now: Timestamp,
    ids: &mut dyn FnMut(IdKind) -> String,
) -> Result<Decision, Refusal> {
    // The wire has milliseconds: what is stored must equal what was sent.
    let now = now.round(TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc)).unwrap_or(now);
    let mut desk = Desk { view, rules, now, ids };
    match command {
        Command::Select(select) => select::decide(&mut desk, select),
        Command::Init(init) => init::decide(&mut desk, init),
        Command::Confirm(confirm) => confirm::decide(&mut desk, confirm),
        Command::Status => track::status(&mut desk),
        Command::Track => track::track(&mut desk),
        Command::Rating(rating) => track::rating(&mut desk, &rating),
        Command::Support => track::support(&mut desk),
        Command::Cancel(cancel) => cancel::by_buyer(&mut desk, &cancel),
        Command::SellerCancel { reason } => cancel::by_seller(&mut desk, &reason),
        Command::SellerCancelItems { reason, items } => cancel::items_by_seller(&mut desk, &reason, &items),
        Command::ReturnToOrigin { reason } => rto::start(&mut desk, &reason),
        Command::RtoDelivered => rto::delivered(&mut desk),
        Command::RtoDisposed => rto::disposed(&mut desk),
        Command::Return(requests) => returning::request(&mut desk, requests),
        Command::ApproveReturn { return_id } => returning::approve(&mut desk, &return_id),
        Command::RejectReturn { return_id, reason } => returning::reject(&mut desk, &return_id, &reason),
        Command::LiquidateReturn { return_id } => returning::liquidate(&mut desk, &return_id),
        Command::PickReturn { return_id } => returning::pick(&mut desk, &return_id),
        Command::DeliverReturn { return_id } => receiving::all_well(&mut desk, &return_id),
        Command::FailReturnPick { return_id, note } => returning::fail_pick(&mut desk, &return_id, &note),
        Command::GiveUpReturn { return_id } => returning::give_up(&mut desk, &return_id),
        Command::ReceiveReturn { return_id, received } => receiving::receive(&mut desk, &return_id, &received),
        Command::GradeReturn { return_id, grading } => receiving::grade(&mut desk, &return_id, grading),
        Command::Refunded(refund) => update::refunded(&mut desk, &refund),
        Command::UpdateAddress(change) => update::address(&mut desk, &change),
        Command::UpdateBilling(billing) => update::billing(&mut desk, billing),
        Command::Accept => progress::accept(&mut desk),
        Command::Pack => progress::pack(&mut desk),
        Command::AssignAgent(agent) => progress::assign_agent(&mut desk, agent),
        Command::PickUp => progress::pick_up(&mut desk, &Handover::default()),
        Command::OutForDelivery => progress::out_for_delivery(&mut desk),
        Command::Deliver => progress::deliver(&mut desk, &Handover::default()),
        Command::HandOver { event: DeliveryEvent::PickUp, handover } => progress::pick_up(&mut desk, &handover),
        Command::HandOver { handover, .. } => progress::deliver(&mut desk, &handover),
        Command::Station { event, place } => progress::station(&mut desk, event, &place),
        Command::Scan { barcode } => picking::scan(&mut desk, &barcode),
        Command::Reject { cause, by, items } => reject::reject(&mut desk, cause, &by, &items),
        Command::Revise { who, cause } => promising::revise(&mut desk, &who, &cause),
        Command::ReportTrouble { kind, by, note } => troubled::report(&mut desk, kind, &by, &note),
        Command::TroubleOver => troubled::over(&mut desk),
        Command::CourierReport(report) => courier::report(&mut desk, &report),
    }
}
