//! Returns: asked for by `update`, told by `on_update` state by state, refunded by `update`.

use rust_decimal::Decimal;
use specs::Action;

use crate::check::history::quote_trail::trails;
use crate::check::payload::{Part, fulfilment, fulfilments, items, state};
use crate::check::say::{Say, changed};
use crate::check::store::Store;
use crate::check::thread::{Thread, answers, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Requests, states, amounts.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        let store = Store::of(view, &thread);
        for (at, step) in thread.steps.iter().enumerate() {
            match step.action {
                Action::Update => {
                    for part in fulfilments(step).iter().filter(|part| part.tag("return_request").is_some()) {
                        asked(&thread, at, part, store.as_ref(), out);
                    }
                    refunded(&thread, at, out);
                }
                Action::OnUpdate => {
                    fulfilments(step).iter().filter(|part| part.text("/type") == Some("Return")).for_each(|part| {
                        let before = thread.order_before(at).and_then(|before| fulfilment(before, part.text("/id")?));
                        if before.is_none() {
                            told(&thread, at, part, out);
                        }
                        if before.is_none_or(|before| state(&before) != state(part)) {
                            places(step, part, out);
                        }
                    });
                }
                _ => {}
            }
        }
    }
}

/// A return is asked for when the order is delivered, under a new id, for no more than was delivered.
fn asked(thread: &Thread<'_>, at: usize, part: &Part<'_>, store: Option<&Store<'_>>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    for request in part.tags("return_request") {
        let order = thread.order_before(at);
        if let Some(order) =
            order.filter(|order| order.text("/message/order/state").is_some_and(|state| state != "Completed"))
        {
            let text = "a return can be asked for when the order is Completed";
            out.push(
                step.found("history/RETURN_AFTER_DELIVERY", request.pointer.clone(), text)
                    .against(order.place("/message/order/state")),
            );
        }
        let id = request.entry_word("id");
        let taken = thread.before(at).find_map(|other| {
            let known = tells_the_order(other).then(|| id.as_deref().and_then(|id| fulfilment(other, id))).flatten()?;
            Some((other, known))
        });
        // The clock of one side may run behind: an answer to this very request proves nothing.
        if let Some((other, known)) = taken.filter(|(other, _)| !answers(other, step)) {
            let text =
                format!("return {:?} is asked for, and a fulfilment has that id already", id.unwrap_or_default());
            out.push(
                step.found("history/RETURN_ID_NEW", request.place("/list"), text)
                    .against(other.place(known.place("/id"))),
            );
        }
        let Some(item) = request.entry_word("item_id") else { continue };
        let ordered = thread.last(at, Action::OnConfirm).or_else(|| thread.last(at, Action::Confirm));
        if let Some(ordered) = ordered {
            quantity(step, &request, &item, ordered, out);
        }
        let shown = store.and_then(|store| store.item(&item));
        if let Some((catalogue, shown)) =
            shown.filter(|(_, shown)| shown.at("/@ondc~1org~1returnable").is_some_and(|part| part.value == false))
        {
            let place = shown.place("/@ondc~1org~1returnable");
            let text = format!("item {item:?} cannot be returned, by the catalogue");
            out.push(
                step.found("history/RETURN_ALLOWED", request.pointer.clone(), text).against(catalogue.place(place)),
            );
        }
    }
}

fn quantity(step: &Step<'_>, request: &Part<'_>, item: &str, ordered: &Step<'_>, out: &mut Vec<Found>) {
    let Some(count) = request.entry("item_quantity") else { return };
    let Some(asked) = count.number("") else { return };
    let of_item = items(ordered).into_iter().filter(|part| part.word("/id").as_deref() == Some(item));
    let counts: Vec<Decimal> = of_item.filter_map(|part| part.number("/quantity/count")).collect();
    let bought: Decimal = counts.iter().sum();
    if counts.is_empty() {
        let text = format!("item {item:?} was not ordered");
        out.push(
            step.found("history/RETURN_QUANTITY", request.place("/list"), text)
                .against(ordered.place("/message/order/items")),
        );
    } else if asked > bought {
        let text = format!("{asked} of item {item:?} should go back, {bought} were ordered");
        let found =
            step.found("history/RETURN_QUANTITY", count.pointer, text).wants(format!("at most {bought}")).has(asked);
        out.push(found.against(ordered.place("/message/order/items")));
    }
}

