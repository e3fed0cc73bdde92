//! What the catalogue said of the provider of an order.

use serde_json::Value;
use specs::Action;

use crate::check::payload::Part;
use crate::check::thread::{Thread, is_retail};
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// JSON pointer of the providers of a catalogue.
pub(crate) const PROVIDERS: &str = "/message/catalog/bpp~1providers";

/// One provider, as the catalogues of a flow show it.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    /// Each catalogue that has the provider, with the provider in it; the latest first, whole ones before incremental ones.
    shown: Vec<(Step<'a>, Part<'a>)>,
    /// A catalogue was too large to be held: what is not found may stand in the rest of it.
    is_partial: bool,
}

impl<'a> Store<'a> {
    /// The provider of an order; `None` when no catalogue of the flow shows it.
    pub(crate) fn of(view: &FlowView<'a>, thread: &Thread<'a>) -> Option<Store<'a>> {
        let provider = thread.steps.iter().find_map(|step| step.text("/message/order/provider/id"))?;
        // A catalogue from after the order's last message is not what was ordered from.
        let end = thread.steps.iter().map(|step| step.index).max()?;
        let mut shown: Vec<(Step<'a>, Part<'a>)> = Vec::new();
        for step in view.all(Action::OnSearch).filter(|step| step.index < end) {
            shown.extend(find(step, PROVIDERS, provider).map(|part| (*step, part)));
        }
        shown.reverse();
        shown.sort_by_key(|(step, _)| is_incremental(step));
        let is_partial = view.all(Action::OnSearch).any(|step| step.recorded.split.is_some());
        (!shown.is_empty()).then_some(Store { shown, is_partial })
    }

    /// The provider in the latest whole catalogue.
    pub(crate) fn provider(&self) -> Option<&(Step<'a>, Part<'a>)> {
        self.shown.first()
    }

    /// An item of the provider and the catalogue that shows it.
    pub(crate) fn item(&self, id: &str) -> Option<(Step<'a>, Part<'a>)> {
        self.child("items", id)
    }

    /// A location of the provider.
    pub(crate) fn location(&self, id: &str) -> Option<(Step<'a>, Part<'a>)> {
        self.child("locations", id)
    }

    fn child(&self, list: &str, id: &str) -> Option<(Step<'a>, Part<'a>)> {
        self.shown.iter().find_map(|(step, provider)| {
            find(step, &format!("{}/{list}", provider.pointer), id).map(|part| (*step, part))
        })
    }

    /// Does a whole catalogue show the provider? An incremental one says nothing of what it leaves out.
    pub(crate) fn is_whole(&self) -> bool {
        !self.is_partial
            && self.shown.iter().any(|(step, provider)| !is_incremental(step) && provider.at("/items").is_some())
    }
}

/// The first element with this id of a list.
fn find<'a>(step: &Step<'a>, list: &str, id: &str) -> Option<Part<'a>> {
    let elements = step.value(list)?.as_array()?;
    let at = elements.iter().position(|element| element.get("id").and_then(Value::as_str) == Some(id))?;
    Some(Part { pointer: format!("{list}/{at}"), value: &elements[at] })
}

/// Does a catalogue tell changes only? Those name no city.
pub(crate) fn is_incremental(step: &Step<'_>) -> bool {
    step.text("/context/city") == Some("*")
}

/// Puts each whole catalogue of a flow to a check, provider by provider. Of one that is too large to be held, each part with
/// whole providers; the pointers that come back are those of the whole message.
pub(crate) fn each_provider(
    view: &FlowView<'_>,
    out: &mut Vec<Found>,
    check: impl Fn(&Step<'_>, &Part<'_>, &mut Vec<Found>),
) {
    for step in view.all(Action::OnSearch).filter(|step| is_retail(step) && !is_incremental(step)) {
        for part in step.recorded.parts().filter(crate::recording::Part::has_whole_providers) {
            let own = Step { payload: &part.payload, ..*step };
            let mut found = Vec::new();
            let catalogue = Part::of(&own, "/message/catalog");
            let providers = catalogue.map(|catalogue| catalogue.list("/bpp~1providers")).unwrap_or_default();
            providers.iter().for_each(|provider| check(&own, provider, &mut found));
            for mut one in found {
                one.pointer = part.pointer(&one.pointer);
                if let Some(place) = one.contradicts.as_mut() {
                    place.pointer = part.pointer(&place.pointer);
                }
                out.push(one);
            }
        }
    }
}
