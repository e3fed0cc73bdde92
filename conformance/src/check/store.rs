//! What the catalogue said of the provider of an order.

use serde_json::Value;
use specs::Action;

use crate::check::payload::Part;
use crate::check::thread::Thread;
use crate::view::{FlowView, Step};

/// JSON pointer of the providers of a catalogue.
pub(crate) const PROVIDERS: &str = "/message/catalog/bpp~1providers";

/// One provider, as the catalogues of a flow show it.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    /// Each catalogue that has the provider, with the provider in it; the latest first, whole ones before incremental ones.
    shown: Vec<(Step<'a>, Part<'a>)>,
}

impl<'a> Store<'a> {
    /// The provider of an order; `None` when no catalogue of the flow shows it.
    pub(crate) fn of(view: &FlowView<'a>, thread: &Thread<'a>) -> Option<Store<'a>> {
        let provider = thread.steps.iter().find_map(|step| step.text("/message/order/provider/id"))?;
        let mut shown: Vec<(Step<'a>, Part<'a>)> = Vec::new();
        for step in view.all(Action::OnSearch) {
            shown.extend(find(step, PROVIDERS, provider).map(|part| (*step, part)));
        }
        shown.reverse();
        shown.sort_by_key(|(step, _)| is_incremental(step));
        (!shown.is_empty()).then_some(Store { shown })
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
        self.shown.iter().any(|(step, provider)| !is_incremental(step) && provider.at("/items").is_some())
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