/// The seller repeats the request in the return's fulfilment.
fn told(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(id) = part.text("/id") else { return };
    let requests: Vec<(&Step<'_>, Part<'_>)> = thread
        .steps
        .iter()
        .filter(|other| other.action == Action::Update)
        .flat_map(|other| {
            fulfilments(other).into_iter().flat_map(|part| part.tags("return_request")).map(move |tag| (other, tag))
        })
        .collect();
    if requests.is_empty() {
        return;
    }
    let Some((request, then)) = requests.iter().find(|(_, tag)| tag.entry_word("id").as_deref() == Some(id)) else {
        let text = format!("return {id:?} was not asked for");
        let ids: Vec<String> = requests.iter().filter_map(|(_, tag)| tag.entry_word("id")).collect();
        let found = step.found("history/RETURN_ASKED_FOR", part.place("/id"), text).wants(ids.join(", ")).has(id);
        out.push(found.against(requests[0].0.place(requests[0].1.place("/list"))));
        return;
    };
    let Some(now) = part
        .tags("return_request")
        .into_iter()
        .find(|now| now.entry_word("item_id") == then.entry_word("item_id"))
        .or_else(|| part.tag("return_request"))
    else {
        return;
    };
    for key in ["item_id", "item_quantity", "reason_id"] {
        if let (Some(was), Some(is)) = (then.entry(key), now.entry(key))
            && was.word("") != is.word("")
        {
            out.push(changed(
                "history/RETURN_REQUEST_ECHOED",
                step,
                &is,
                request,
                &was,
                &format!("return_request.{key}"),
            ));
        }
    }
    if let (Some(is), Some(buyer)) = (now.entry("initiated_by"), step.text("/context/bap_id"))
        && is.word("").as_deref() != Some(buyer)
    {
        let text = format!("the return was asked for by bap_id {buyer:?}");
        let found = step.found("history/RETURN_INITIATED_BY", is.pointer.clone(), text).wants(buyer);
        out.push(found.has(is.word("").unwrap_or_default()).against(step.place("/context/bap_id")));
    }
}

/// From approval on it is told where the goods go from and to; when they are fetched, when and for how much.
fn places(step: &Step<'_>, part: &Part<'_>, out: &mut Vec<Found>) {
    let now = state(part).unwrap_or_default();
    let on_the_way = matches!(now, "Return_Approved" | "Return_Picked" | "Return_Delivered");
    for (place, what) in [("/start/location", "the buyer's place"), ("/end/location", "the store")] {
        if on_the_way && part.at(place).is_none() {
            let text = format!("a return that is {now} tells {what}");
            out.push(step.found("history/RETURN_PLACES", part.place(place), text).wants("a location"));
        }
    }
    let wanted: &[&str] = match now {
        "Return_Picked" => &["/start/time/timestamp"],
        "Return_Delivered" => &["/end/time/timestamp"],
        _ => &[],
    };
    for place in wanted.iter().filter(|place| {
        part.at(&place[..place.find("/time").unwrap_or_default()]).is_some() && part.at(place).is_none()
    }) {
        let text = format!("{now} without the time of it");
        out.push(step.found("history/RETURN_TIME", part.place(place), text).wants("a time"));
    }
    let replaced = part.tag("return_request").and_then(|tag| tag.entry_word("replace")).as_deref() == Some("yes");
    if matches!(now, "Return_Picked" | "Liquidated")
        && trails(part).is_empty()
        && !replaced
        && part.tag("replace_request").is_none()
    {
        let text = format!("{now}, and no quote_trail says what that takes off the quote");
        out.push(
            step.found("history/RETURN_TRAIL", part.place("/tags"), text).wants("a tag quote_trail for each line"),
        );
    }
    if now == "Return_Rejected" && part.text("/state/descriptor/short_desc").is_none() {
        let text = "a return is refused, and short_desc does not say why";
        out.push(
            step.found("history/RETURN_REFUSAL", part.place("/state/descriptor/short_desc"), text).wants("a reason"),
        );
    }
}

/// A refund is for a fulfilment of the order and is what its trail took off the quote.
fn refunded(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(payment) = Part::of(step, "/message/order/payment") else { return };
    let entries = payment.list("/@ondc~1org~1settlement_details");
    let refunds: Vec<&Part<'_>> =
        entries.iter().filter(|part| part.text("/settlement_phase") == Some("refund")).collect();
    let about = fulfilments(step);
    let ids: Vec<&str> = about.iter().filter_map(|part| part.text("/id")).collect();
    let Some(order) = thread.order_before(at).filter(|_| !refunds.is_empty() && !ids.is_empty()) else { return };
    // One that a message has lost since is told there; the one who pays back knows it from before.
    let is_known = |id: &str| {
        thread.before(at).filter(|one| one.action != Action::Update).any(|one| fulfilment(one, id).is_some())
    };
    for part in about.iter().filter(|part| part.text("/id").is_some_and(|id| !is_known(id))) {
        let text = format!("a refund for fulfilment {}, which the order does not have", part.value["id"]);
        out.push(
            step.found("history/REFUND_KNOWN", part.place("/id"), text)
                .against(order.place("/message/order/fulfillments")),
        );
    }
    let of_refund = ids.iter().filter_map(|id| fulfilment(order, id));
    let trail: Vec<Decimal> = of_refund.flat_map(|part| trails(&part)).map(|(_, value)| value).collect();
    let due: Decimal = -trail.iter().sum::<Decimal>();
    let paid: Decimal = refunds.iter().filter_map(|part| part.number("/settlement_amount")).sum();
    if !trail.is_empty() && paid != due {
        let text = format!("refunded {paid}; the quote_trail of the fulfilment takes {due} off the quote");
        let found =
            step.found("history/REFUND_OF_TRAIL", refunds[0].place("/settlement_amount"), text).wants(due).has(paid);
        out.push(found.against(order.place("/message/order/fulfillments")));
    }
}
