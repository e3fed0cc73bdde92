//! The messages of one order, or of one basket, in the order in which they must have happened.
//!
//! A folder of logs often holds several transactions. Messages belong together by transaction id or by order id.

use specs::Action;

use crate::check::payload::Part;
use crate::view::{FlowView, Step};

/// The messages of one order from `select` on.
#[derive(Debug)]
pub(crate) struct Thread<'a> {
    /// In the order of their times, but no callback before the request that it answers.
    pub(crate) steps: Vec<Step<'a>>,
}

/// Every order of a retail flow.
pub(crate) fn threads<'a>(view: &FlowView<'a>) -> Vec<Thread<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for step in view.steps.iter().filter(|step| is_retail(step) && is_of_an_order(step.action)) {
        let mut own = Group::of(step);
        // The message may be the link between groups that looked separate.
        let (linked, rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.shares_an_id(&own));
        groups = rest;
        for group in linked {
            own = group.join(own);
        }
        groups.push(own);
    }
    let mut threads: Vec<Thread<'a>> =
        joined(groups).into_iter().map(|group| Thread { steps: causal(by_life(group.steps)) }).collect();
    threads.sort_by_key(|thread| thread.steps.first().map(|step| step.index));
    threads
}

/// Is it a message of a retail domain?
pub(crate) fn is_retail(step: &Step<'_>) -> bool {
    let domain = step.text("/context/domain").unwrap_or_default();
    domain.starts_with("ONDC:RET") || domain.starts_with("ONDC:AGR")
}

fn is_of_an_order(action: Action) -> bool {
    match action {
        Action::Select
        | Action::OnSelect
        | Action::Init
        | Action::OnInit
        | Action::Confirm
        | Action::OnConfirm
        | Action::Status
        | Action::OnStatus
        | Action::Track
        | Action::OnTrack
        | Action::Cancel
        | Action::OnCancel
        | Action::Update
        | Action::OnUpdate => true,
        Action::Search
        | Action::OnSearch
        | Action::CatalogRejection
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
        | Action::OnRecon => false,
    }
}

/// Messages that share ids.
struct Group<'a> {
    transactions: Vec<&'a str>,
    orders: Vec<&'a str>,
    steps: Vec<Step<'a>>,
}

impl<'a> Group<'a> {
    fn of(step: &Step<'a>) -> Group<'a> {
        let orders = order_id(step).into_iter().collect();
        Group { transactions: step.text("/context/transaction_id").into_iter().collect(), orders, steps: vec![*step] }
    }

    fn shares_an_id(&self, other: &Group<'a>) -> bool {
        self.transactions.iter().any(|id| other.transactions.contains(id))
            || self.orders.iter().any(|id| other.orders.contains(id))
    }

    fn join(mut self, other: Group<'a>) -> Group<'a> {
        self.transactions.extend(other.transactions);
        self.orders.extend(other.orders);
        self.steps.extend(other.steps);
        self
    }

    fn has(&self, action: Action) -> bool {
        self.steps.iter().any(|step| step.action == action)
    }
}

/// The id of the order that a message is about.
pub(crate) fn order_id<'a>(step: &Step<'a>) -> Option<&'a str> {
    step.text("/message/order/id").or_else(|| step.text("/message/order_id")).filter(|id| !id.is_empty())
}

/// A basket that ends at `on_select` and an order that begins at `init` are one when nothing else in the flow would fit.
fn joined(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let baskets = groups.iter().filter(|group| group.has(Action::OnSelect) && !group.has(Action::Init)).count();
    let headless = groups.iter().filter(|group| group.has(Action::OnInit) && !group.has(Action::Select)).count();
    if baskets != 1 || headless != 1 {
        return groups;
    }
    let (mut open, mut rest): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| {
        (group.has(Action::OnSelect) && !group.has(Action::Init))
            || (group.has(Action::OnInit) && !group.has(Action::Select))
    });
    let same_store = open.len() == 2 && provider(&open[0]) == provider(&open[1]);
    if same_store && let (Some(second), Some(first)) = (open.pop(), open.pop()) {
        rest.push(first.join(second));
    } else {
        rest.extend(open);
    }
    rest
}

fn provider<'a>(group: &Group<'a>) -> Option<&'a str> {
    group.steps.iter().find_map(|step| step.text("/message/order/provider/id"))
}

/// The calls up to the confirmation, in the order of an order's life.
pub(crate) const LIFE: [Action; 6] =
    [Action::Select, Action::OnSelect, Action::Init, Action::OnInit, Action::Confirm, Action::OnConfirm];

/// By the times in the messages, and what makes an order before what happens to it.
fn by_life(mut steps: Vec<Step<'_>>) -> Vec<Step<'_>> {
    if steps.iter().all(|step| step.at.is_some()) {
        steps.sort_by_key(|step| (step.at, step.index));
    }
    let (mut made, happened): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| LIFE.contains(&step.action));
    made.extend(happened);
    made
}

/// No callback before its request: the clocks of two participants need not agree.
fn causal(steps: Vec<Step<'_>>) -> Vec<Step<'_>> {
    let mut ordered: Vec<Step<'_>> = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        if ordered.iter().any(|other| other.index == step.index) {
            continue;
        }
        let late = steps[at..].iter().find(|other| answers(step, other));
        ordered.extend(late.filter(|request| ordered.iter().all(|other| other.index != request.index)));
        ordered.push(*step);
    }
    ordered
}

/// Is `callback` the answer to `request`?
pub(crate) fn answers(callback: &Step<'_>, request: &Step<'_>) -> bool {
    let id = |step: &Step<'_>| step.text("/context/message_id").map(str::to_owned);
    callback.action.request() == Some(request.action) && id(callback).is_some() && id(callback) == id(request)
}

impl<'a> Thread<'a> {
    /// The messages before the one at `at`, the latest first.
    pub(crate) fn before(&self, at: usize) -> impl Iterator<Item = &Step<'a>> {
        self.steps[..at].iter().rev()
    }

    /// The last message of this action before the one at `at`.
    pub(crate) fn last(&self, at: usize, action: Action) -> Option<&Step<'a>> {
        self.before(at).find(|step| step.action == action)
    }

    /// The first message of this action.
    pub(crate) fn first(&self, action: Action) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| step.action == action)
    }

    /// The last whole order that the seller told before the one at `at`: `on_confirm` or later.
    pub(crate) fn order_before(&self, at: usize) -> Option<&Step<'a>> {
        self.before(at).find(|step| tells_the_order(step))
    }

    /// The request that the callback at `at` answers, when it is recorded.
    pub(crate) fn request_of(&self, callback: &Step<'a>) -> Option<&Step<'a>> {
        self.steps.iter().find(|step| answers(callback, step))
    }
}

/// Does the message carry the whole order after confirmation?
pub(crate) fn tells_the_order(step: &Step<'_>) -> bool {
    let whole = matches!(step.action, Action::OnConfirm | Action::OnStatus | Action::OnCancel | Action::OnUpdate);
    whole && Part::of(step, "/message/order").is_some_and(|order| order.value.is_object())
}
