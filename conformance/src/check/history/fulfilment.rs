//! Fulfilments: their ids come from `on_select`, and what was promised of them stays promised.

use jiff::Timestamp;
use specs::Action;

use crate::check::law::Law;
use crate::check::payload::{Part, fulfilment, fulfilments, items};
use crate::check::say::{Say, changed, dropped};
use crate::check::thread::{Thread, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Ids, promises, places, slots, and that none gets lost.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            items_have_one(step, out);
            let law = Law::of(view, step);
            for part in fulfilments(step) {
                not_the_provider(step, &part, out);
                if law.is_forward(part.text("/type")) {
                    known(&thread, at, &part, out);
                    promises(&thread, at, &part, out);
                    slot(&thread, at, &part, out);
                }
                ranges(&thread, at, &part, out);
                store(&thread, at, &part, &law, out);
                once_set(&thread, at, &part, out);
            }
            carried(&thread, at, out);
            tracked(&thread, at, out);
        }
    }
}

/// Each item's fulfilment is in the list of fulfilments.
fn items_have_one(step: &Step<'_>, out: &mut Vec<Found>) {
    let known: Vec<String> = fulfilments(step).iter().filter_map(|part| part.word("/id")).collect();
    if known.is_empty() {
        return;
    }
    for item in items(step) {
        let Some(id) = item.word("/fulfillment_id").filter(|id| !known.contains(id)) else { continue };
        let text = format!("the item's fulfilment {id:?} is not in fulfillments");
        let found = step.found("history/ITEM_FULFILMENT", item.place("/fulfillment_id"), text);
        out.push(found.wants(known.join(", ")).has(id));
    }
}

fn not_the_provider(step: &Step<'_>, part: &Part<'_>, out: &mut Vec<Found>) {
    let (Some(id), Some(provider)) = (part.text("/id"), step.text("/message/order/provider/id")) else { return };
    if id == provider {
        let text = "a fulfilment has the id of the provider";
        out.push(step.found("history/FULFILMENT_NOT_PROVIDER", part.place("/id"), text).has(id));
    }
}

fn last_offer<'t, 'a>(thread: &'t Thread<'a>, at: usize) -> Option<&'t Step<'a>> {
    thread.last(at, Action::OnSelect).filter(|offer| !fulfilments(offer).is_empty())
}

/// The seller gives the ids in `on_select`; nobody else invents one.
fn known(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if !matches!(step.action, Action::Init | Action::OnInit | Action::Confirm | Action::OnConfirm) {
        return;
    }
    let (Some(offer), Some(id)) = (last_offer(thread, at), part.text("/id")) else { return };
    if fulfilment(offer, id).is_none() {
        let text = format!("fulfilment {id:?} is not one of on_select");
        let ids: Vec<String> = fulfilments(offer).iter().filter_map(|part| part.word("/id")).collect();
        let found = step.found("history/FULFILMENT_KNOWN", part.place("/id"), text).wants(ids.join(", ")).has(id);
        out.push(found.against(offer.place("/message/order/fulfillments")));
    }
}

/// Type, duration and tracking as in `on_select`, to the confirmation; where the goods go, also after it.
fn promises(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(id) = part.text("/id") else { return };
    if let Some((offer, then)) = last_offer(thread, at).and_then(|offer| Some((offer, fulfilment(offer, id)?))) {
        for (rule, place, what) in [
            ("history/FULFILMENT_TYPE_KEPT", "/type", "the type of the fulfilment"),
            ("history/TAT_KEPT", "/@ondc~1org~1TAT", "the time to deliver (TAT)"),
            ("history/TRACKING_KEPT", "/tracking", "tracking"),
        ] {
            let (Some(was), Some(is)) = (then.at(place), part.at(place)) else { continue };
            let until_confirmation = !tells_the_order(step) || step.action == Action::OnConfirm;
            let bound = until_confirmation || (place == "/tracking" && step.action == Action::OnStatus);
            if bound && differs(&was, &is) {
                out.push(changed(rule, step, &is, offer, &was, what));
            }
        }
    }
    destination(thread, at, part, out);
}

/// Two durations are the same when they last equally long.
fn differs(was: &Part<'_>, is: &Part<'_>) -> bool {
    match (was.duration_ms(""), is.duration_ms("")) {
        (Some(was), Some(is)) => was != is,
        _ => was.value != is.value,
    }
}

