//! What people at the desk can do with an order, and which orders wait for them. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::fulfilment::{
    Agent, DeliveryEvent, DeliveryState, Fulfilment, Handover, Progress, RtoState, TroubleKind, Way,
};
use crate::order::{Command, LineRef, Order, OrderState, RejectCause};
use crate::returns::ReturnState;
use crate::returns::receipt::Count;

pub mod form;
mod returns;

/// What somebody must do next. The text is the `attention` column; an empty one means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attention {
    Accept,
    Pack,
    HandOver,
    Deliver,
    DecideReturn,
    CollectReturn,
    ReceiveReturn,
    GradeReturn,
    ReceiveRto,
    Nothing,
}

impl Attention {
    /// Every kind of work, the most urgent first.
    pub const ALL: [Attention; 9] = [
        Attention::Accept,
        Attention::DecideReturn,
        Attention::Pack,
        Attention::HandOver,
        Attention::Deliver,
        Attention::CollectReturn,
        Attention::ReceiveReturn,
        Attention::GradeReturn,
        Attention::ReceiveRto,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Pack => "pack",
            Self::HandOver => "hand-over",
            Self::Deliver => "deliver",
            Self::DecideReturn => "decide-return",
            Self::CollectReturn => "collect-return",
            Self::ReceiveReturn => "receive-return",
            Self::GradeReturn => "grade-return",
            Self::ReceiveRto => "receive-rto",
            Self::Nothing => "",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Accept => "New, to accept",
            Self::Pack => "To pack",
            Self::HandOver => "To hand over",
            Self::Deliver => "On the way",
            Self::DecideReturn => "Returns to decide",
            Self::CollectReturn => "Returns to collect",
            Self::ReceiveReturn => "Returns on the way back",
            Self::GradeReturn => "Returns to grade",
            Self::ReceiveRto => "Undelivered, on the way back",
            Self::Nothing => "",
        }
    }

    /// What an order waits for. A return comes before the rest: its clock runs at the buyer app.
    pub fn of(order: &Order) -> Attention {
        let returns = order.fulfilments.iter().filter_map(of_return);
        if let Some(first) = returns.min_by_key(|wanted| Self::ALL.iter().position(|one| one == wanted)) {
            return first;
        }
        match order.state {
            OrderState::Created => Attention::Accept,
            OrderState::Accepted | OrderState::InProgress => order.delivery().map_or(Attention::Nothing, of_delivery),
            OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => {
                Attention::Nothing
            }
        }
    }
}

/// What a forward fulfilment waits for.
fn of_delivery(delivery: &Fulfilment) -> Attention {
    use DeliveryState as S;
    match delivery.delivery() {
        Some(S::Pending) => Attention::Pack,
        Some(S::Packed | S::AgentAssigned | S::OutForPickup | S::AtPickup | S::PickupFailed) => Attention::HandOver,
        Some(
            S::OrderPickedUp
            | S::InTransit
            | S::AtDestinationHub
            | S::OutForDelivery
            | S::AtDelivery
            | S::DeliveryFailed,
        ) => Attention::Deliver,
        Some(S::OrderDelivered | S::Cancelled) | None => Attention::Nothing,
    }
}

/// What a fulfilment other than the forward delivery waits for.
pub fn of_return(fulfilment: &Fulfilment) -> Option<Attention> {
    let ungraded = fulfilment.case.as_ref().is_some_and(|case| case.wants_grade());
    if ungraded { Some(Attention::GradeReturn) } else { of_progress(fulfilment.progress) }
}

fn of_progress(progress: Progress) -> Option<Attention> {
    match progress {
        Progress::Return(ReturnState::Initiated) => Some(Attention::DecideReturn),
        Progress::Return(ReturnState::Approved | ReturnState::PickFailed) => Some(Attention::CollectReturn),
        Progress::Return(ReturnState::Picked) => Some(Attention::ReceiveReturn),
        Progress::Rto(RtoState::Initiated) => Some(Attention::ReceiveRto),
        Progress::Return(
            ReturnState::Rejected | ReturnState::Liquidated | ReturnState::Failed | ReturnState::Delivered,
        )
        | Progress::Rto(RtoState::Delivered | RtoState::Disposed)
        | Progress::Delivery(_)
        | Progress::Cancel => None,
    }
}

/// One thing that can be done now; the path of the API and the name of the button.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Step {
    /// As in `POST /api/orders/{id}/{action}`: `pack`, `returns/R1/approve`.
    pub action: String,
    /// On the button.
    pub label: String,
    /// Stable name for tests of the page: `advance-pack`.
    pub test_id: String,
    /// Which input it needs.
    pub needs: Needs,
    /// True for what takes an order forward, false for what ends it.
    pub forward: bool,
    /// True when it may be left out.
    pub optional: bool,
}

