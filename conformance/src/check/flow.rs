//! The flow as a whole: which story it tells, what is missing in it, and which messages stand alone.

pub(crate) mod label;
pub(crate) mod story;

use specs::{Action, Fault};

use crate::check::flow::label::Label;
use crate::check::flow::story::Story;
use crate::check::payload::{Part, fulfilments};
use crate::check::say::Say;
use crate::check::thread::{Thread, answers, is_retail, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Steps, answers, repetitions.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    if !view.steps.iter().any(is_retail) {
        return;
    }
    missing(view, out);
    alone(view, out);
    repeated(view, out);
    for thread in threads(view) {
        for at in 0..thread.steps.len() {
            too_late(&thread, at, out);
            refund_after_the_end(&thread, at, out);
        }
    }
}

/// What a flow is: number and title of the certification's flow that its content tells; `None` for another.
pub(crate) fn kind(view: &FlowView<'_>) -> Option<(&'static str, &'static str)> {
    story::recognised(&labels(view)).map(|story| (story.number, story.title))
}

/// Every message by what it is.
fn labels(view: &FlowView<'_>) -> Vec<Label> {
    let mut told = Vec::new();
    for step in view.steps.iter().filter(|step| is_retail(step) && !tells_the_order(step)) {
        told.push(Label::of(step, None));
    }
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate().filter(|(_, step)| tells_the_order(step)) {
            told.push(Label::of(step, thread.order_before(at)));
        }
    }
    told
}

/// Steps of the story that nobody recorded. The claim of a recording is taken at its word when it names a known flow.
fn missing(view: &FlowView<'_>, out: &mut Vec<Found>) {
    // The numbers are those of 1.2.0; 1.2.5 gave some of them another content.
    let old = view.steps.iter().any(|step| is_retail(step) && step.text("/context/core_version") == Some("1.2.0"));
    let told = labels(view);
    let claimed = view.flow.claim.flow.as_deref().filter(|_| old).and_then(story::numbered);
    let recognised = story::recognised(&told);
    let Some(story) = claimed.or(recognised) else { return };
    let rule = if claimed.is_some() { "flow/STEP_MISSING" } else { "flow/STEP_NOT_SEEN" };
    for label in missing_in(story, &told, claimed.is_some()) {
        let text = format!("flow {} ({}) has no {}", story.number, story.title, label.name());
        out.push(Found { rule: rule.to_owned(), text, expected: Some(label.name().to_owned()), ..Found::default() });
    }
}

/// A request that is not recorded has an answer that says so; a subscription may be older than the recording.
const REQUESTS: [Label; 5] = [Label::Search, Label::SearchInc, Label::Select, Label::Init, Label::Confirm];

/// What need not be in a story with a return: parts are cancelled, goods returned or only refunded, each by itself.
const PARTS_OF_A_RETURN: [Label; 6] = [
    Label::OnUpdatePartCancel,
    Label::UpdateSettlement,
    Label::OnUpdateReturnApproved,
    Label::OnUpdateReturnPicked,
    Label::OnUpdateReturnDelivered,
    Label::OnUpdateLiquidated,
];

/// The certification wants every step; a recording of an order alone need not hold its discovery or the rest of a return.
fn missing_in(story: &Story, told: &[Label], claimed: bool) -> Vec<Label> {
    let has = |label: &Label| told.contains(label) || (*label == Label::OnSelect && told.contains(&Label::OnInit));
    let mut missing: Vec<Label> = story.steps.iter().copied().filter(|label| !has(label)).collect();
    if !claimed {
        // Between the first and the last step that were told; what lies outside may simply not be recorded.
        let position = |label: &Label| story.steps.iter().position(|step| step == label);
        let (first, last) = (told.iter().filter_map(position).min(), told.iter().filter_map(position).max());
        // A subscription may be older than the recording, and of a return each recording shows its own part.
        let optional = |label: &Label| PARTS_OF_A_RETURN.contains(label) || REQUESTS.contains(label);
        missing.retain(|label| position(label) > first && position(label) < last && !optional(label));
    }
    missing
}

