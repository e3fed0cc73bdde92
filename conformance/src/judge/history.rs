//! Rules of the books between messages: each message is put to them with those before it as `_BEFORE_`.

use serde_json::{Map, Value, json};
use specs::Action;

use super::flow::of_violation;
use crate::finding::{Found, Place};
use crate::view::{FlowView, Step, shortened};

/// Under this name a rule finds the messages before.
const BEFORE: &str = "_BEFORE_";
/// Under this name in it, the last message of the same order.
const PREVIOUS: &str = "previous";
const PROVIDERS: &str = "bpp/providers";
/// Where they stand.
const ALL: &str = "/message/catalog/bpp~1providers";
/// Where the one of a reduced catalogue stands.
const REDUCED: &str = "/message/catalog/bpp~1providers/0";

/// Puts each message of which a book is known, by itself or by its transaction, to the book's rules about history.
pub(super) fn check(view: &FlowView<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for step in &view.steps {
        let thread_book = step.thread_book.filter(|book| book.history_rules(step.action).next().is_some());
        let Some(book) = thread_book else { continue };
        let before = Before::of(view, step);
        for violation in book.check_history(step.action, &before.document(step)) {
            let contradicts = violation.against.as_deref().and_then(|against| before.place(view, against));
            found.push(Found { contradicts, ..of_violation(step, violation) });
        }
    }
    found
}

/// The messages before one message, by the name under which a rule finds them.
#[derive(Debug, Default)]
struct Before {
    messages: Vec<Earlier>,
}

/// One message before, and which of the flow it is.
#[derive(Debug)]
struct Earlier {
    name: &'static str,
    index: usize,
    payload: Value,
    /// Of a reduced catalogue: the pointer of the provider, and of each item, in the recorded message.
    whole: Option<(String, Vec<String>)>,
}

impl Before {
    fn of(view: &FlowView<'_>, step: &Step<'_>) -> Before {
        let mut messages: Vec<Earlier> = Vec::new();
        for action in Action::ALL {
            messages.extend(match action {
                Action::OnSearch => catalogue(view, step),
                _ => last(view, step, action).map(|earlier| Earlier::itself(action.as_str(), earlier)),
            });
        }
        messages.extend(previous(view, step).map(|earlier| Earlier::itself(PREVIOUS, earlier)));
        Before { messages }
    }

    /// `{context, message, error, _BEFORE_}`.
    fn document(&self, step: &Step<'_>) -> Value {
        let mut document = step.payload.clone();
        let before = self.messages.iter().map(|one| (one.name.to_owned(), one.payload.clone()));
        if let Some(map) = document.as_object_mut() {
            map.insert(BEFORE.to_owned(), Value::Object(before.collect()));
        }
        document
    }

    /// `/_BEFORE_/on_select/message/order/quote` as a place of the flow.
    fn place(&self, view: &FlowView<'_>, pointer: &str) -> Option<Place> {
        let (name, below) = pointer.strip_prefix("/_BEFORE_/")?.split_once('/')?;
        let one = self.messages.iter().find(|one| one.name == name)?;
        let below = format!("/{below}");
        let value = one.payload.pointer(&below).map(shortened).unwrap_or_default();
        let pointer = one.pointer(&below);
        view.flow.messages.get(one.index).map(|_| Place { message: one.index, pointer, value })
    }
}

impl Earlier {
    fn itself(name: &'static str, step: &Step<'_>) -> Earlier {
        Earlier { name, index: step.index, payload: step.payload.clone(), whole: None }
    }

    /// The pointer in the recorded message.
    fn pointer(&self, below: &str) -> String {
        let in_whole = || {
            let (provider, items) = self.whole.as_ref()?;
            let rest = below.strip_prefix(REDUCED)?;
            let item = || {
                let rest = rest.strip_prefix("/items/")?;
                let end = rest.find('/').unwrap_or(rest.len());
                Some(format!("{}{}", items.get(rest[..end].parse::<usize>().ok()?)?, &rest[end..]))
            };
            Some(item().unwrap_or_else(|| format!("{provider}{rest}")))
        };
        in_whole().unwrap_or_else(|| below.to_owned())
    }
}

/// The last message of this action before: of the same order where there is one, else of any (`search` has another transaction).
fn last<'v, 'a>(view: &'v FlowView<'a>, step: &Step<'_>, action: Action) -> Option<&'v Step<'a>> {
    let earlier: Vec<&Step<'_>> = earlier(view, step).filter(|one| one.action == action).collect();
    let any = || earlier.first().copied().filter(|one| one.action == Action::Search);
    of_same_order(&earlier, step).or_else(any)
}

fn previous<'v, 'a>(view: &'v FlowView<'a>, step: &Step<'_>) -> Option<&'v Step<'a>> {
    let earlier: Vec<&Step<'_>> = earlier(view, step).filter(|one| one.value("/message/order").is_some()).collect();
    of_same_order(&earlier, step)
}

