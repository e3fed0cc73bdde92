//! Days on which a store is closed lie ahead of the catalogue that tells them.

use crate::check::payload::Part;
use crate::check::say::Say;
use crate::check::store::each_provider;
use crate::finding::Found;
use crate::view::{FlowView, Step};

/// Each whole catalogue, provider by provider.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    each_provider(view, out, ahead);
}

fn ahead(step: &Step<'_>, provider: &Part<'_>, out: &mut Vec<Found>) {
    // Days are compared as text, `2025-01-07`: the day of the context is that of its own offset.
    let Some(today) = step.text("/context/timestamp").and_then(|time| time.get(..10)) else { return };
    for store in provider.list("/locations") {
        for day in store.list("/time/schedule/holidays") {
            let Some(date) = day.word("").filter(|date| date.len() == 10 && date.as_str() < today) else { continue };
            let text = format!("the holiday {date} was over when the catalogue was sent");
            let found = step.found("catalogue/HOLIDAYS_AHEAD", day.pointer, text);
            out.push(found.wants(format!("{today} or later")).has(&date));
        }
    }
}