/// Input of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    Nothing,
    /// Name and phone of the rider.
    Agent,
    /// A reason to cancel the order.
    CancelReason,
    /// A reason why the goods could not be delivered.
    RtoReason,
    /// A reason to refuse a return.
    RejectionReason,
    /// `cause`: why the partner does not want it; `items` when only some are missing.
    Cause,
    /// A piece's barcode.
    Barcode,
    /// Code, note and photo, each if there is one.
    Proof,
    /// A few words.
    Note,
    /// Items, pieces and a reason.
    Pieces,
    /// What arrived: `received`, `wrong`, `damaged`, `partner`.
    Count,
    /// `grade` and `disposition`.
    Grade,
}

fn step(action: &str, label: &str, needs: Needs, forward: bool) -> Step {
    Step {
        action: action.to_owned(),
        label: label.to_owned(),
        test_id: format!("advance-{action}"),
        needs,
        forward,
        optional: false,
    }
}

/// What can be done with an order now, the next step first.
pub fn steps(order: &Order) -> Vec<Step> {
    let mut steps = Vec::new();
    let delivery = order.delivery();
    let state = delivery.and_then(Fulfilment::delivery);
    match order.state {
        OrderState::Created => steps.push(step("accept", "Accept", Needs::Nothing, true)),
        OrderState::Accepted | OrderState::InProgress => {
            if let Some(delivery) = delivery {
                delivery_steps(delivery, &mut steps);
            }
        }
        OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => {}
    }
    let open = matches!(order.state, OrderState::Created | OrderState::Accepted | OrderState::InProgress);
    if open && state == Some(DeliveryState::Pending) {
        steps.push(step("reject", "Reject", Needs::Cause, false));
        steps.push(step("cancel-items", "Cancel some pieces", Needs::Pieces, false));
    }
    let troubled = delivery.is_some_and(|delivery| delivery.trouble.is_some());
    if open && (troubled || !state.is_some_and(DeliveryState::has_left)) {
        steps.push(step("cancel", "Cancel order", Needs::CancelReason, false));
    }
    for fulfilment in &order.fulfilments {
        match fulfilment.progress {
            Progress::Return(state) => returns::steps(fulfilment, state, &mut steps),
            Progress::Rto(RtoState::Initiated) => {
                steps.push(step("rto-delivered", "Goods are back", Needs::Nothing, true));
                steps.push(step("rto-disposed", "Goods were disposed of", Needs::Nothing, false));
            }
            Progress::Rto(RtoState::Delivered | RtoState::Disposed) | Progress::Delivery(_) | Progress::Cancel => {}
        }
    }
    steps
}

/// The stations that this way allows next, the usual one first; then what went wrong.
fn delivery_steps(delivery: &Fulfilment, steps: &mut Vec<Step>) {
    let (Some(state), way) = (delivery.delivery(), delivery.way()) else { return };
    if state == DeliveryState::Pending {
        steps.push(step("scan", "Scan", Needs::Barcode, true));
    }
    // The buyer app reports what its courier does, but a person may know better.
    let mut next: Vec<DeliveryEvent> = DeliveryEvent::ALL.into_iter().filter(|e| state.next(*e, way).is_ok()).collect();
    next.retain(|event| *event != DeliveryEvent::Cancel);
    next.sort_by_key(|event| usual(*event));
    for event in next {
        let mut one = step(event.action(), label(event, way), needs(event), true);
        one.optional = usual(event) > 0;
        steps.push(one);
    }
    if !delivery.is_kept() {
        let mut later = step("revise", "Tell a later estimate", Needs::Note, true);
        later.optional = true;
        steps.push(later);
    }
    if delivery.trouble.is_some() {
        steps.push(step("found", "The goods are there after all", Needs::Nothing, true));
    } else if state.has_left() && !matches!(state, DeliveryState::OrderDelivered) {
        steps.push(step("lost", "Lost", Needs::Note, false));
        steps.push(step("damaged", "Damaged", Needs::Note, false));
    }
    if state.has_left() && way != Way::BuyersCourier {
        steps.push(step("rto", "Cannot be delivered", Needs::RtoReason, false));
    }
}

/// 0 for what usually comes next; the rest is optional or went wrong.
fn usual(event: DeliveryEvent) -> u8 {
    match event {
        DeliveryEvent::Pack | DeliveryEvent::AssignAgent | DeliveryEvent::PickUp | DeliveryEvent::GoOut => 0,
        DeliveryEvent::Deliver => 0,
        DeliveryEvent::GoToPickup | DeliveryEvent::ReachStore | DeliveryEvent::ReachDoor => 1,
        DeliveryEvent::Transit | DeliveryEvent::ReachHub => 1,
        DeliveryEvent::FailPickup | DeliveryEvent::FailDelivery | DeliveryEvent::Cancel => 2,
    }
}

fn needs(event: DeliveryEvent) -> Needs {
    match event {
        DeliveryEvent::AssignAgent => Needs::Agent,
        DeliveryEvent::PickUp | DeliveryEvent::Deliver => Needs::Proof,
        DeliveryEvent::Transit | DeliveryEvent::ReachHub => Needs::Note,
        DeliveryEvent::Pack
        | DeliveryEvent::GoToPickup
        | DeliveryEvent::ReachStore
        | DeliveryEvent::FailPickup
        | DeliveryEvent::GoOut
        | DeliveryEvent::ReachDoor
        | DeliveryEvent::FailDelivery
        | DeliveryEvent::Cancel => Needs::Nothing,
    }
}