/// The messages before, the last one first.
fn earlier<'v, 'a>(view: &'v FlowView<'a>, step: &Step<'_>) -> impl Iterator<Item = &'v Step<'a>> {
    let index = step.index;
    view.steps.iter().rev().filter(move |one| one.index < index)
}

/// The first that surely speaks of the same order; else the first that seems to, because ids are what may be wrong.
fn of_same_order<'v, 'a>(earlier: &[&'v Step<'a>], step: &Step<'_>) -> Option<&'v Step<'a>> {
    let first = |same: fn(&Step<'_>, &Step<'_>) -> bool| earlier.iter().copied().find(|one| same(one, step));
    let alone = || earlier.iter().all(|one| equal(one, earlier[0], TRANSACTION));
    first(is_same_order).or_else(|| first(is_same_transaction)).or_else(|| first(is_same_offer).filter(|_| alone()))
}

const TRANSACTION: &str = "/context/transaction_id";
const SELLER: &str = "/context/bpp_id";
const PROVIDER: &str = "/message/order/provider/id";

/// One answers the other, or they have the order's id in common, or they are about one cart: a transaction may hold an order for each
/// seller and provider.
fn is_same_order(one: &Step<'_>, step: &Step<'_>) -> bool {
    let id =
        |step: &Step<'_>| step.text("/message/order/id").or_else(|| step.text("/message/order_id")).map(str::to_owned);
    let answers = equal(one, step, "/context/message_id") && one.action.callback() == Some(step.action);
    let same_id = id(one).is_some() && id(one) == id(step);
    let same_cart = is_same_transaction(one, step) && !differ(one, step, SELLER) && !differ(one, step, PROVIDER);
    answers || same_id || same_cart
}

fn is_same_transaction(one: &Step<'_>, step: &Step<'_>) -> bool {
    equal(one, step, TRANSACTION)
}

/// The cart that was asked for before goes on, under another transaction.
fn is_same_offer(one: &Step<'_>, step: &Step<'_>) -> bool {
    matches!(step.action, Action::Init | Action::Confirm) && equal(one, step, SELLER) && equal(one, step, PROVIDER)
}

fn equal(one: &Step<'_>, other: &Step<'_>, pointer: &str) -> bool {
    one.text(pointer).is_some() && one.text(pointer) == other.text(pointer)
}

fn differ(one: &Step<'_>, other: &Step<'_>, pointer: &str) -> bool {
    one.text(pointer).zip(other.text(pointer)).is_some_and(|(one, other)| one != other)
}

/// The last catalogue with the order's provider, reduced to it and to the order's items.
fn catalogue(view: &FlowView<'_>, step: &Step<'_>) -> Option<Earlier> {
    let provider = step.text("/message/order/provider/id")?;
    let items = step.value("/message/order/items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let wanted: Vec<&str> = items.iter().filter_map(|item| item.get("id")?.as_str()).collect();
    let mut earlier = view.steps.iter().rev().filter(|one| one.index < step.index && one.action == Action::OnSearch);
    earlier.find_map(|one| reduced(one, provider, &wanted))
}

/// Of a large catalogue only this provider and these items are parsed.
fn reduced(step: &Step<'_>, provider: &str, wanted: &[&str]) -> Option<Earlier> {
    let part = step.recorded.part_about(provider, wanted)?;
    let catalogue = &part.payload["message"]["catalog"];
    let providers = catalogue[PROVIDERS].as_array().map_or(&[][..], Vec::as_slice);
    let at = providers.iter().position(|one| one["id"] == provider)?;
    let pointer = format!("{ALL}/{at}");
    let items = providers[at]["items"].as_array().map_or(&[][..], Vec::as_slice).iter().enumerate();
    let kept: Vec<(usize, &Value)> =
        items.filter(|(_, item)| item["id"].as_str().is_some_and(|id| wanted.contains(&id))).collect();
    let places = kept.iter().map(|(at, _)| part.pointer(&format!("{pointer}/items/{at}"))).collect();
    let mut only = providers[at].as_object().cloned().unwrap_or_default();
    only.insert("items".to_owned(), kept.into_iter().map(|(_, item)| item.clone()).collect());
    let mut reduced = without(catalogue, PROVIDERS);
    reduced.insert(PROVIDERS.to_owned(), json!([only]));
    Some(Earlier {
        name: Action::OnSearch.as_str(),
        index: step.index,
        payload: json!({"context": part.payload["context"], "message": {"catalog": reduced}}),
        whole: Some((part.pointer(&pointer), places)),
    })
}

fn without(object: &Value, key: &str) -> Map<String, Value> {
    let entries = object.as_object().into_iter().flatten().filter(|(name, _)| *name != key);
    entries.map(|(name, value)| (name.clone(), value.clone())).collect()
}