/// A request without its answer, an answer without its request.
fn alone(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for step in view.steps.iter().filter(|step| is_retail(step)) {
        if matches!(step.action, Action::OnSelect | Action::OnInit | Action::OnConfirm) {
            let asked = view.steps.iter().any(|other| answers(step, other));
            let any = step.action.request().is_some_and(|request| view.all(request).next().is_some());
            if !asked && !any {
                let text =
                    format!("the recording has no {} for it", step.action.request().map_or("request", Action::as_str));
                out.push(Found {
                    fault: Some(Fault::Harness),
                    ..step.found("flow/REQUEST_MISSING", "/context/message_id", text)
                });
            }
        }
        let wanted = match step.action {
            Action::Select | Action::Init | Action::Confirm | Action::Status | Action::Track | Action::Cancel => true,
            // A refund may be only acknowledged, and a catalogue need not be sent.
            Action::Update => Label::of(step, None) == Label::UpdateReturn,
            _ => false,
        };
        let refused =
            step.recorded.answer.as_ref().is_some_and(|answer| {
                answer.body.pointer("/message/ack/status").is_some_and(|status| status == "NACK")
            });
        if !wanted || refused || forced_off(step) || answered(view, step) {
            continue;
        }
        let answer = step.action.callback().map_or("answer", Action::as_str);
        out.push(
            step.found("flow/ANSWER_MISSING", "/context/message_id", format!("no {answer} has its message_id"))
                .wants(answer),
        );
    }
}

/// Is there an answer with the same id, or, for a callback under a wrong id, any answer that is left over?
fn answered(view: &FlowView<'_>, request: &Step<'_>) -> bool {
    let same = view.steps.iter().any(|step| answers(step, request));
    let left_over = || {
        let transaction = request.text("/context/transaction_id");
        let callbacks = request.action.callback().into_iter().flat_map(|action| view.all(action));
        callbacks
            .filter(|step| step.text("/context/transaction_id") == transaction)
            .any(|step| step.index > request.index && !view.steps.iter().any(|other| answers(step, other)))
    };
    same || left_over()
}

/// The first cancellation of a forced one asks only; silence is an answer.
fn forced_off(step: &Step<'_>) -> bool {
    let force = Part::of(step, "/message/descriptor").and_then(|part| part.tag("params")?.entry_word("force"));
    force.as_deref() == Some("no")
}

/// The same message twice, or two different answers to one request.
fn repeated(view: &FlowView<'_>, out: &mut Vec<Found>) {
    let steps: Vec<&Step<'_>> =
        view.steps.iter().filter(|step| is_retail(step) && step.action != Action::OnSearch).collect();
    for (at, step) in steps.iter().enumerate() {
        let id = step.text("/context/message_id");
        let before = steps[..at]
            .iter()
            .find(|other| other.action == step.action && id.is_some() && other.text("/context/message_id") == id);
        let Some(before) = before else { continue };
        if before.payload == step.payload {
            let text = format!("the same {} was recorded before", step.action);
            out.push(
                step.found("flow/DUPLICATE", "/context/message_id", text).against(before.place("/context/message_id")),
            );
        }
    }
}

/// Nothing can be cancelled that is delivered or cancelled.
fn too_late(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let of_a_part = step.value("/message/descriptor/short_desc").is_some();
    if step.action != Action::Cancel || of_a_part {
        return;
    }
    let Some(order) = thread.order_before(at) else { return };
    if let Some(state) = order.text("/message/order/state").filter(|state| matches!(*state, "Completed" | "Cancelled"))
    {
        let text = format!("cancel of an order that is {state}");
        out.push(
            step.found("flow/CANCEL_TOO_LATE", "/message/order_id", text).against(order.place("/message/order/state")),
        );
    }
}

/// The refund of a return is told between Return_Picked and Return_Delivered.
fn refund_after_the_end(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if Label::of(step, None) != Label::UpdateSettlement {
        return;
    }
    let Some(order) = thread.order_before(at) else { return };
    for part in fulfilments(step) {
        let Some(id) = part.text("/id") else { continue };
        let ended = fulfilments(order).into_iter().find(|other| {
            other.text("/id") == Some(id) && crate::check::payload::state(other) == Some("Return_Delivered")
        });
        if let Some(ended) = ended {
            let text = format!("the refund of return {id:?} is told after Return_Delivered; it follows Return_Picked");
            let found = step.found("flow/REFUND_ORDER", part.place("/id"), text);
            out.push(found.against(order.place(ended.place("/state/descriptor/code"))));
        }
    }
}