/// Position and postal code of the buyer, until the buyer changes the address.
fn destination(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let moved = thread
        .before(at)
        .any(|other| other.action == Action::Update && other.text("/message/update_target") == Some("fulfillment"));
    if moved || matches!(step.action, Action::Select | Action::OnSelect | Action::Update) {
        return;
    }
    // `select` has no ids yet, so a basket with several ends cannot be compared.
    let base = thread.last(at, Action::Init).or_else(|| thread.last(at, Action::Select));
    let Some(base) = base.or_else(|| thread.last(at, Action::OnConfirm)) else { return };
    let ends = fulfilments(base);
    let same = |other: &&Part<'_>| other.text("/id") == part.text("/id");
    let Some(then) = ends.iter().find(same).or_else(|| ends.first().filter(|_| ends.len() == 1)) else { return };
    for (rule, place, what) in [
        ("history/DESTINATION_KEPT", "/end/location/gps", "the buyer's position"),
        ("history/AREA_CODE_KEPT", "/end/location/address/area_code", "the buyer's postal code"),
    ] {
        let (Some(was), Some(is)) = (then.at(place), part.at(place)) else { continue };
        if !same_place(&was.word("").unwrap_or_default(), &is.word("").unwrap_or_default()) {
            out.push(changed(rule, step, &is, base, &was, what));
        }
    }
}

/// Blanks and zeros at the end do not move a place.
fn same_place(one: &str, other: &str) -> bool {
    let parts = |text: &str| {
        text.split(',').map(|part| part.trim().parse::<rust_decimal::Decimal>().ok()).collect::<Option<Vec<_>>>()
    };
    one == other || parts(one).is_some_and(|one| Some(one) == parts(other))
}

/// A slot that was offered is the slot of every later message.
fn slot(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if !matches!(step.action, Action::Init | Action::OnInit | Action::Confirm | Action::OnConfirm) {
        return;
    }
    let Some(offer) = last_offer(thread, at) else { return };
    let Some(then) = part.text("/id").and_then(|id| fulfilment(offer, id)) else { return };
    for place in ["/end/time/range/start", "/end/time/range/end"] {
        if let (Some(was), Some(is)) = (then.at(place), part.at(place))
            && was.time("") != is.time("")
        {
            out.push(changed("history/SLOT_KEPT", step, &is, offer, &was, "the slot"));
        }
    }
}

/// Does a message tell of an accepted order? From then on times of pickup and delivery are promises.
fn is_accepted(step: &Step<'_>) -> bool {
    tells_the_order(step) && !matches!(step.text("/message/order/state"), Some("Created") | None)
}

/// The first message of an accepted order that gives the ranges of this fulfilment.
fn promised<'t, 'a>(thread: &'t Thread<'a>, at: usize, id: &str, place: &str) -> Option<(&'t Step<'a>, Part<'a>)> {
    let earlier = &thread.steps[..at];
    earlier.iter().filter(|step| is_accepted(step)).find_map(|step| Some((step, fulfilment(step, id)?.at(place)?)))
}

/// The ranges of pickup and delivery stay as accepted, unless a delay is told.
fn ranges(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(id) = part.text("/id").filter(|_| tells_the_order(step)) else { return };
    if part.tag("fulfillment_delay").is_some() || !matches!(part.text("/type"), Some("Delivery" | "Self-Pickup")) {
        return;
    }
    for (place, what) in [("/start/time/range", "the range of pickup"), ("/end/time/range", "the range of delivery")] {
        let (Some((earlier, was)), Some(is)) = (promised(thread, at, id, place), part.at(place)) else { continue };
        let told = thread.steps[earlier_index(thread, earlier)..at]
            .iter()
            .any(|other| fulfilment(other, id).is_some_and(|other| other.tag("fulfillment_delay").is_some()));
        let moved = ["/start", "/end"].iter().any(|edge| is.at(edge).is_some() && was.time(edge) != is.time(edge));
        if !told && moved {
            let (then, now) = (from_to(&was), from_to(&is));
            let text = format!("{what} is {now}, but {} said {then}", earlier.action);
            let found = step.found("history/RANGE_KEPT", is.pointer.clone(), text).wants(then).has(now);
            out.push(found.against(earlier.place(was.pointer.clone())).mend(was.value));
        }
    }
}

fn from_to(range: &Part<'_>) -> String {
    let edge = |path: &str| range.text(path).unwrap_or("an unknown time").to_owned();
    format!("{} to {}", edge("/start"), edge("/end"))
}

fn earlier_index(thread: &Thread<'_>, step: &Step<'_>) -> usize {
    thread.steps.iter().position(|other| other.index == step.index).unwrap_or_default()
}

