//! Cancellation: who may cancel for which reason, and what the cancelled order says.

use specs::{Action, Side};

use crate::check::history::quote_trail::trails;
use crate::check::law::Law;
use crate::check::payload::{Part, fulfilment, fulfilments, items, lines, order, state};
use crate::check::say::{Say, changed};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Reasons, names, counts and the state before.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            let law = Law::of(view, step);
            match step.action {
                Action::Cancel => {
                    reason(step, &law, Part::of(step, "/message/cancellation_reason_id"), Side::Buyer, out);
                    forced(&thread, at, out);
                }
                Action::OnCancel => on_cancel(&thread, at, &law, out),
                Action::OnUpdate => parts(&thread, at, &law, out),
                _ => {}
            }
        }
    }
}

/// The published rules of 1.2.5 still let a buyer give these, though the list of reasons gives some of them to sellers.
const OLD_REASONS_OF_BUYERS: [&str; 9] = ["001", "002", "003", "004", "005", "009", "010", "017", "020"];

/// Is the reason one that this side may give? The network changed its list without a new version, so every list counts.
pub(crate) fn reason(step: &Step<'_>, law: &Law<'_>, part: Option<Part<'_>>, by: Side, out: &mut Vec<Found>) {
    let Some((part, id)) = part.and_then(|part| Some((part.clone(), part.word("")?))) else { return };
    let known = law.every("cancellation_reason", &id);
    let who = match by {
        Side::Buyer => "buyer",
        Side::Seller => "seller",
    };
    // Towards the buyer the seller speaks for its logistics, on both sides of it.
    let logistics =
        |users: &[&str]| by == Side::Seller && (users.contains(&"logistics") || users.contains(&"logistics_buyer"));
    let old = by == Side::Buyer && OLD_REASONS_OF_BUYERS.contains(&id.as_str());
    let may = |users: Vec<&str>| users.is_empty() || users.contains(&who) || logistics(&users);
    if known.is_empty() && !old {
        let text = format!("{id:?} is no reason of the network");
        out.push(
            step.found("history/CANCEL_REASON", part.pointer, text).wants("a code of cancellation_reason").has(id),
        );
    } else if !old && !known.iter().any(|code| may(code.texts("used_by"))) {
        let name = known.first().map(|code| code.name.as_str()).unwrap_or_default();
        let text = format!("reason {id} ({name}) is not for the {who} to give");
        out.push(
            step.found("history/CANCEL_REASON", part.pointer, text).wants(format!("a reason of the {who}")).has(id),
        );
    }
}

/// `force: yes` follows a `force: no` that nobody answered.
fn forced(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let force = |step: &Step<'_>| {
        Part::of(step, "/message/descriptor").and_then(|part| part.tag("params")?.entry_word("force"))
    };
    let step = &thread.steps[at];
    let asked = thread.before(at).any(|other| other.action == Action::Cancel && force(other).as_deref() == Some("no"));
    if force(step).as_deref() == Some("yes") && !asked {
        let text = "a forced cancellation comes after one with force no that the seller did not answer in time";
        out.push(step.found("history/FORCE_AFTER_REQUEST", "/message/descriptor/tags", text));
    }
}

fn on_cancel(thread: &Thread<'_>, at: usize, law: &Law<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let delivered =
        thread.order_before(at).is_some_and(|before| before.text("/message/order/state") == Some("Completed"));
    if order(step).is_none() || delivered || of_a_return(step) {
        return;
    }
    let given = Part::of(step, "/message/order/cancellation/reason/id");
    let same_reason = |cancel: &&Step<'_>| {
        let asked = Part::of(cancel, "/message/cancellation_reason_id").and_then(|part| part.word(""));
        asked.is_some() && asked == given.as_ref().and_then(|part| part.word(""))
    };
    // An answer under a wrong message_id is still the answer, when it has the reason that was asked for.
    let request = thread.request_of(step).or_else(|| thread.last(at, Action::Cancel).filter(same_reason));
    let by = if request.is_some() { Side::Buyer } else { Side::Seller };
    match (request, &given) {
        (Some(request), Some(now)) => {
            let then = Part::of(request, "/message/cancellation_reason_id");
            if let Some(then) = then.filter(|then| then.word("") != now.word("")) {
                out.push(changed("history/CANCEL_REASON_ECHOED", step, now, request, &then, "the reason"));
            }
        }
        (None, Some(_)) => reason(step, law, given.clone(), by, out),
        (_, None) => {}
    }
    names(step, by, out);
    let forward = |part: &Part<'_>| law.is_forward(part.text("/type"));
    for part in fulfilments(step).iter().filter(|part| forward(part)) {
        precancel(thread, at, part, out);
        cancelled(step, part, out);
    }
    if let Some(is) = step.text("/message/order/state").filter(|is| *is != "Cancelled") {
        let text = format!("on_cancel says that the order is {is}");
        out.push(step.found("history/CANCELLED_ORDER", "/message/order/state", text).wants("Cancelled").has(is));
    }
}

/// The cancellation of a return leaves the order as it is.
fn of_a_return(step: &Step<'_>) -> bool {
    let cancelled = fulfilments(step).into_iter().filter(|part| state(part) == Some("Cancelled"));
    let kinds: Vec<Option<&str>> = cancelled.map(|part| part.text("/type")).collect();
    !kinds.is_empty() && kinds.iter().all(|kind| *kind == Some("Return"))
}

