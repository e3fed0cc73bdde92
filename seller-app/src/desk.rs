//! What people at the desk can do with an order, and which orders wait for them. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::fulfilment::{Agent, DeliveryState, Progress, RtoState};
use crate::order::{Command, Order, OrderState};
use crate::returns::ReturnState;

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
    ReceiveRto,
    Nothing,
}

impl Attention {
    /// Every kind of work, the most urgent first.
    pub const ALL: [Attention; 8] = [
        Attention::Accept,
        Attention::DecideReturn,
        Attention::Pack,
        Attention::HandOver,
        Attention::Deliver,
        Attention::CollectReturn,
        Attention::ReceiveReturn,
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
            Self::ReceiveRto => "Undelivered, on the way back",
            Self::Nothing => "",
        }
    }

    /// What an order waits for. A return comes before the rest: its clock runs at the buyer app.
    pub fn of(order: &Order) -> Attention {
        let returns = order.fulfilments.iter().filter_map(|fulfilment| of_progress(fulfilment.progress));
        if let Some(first) = returns.min_by_key(|wanted| Self::ALL.iter().position(|one| one == wanted)) {
            return first;
        }
        match order.state {
            OrderState::Created => Attention::Accept,
            OrderState::Accepted | OrderState::InProgress => match order.delivery().and_then(|d| d.delivery()) {
                Some(DeliveryState::Pending) => Attention::Pack,
                Some(DeliveryState::Packed | DeliveryState::AgentAssigned) => Attention::HandOver,
                Some(DeliveryState::OrderPickedUp | DeliveryState::OutForDelivery) => Attention::Deliver,
                Some(DeliveryState::OrderDelivered | DeliveryState::Cancelled) | None => Attention::Nothing,
            },
            OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => {
                Attention::Nothing
            }
        }
    }
}

/// What a fulfilment other than the forward delivery waits for.
fn of_progress(progress: Progress) -> Option<Attention> {
    match progress {
        Progress::Return(ReturnState::Initiated) => Some(Attention::DecideReturn),
        Progress::Return(ReturnState::Approved) => Some(Attention::CollectReturn),
        Progress::Return(ReturnState::Picked) => Some(Attention::ReceiveReturn),
        Progress::Rto(RtoState::Initiated) => Some(Attention::ReceiveRto),
        Progress::Return(ReturnState::Rejected | ReturnState::Liquidated | ReturnState::Delivered)
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
}

fn step(action: &str, label: &str, needs: Needs, forward: bool) -> Step {
    Step { action: action.to_owned(), label: label.to_owned(), test_id: format!("advance-{action}"), needs, forward }
}

/// What can be done with an order now, the next step first.
pub fn steps(order: &Order) -> Vec<Step> {
    let mut steps = Vec::new();
    let delivery = order.delivery().and_then(|delivery| delivery.delivery());
    match order.state {
        OrderState::Created => steps.push(step("accept", "Accept", Needs::Nothing, true)),
        OrderState::Accepted | OrderState::InProgress => delivery_steps(delivery, &mut steps),
        OrderState::Selected | OrderState::Initialised | OrderState::Completed | OrderState::Cancelled => {}
    }
    let open = matches!(order.state, OrderState::Created | OrderState::Accepted | OrderState::InProgress);
    if open && !delivery.is_some_and(DeliveryState::has_left) {
        steps.push(step("cancel", "Cancel order", Needs::CancelReason, false));
    }
    for fulfilment in &order.fulfilments {
        match fulfilment.progress {
            Progress::Return(state) => return_steps(&fulfilment.id, state, &mut steps),
            Progress::Rto(RtoState::Initiated) => {
                steps.push(step("rto-delivered", "Goods are back", Needs::Nothing, true));
                steps.push(step("rto-disposed", "Goods were disposed of", Needs::Nothing, false));
            }
            Progress::Rto(RtoState::Delivered | RtoState::Disposed) | Progress::Delivery(_) | Progress::Cancel => {}
        }
    }
    steps
}

fn delivery_steps(delivery: Option<DeliveryState>, steps: &mut Vec<Step>) {
    match delivery {
        Some(DeliveryState::Pending) => steps.push(step("pack", "Packed", Needs::Nothing, true)),
        Some(DeliveryState::Packed) => {
            steps.push(step("assign", "Assign rider", Needs::Agent, true));
            steps.push(step("pick-up", "Picked up", Needs::Nothing, true));
        }
        Some(DeliveryState::AgentAssigned) => steps.push(step("pick-up", "Picked up", Needs::Nothing, true)),
        Some(DeliveryState::OrderPickedUp) => {
            steps.push(step("out-for-delivery", "Out for delivery", Needs::Nothing, true));
            steps.push(step("rto", "Cannot be delivered", Needs::RtoReason, false));
        }
        Some(DeliveryState::OutForDelivery) => {
            steps.push(step("deliver", "Delivered", Needs::Nothing, true));
            steps.push(step("rto", "Cannot be delivered", Needs::RtoReason, false));
        }
        Some(DeliveryState::OrderDelivered | DeliveryState::Cancelled) | None => {}
    }
}

fn return_steps(id: &str, state: ReturnState, steps: &mut Vec<Step>) {
    let mut add = |verb: &str, label: &str, needs: Needs, forward: bool| {
        steps.push(Step {
            action: format!("returns/{id}/{verb}"),
            label: label.to_owned(),
            test_id: format!("return-{verb}"),
            needs,
            forward,
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
            add("reject", "Refuse at the door", Needs::RejectionReason, false);
        }
        ReturnState::Picked => add("deliver", "Return received", Needs::Nothing, true),
        ReturnState::Rejected | ReturnState::Liquidated | ReturnState::Delivered => {}
    }
}

/// Input that came with an action; what the action does not need is ignored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    pub reason: Option<String>,
    pub agent: Option<Agent>,
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
}

/// The command behind an action of the desk.
///
/// # Errors
/// When there is no such action, or its input is missing.
pub fn command(action: &str, input: Input) -> Result<Command, ActionError> {
    let reason = || input.reason.clone().filter(|reason| !reason.is_empty()).ok_or(ActionError::NoReason);
    Ok(match action {
        "accept" => Command::Accept,
        "pack" => Command::Pack,
        "assign" => Command::AssignAgent(input.agent.ok_or(ActionError::NoAgent)?),
        "pick-up" => Command::PickUp,
        "out-for-delivery" => Command::OutForDelivery,
        "deliver" => Command::Deliver,
        "cancel" => Command::SellerCancel { reason: reason()? },
        "rto" => Command::ReturnToOrigin { reason: reason()? },
        "rto-delivered" => Command::RtoDelivered,
        "rto-disposed" => Command::RtoDisposed,
        other => return return_command(other, reason),
    })
}

fn return_command(action: &str, reason: impl Fn() -> Result<String, ActionError>) -> Result<Command, ActionError> {
    let unknown = || ActionError::Unknown(action.to_owned());
    let (id, verb) = action.strip_prefix("returns/").and_then(|rest| rest.rsplit_once('/')).ok_or_else(unknown)?;
    let return_id = id.to_owned();
    Ok(match verb {
        "approve" => Command::ApproveReturn { return_id },
        "reject" => Command::RejectReturn { return_id, reason: reason()? },
        "liquidate" => Command::LiquidateReturn { return_id },
        "pick" => Command::PickReturn { return_id },
        "deliver" => Command::DeliverReturn { return_id },
        _ => return Err(unknown()),
    })
}