/// The place from which goods leave, and its name, stay the same from `on_confirm` on.
fn store(thread: &Thread<'_>, at: usize, part: &Part<'_>, law: &Law<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if !tells_the_order(step) || !law.is_forward(part.text("/type")) || step.action == Action::OnConfirm {
        return;
    }
    if matches!(step.action, Action::OnUpdate | Action::OnCancel)
        && part.text("/type") == Some("Delivery")
        && part.at("/start/location").is_none()
    {
        let text = "the delivery does not say where the goods leave";
        out.push(step.found("history/STORE_TOLD", part.place("/start/location"), text).wants("the store's place"));
    }
    let (Some(confirmed), Some(id)) = (thread.last(at, Action::OnConfirm), part.text("/id")) else { return };
    let Some(then) = fulfilment(confirmed, id) else { return };
    for (rule, place, what) in [
        ("history/START_KEPT", "/start/location/id", "the id of the store"),
        ("history/START_KEPT", "/start/location/gps", "the position of the store"),
        ("history/START_KEPT", "/start/location/descriptor/name", "the name of the store"),
        ("history/CARRIER_KEPT", "/provider_id", "the carrier (provider_id)"),
        ("history/FULFILMENT_TYPE_KEPT", "/type", "the type of the fulfilment"),
    ] {
        let Some(was) = then.at(place) else { continue };
        match part.at(place) {
            Some(is) if !same_place(&was.word("").unwrap_or_default(), &is.word("").unwrap_or_default()) => {
                out.push(changed(rule, step, &is, confirmed, &was, what));
            }
            None if rule == "history/START_KEPT" => {
                out.push(dropped(rule, step, part.place(place), confirmed, &was, what))
            }
            Some(_) | None => {}
        }
    }
    let [was, is] = [&then, part].map(|part| part.tag("routing")?.entry("type"));
    if let (Some(was), Some(is)) = (was, is)
        && was.value != is.value
    {
        out.push(changed("history/ROUTING_KEPT", step, &is, confirmed, &was, "the routing type"));
    }
}

/// When goods were picked up is history: once told it does not change.
fn once_set(thread: &Thread<'_>, at: usize, part: &Part<'_>, out: &mut Vec<Found>) {
    const PLACE: &str = "/start/time/timestamp";
    let step = &thread.steps[at];
    let Some(id) = part.text("/id").filter(|_| tells_the_order(step)) else { return };
    let told = thread.steps[..at].iter().filter(|step| tells_the_order(step));
    let first = told.filter_map(|step| Some((step, fulfilment(step, id)?.at(PLACE)?))).next();
    let (Some((earlier, was)), Some(is)) = (first, part.at(PLACE)) else { return };
    let times: (Option<Timestamp>, Option<Timestamp>) = (was.time(""), is.time(""));
    if times.0.is_some() && times.0 != times.1 {
        out.push(changed("history/PICKUP_TIME_KEPT", step, &is, earlier, &was, "the time of pickup"));
    }
}

/// What was cancelled, returned or turned back stays in every later order.
fn carried(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if !tells_the_order(step) || fulfilments(step).is_empty() {
        return;
    }
    let Some(before) = thread.order_before(at) else { return };
    for then in fulfilments(before) {
        let Some(id) = then.text("/id") else { continue };
        if fulfilment(step, id).is_none() {
            let kind = then.text("/type").unwrap_or("fulfilment");
            let text = format!("{kind} fulfilment {id:?} of the {} before is missing", before.action);
            let found = step.found("history/FULFILMENT_CARRIED", "/message/order/fulfillments", text).wants(id);
            out.push(found.against(before.place(then.pointer)));
        }
    }
}

/// A position is asked for only where tracking was promised.
fn tracked(thread: &Thread<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if step.action != Action::OnTrack || step.value("/error").is_some_and(|error| !error.is_null()) {
        return;
    }
    let Some(order) = thread.order_before(at) else { return };
    let forward = fulfilments(order);
    let untracked = |part: &Part<'_>| {
        part.at("/tracking").is_some_and(|tracking| tracking.value == &serde_json::Value::Bool(false))
    };
    if !forward.is_empty() && forward.iter().all(untracked) {
        let text = "on_track without an error, but no fulfilment of the order can be tracked";
        let found = step.found("history/TRACKED_AS_PROMISED", "/message/tracking", text).wants("error 40005");
        out.push(found.against(order.place("/message/order/fulfillments/0/tracking")));
    }
}