/// Who cancelled has a name: that of the buyer app when it asked, else that of the seller.
fn names(step: &Step<'_>, by: Side, out: &mut Vec<Found>) {
    let (place, key) = match by {
        Side::Buyer => ("/context/bap_id", "bap_id"),
        Side::Seller => ("/context/bpp_id", "bpp_id"),
    };
    let Some(name) = step.text(place) else { return };
    let said = Part::of(step, "/message/order/cancellation/cancelled_by");
    // Goods turn back under the name of the seller or of its logistics provider.
    let turned = fulfilments(step).iter().any(|part| part.text("/type") == Some("RTO"));
    let tags = fulfilments(step)
        .into_iter()
        .filter(|_| !turned)
        .filter_map(|part| part.tag("cancel_request")?.entry("initiated_by"));
    for part in said.into_iter().chain(tags) {
        let Some(is) = part.word("").filter(|is| is != name) else { continue };
        let text = format!("cancelled by {is:?}; it was {key} {name:?}");
        out.push(
            step.found("history/CANCELLED_BY", part.pointer.clone(), text)
                .wants(name)
                .has(is)
                .against(step.place(place)),
        );
    }
}

/// precancel_state is where the fulfilment stood in the message before.
fn precancel(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let (Some(tag), Some(id)) = (part.tag("precancel_state"), part.text("/id")) else { return };
    let live = |other: &&Step<'_>| {
        tells_the_order(other) && fulfilment(other, id).is_some_and(|part| state(&part) != Some("Cancelled"))
    };
    let Some(before) = thread.before(at).find(live) else { return };
    let Some(then) = fulfilment(before, id) else { return };
    if let (Some(was), Some(is)) = (then.at("/state/descriptor/code"), tag.entry("fulfillment_state"))
        && was.word("") != is.word("")
    {
        out.push(changed("history/PRECANCEL_STATE", step, &is, before, &was, "the state before the cancellation"));
    }
    let was = Part::of(before, "/message/order/updated_at");
    if let (Some(was), Some(is)) = (was, tag.entry("updated_at"))
        && was.time("").is_some()
        && was.time("") != is.time("")
    {
        out.push(changed(
            "history/PRECANCEL_TIME",
            step,
            &is,
            before,
            &was,
            "the time of the state before the cancellation",
        ));
    }
}

/// A cancelled fulfilment has no goods left and costs nothing for them.
fn cancelled(step: &Step<'_>, part: &Part<'_>, out: &mut Vec<Found>) {
    if let Some(is) = state(part).filter(|is| *is != "Cancelled") {
        let place = part.place("/state/descriptor/code");
        let text = format!("the order is cancelled, its fulfilment is {is}");
        out.push(step.found("history/CANCELLED_FULFILMENT", place, text).wants("Cancelled").has(is));
    }
    let own = |item: &Part<'_>| item.text("/fulfillment_id") == part.text("/id");
    for item in items(step).iter().filter(|item| own(item)) {
        if let Some(count) = item.number("/quantity/count").filter(|count| !count.is_zero()) {
            let text = format!(
                "the fulfilment is cancelled, but {count} of item {:?} stay in it",
                item.word("/id").unwrap_or_default()
            );
            out.push(step.found("history/CANCELLED_ITEMS", item.place("/quantity/count"), text).wants(0).has(count));
        }
    }
    for line in lines(step).iter().filter(|line| line.text("/@ondc~1org~1title_type") == Some("item")) {
        if let Some(price) = line.number("/price/value").filter(|price| !price.is_zero()) {
            let text = format!("everything is cancelled, but a line of goods costs {price}");
            out.push(step.found("history/CANCELLED_LINE", line.place("/price/value"), text).wants("0.00").has(price));
        }
    }
}

/// A part that the seller cancels: its reason, its name, its trail.
fn parts(thread: &Thread<'_>, at: usize, law: &Law<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let known = |part: &Part<'_>| {
        let id = part.text("/id").unwrap_or_default();
        thread.order_before(at).is_some_and(|before| fulfilment(before, id).is_some())
    };
    for part in fulfilments(step).iter().filter(|part| part.text("/type") == Some("Cancel") && !known(part)) {
        let Some(tag) = part.tag("cancel_request") else { continue };
        reason(step, law, tag.entry("reason_id"), Side::Seller, out);
        if let (Some(is), Some(name)) = (tag.entry("initiated_by"), step.text("/context/bpp_id"))
            && is.word("").as_deref() != Some(name)
        {
            let text = format!("a seller cancels a part of an order under its own name, {name:?}");
            let found = step.found("history/CANCELLED_BY", is.pointer.clone(), text).wants(name);
            out.push(found.has(is.word("").unwrap_or_default()).against(step.place("/context/bpp_id")));
        }
        if trails(part).is_empty() {
            let text = "a part was cancelled, and no quote_trail says what it takes off the quote";
            out.push(
                step.found("history/CANCEL_TRAIL", part.place("/tags"), text).wants("a tag quote_trail for each line"),
            );
        }
    }
}