fn label(event: DeliveryEvent, way: Way) -> &'static str {
    match event {
        DeliveryEvent::Pack => "Packed",
        DeliveryEvent::AssignAgent => "Assign rider",
        DeliveryEvent::GoToPickup => "Rider on the way to the store",
        DeliveryEvent::ReachStore => "Rider at the store",
        DeliveryEvent::FailPickup => "Not collected",
        DeliveryEvent::PickUp if way.ends_at_pickup() => "Handed over",
        DeliveryEvent::PickUp => "Picked up",
        DeliveryEvent::Transit => "On the way to the hub",
        DeliveryEvent::ReachHub => "At the hub",
        DeliveryEvent::GoOut => "Out for delivery",
        DeliveryEvent::ReachDoor => "At the door",
        DeliveryEvent::FailDelivery => "Nobody took it",
        DeliveryEvent::Deliver => "Delivered",
        DeliveryEvent::Cancel => "Cancel order",
    }
}

/// Input that came with an action; what the action does not need is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    pub reason: Option<String>,
    pub agent: Option<Agent>,
    /// Code, note and photo of a hand-over; the note alone for other actions.
    pub handover: Handover,
    pub barcode: String,
    /// `out-of-stock`, `closed`, `too-busy`, `technical`, `cannot-serve`.
    pub cause: String,
    /// Pieces to cancel, or that are missing.
    pub items: Vec<LineRef>,
    /// What arrived of a return; nothing said means all of it.
    pub count: Option<Count>,
    /// The partner that has the goods of a return.
    pub partner: String,
    /// `A`, `B`, `C`, `D`
    pub grade: String,
    /// `restock`, `liquidate`, `return-to-vendor`, `scrap`
    pub disposition: String,
    /// Who acts: `brand`, a partner's id, a carrier.
    pub actor: String,
}

/// Why an action is no command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActionError {
    #[error("there is no action `{0}`")]
    Unknown(String),
    #[error("this action needs `reason`: an id of the network's list of reasons")]
    NoReason,
    #[error("this action needs `agent_name` and `agent_phone`")]
    NoAgent,
    #[error("this action needs `cause`: out-of-stock, closed, too-busy, technical or cannot-serve")]
    NoCause,
    #[error("this action needs `barcode`")]
    NoBarcode,
    #[error("this action needs `received`: how many pieces of the item arrived")]
    NoCount,
    #[error(
        "this action needs `grade`: A, B, C or D, and `disposition`: restock, liquidate, return-to-vendor or scrap"
    )]
    NoGrade,
}

/// The command behind an action of the desk.
///
/// # Errors
/// When there is no such action, or its input is missing.
pub fn command(action: &str, input: Input) -> Result<Command, ActionError> {
    let reason = || input.reason.clone().filter(|reason| !reason.is_empty()).ok_or(ActionError::NoReason);
    if let Some(event) = DeliveryEvent::parse(action).filter(|event| *event != DeliveryEvent::Cancel) {
        return delivery_command(event, input);
    }
    if let Some(kind) = TroubleKind::parse(action) {
        return Ok(Command::ReportTrouble { kind, by: input.actor, note: input.handover.note });
    }
    Ok(match action {
        "accept" => Command::Accept,
        "reject" => {
            let cause = RejectCause::parse(&input.cause).ok_or(ActionError::NoCause)?;
            Command::Reject { cause, by: input.actor, items: input.items }
        }
        "scan" if input.barcode.trim().is_empty() => return Err(ActionError::NoBarcode),
        "scan" => Command::Scan { barcode: input.barcode },
        "revise" => Command::Revise { who: input.actor, cause: input.handover.note },
        "found" => Command::TroubleOver,
        "cancel" => Command::SellerCancel { reason: reason()? },
        "cancel-items" => Command::SellerCancelItems { reason: reason()?, items: input.items },
        "rto" => Command::ReturnToOrigin { reason: reason()? },
        "rto-delivered" => Command::RtoDelivered,
        "rto-disposed" => Command::RtoDisposed,
        other => return returns::command(other, input),
    })
}

fn delivery_command(event: DeliveryEvent, input: Input) -> Result<Command, ActionError> {
    Ok(match event {
        DeliveryEvent::Pack => Command::Pack,
        DeliveryEvent::AssignAgent => Command::AssignAgent(input.agent.ok_or(ActionError::NoAgent)?),
        DeliveryEvent::GoOut => Command::OutForDelivery,
        DeliveryEvent::PickUp | DeliveryEvent::Deliver => Command::HandOver { event, handover: input.handover },
        DeliveryEvent::GoToPickup
        | DeliveryEvent::ReachStore
        | DeliveryEvent::FailPickup
        | DeliveryEvent::Transit
        | DeliveryEvent::ReachHub
        | DeliveryEvent::ReachDoor
        | DeliveryEvent::FailDelivery
        | DeliveryEvent::Cancel => Command::Station { event, place: input.handover.note },
    })
}
