//! Which layers had evidence. A layer without it is said to be not evaluated; it never passes.

use specs::{Action, CheckLayer};

use super::model::LayerReport;
use crate::finding::Finding;
use crate::view::{FlowView, Step};

/// Each layer of a flow, in the order of a report.
pub(super) fn layers(view: &FlowView<'_>, findings: &[Finding]) -> Vec<LayerReport> {
    let report = |layer| {
        let found = findings.iter().any(|finding| finding.layer == layer);
        let why_not = if found { None } else { missing(view, layer) };
        LayerReport { layer, evaluated: why_not.is_none(), why_not }
    };
    CheckLayer::ALL.into_iter().map(report).collect()
}

/// What a layer would have needed; `None` when it had it.
fn missing(view: &FlowView<'_>, layer: CheckLayer) -> Option<String> {
    let judged = || view.steps.iter().filter(|step| step.book.is_some());
    let no_program = !view.specs.rulebook().iter().any(|rule| rule.layer == layer);
    let books = || match judged().next() {
        None => Some("the law has no book for these messages".to_owned()),
        Some(_) => None,
    };
    match layer {
        CheckLayer::Schema | CheckLayer::Message => books(),
        CheckLayer::Policy => books().or_else(|| {
            let has_policy = |step: &Step<'_>| {
                let rules = step.book.into_iter().flat_map(|book| book.rules(step.action));
                rules.into_iter().any(|rule| rule.layer == CheckLayer::Policy)
            };
            let none = !view.steps.iter().any(has_policy);
            none.then(|| "the law has no policy about these messages".to_owned())
        }),
        _ if no_program => Some("this law has no rules of this layer".to_owned()),
        CheckLayer::Transport => {
            let recorded = |at: usize| {
                let one = &view.flow.messages[at];
                !one.headers.is_empty() || one.answer.is_some()
            };
            let any = (0..view.flow.messages.len()).any(recorded);
            (!any).then(|| "the log holds neither HTTP headers nor the synchronous answers".to_owned())
        }
        CheckLayer::History => books().or_else(|| {
            (judged().count() < 2).then(|| "there is only one message, so nothing to compare it with".to_owned())
        }),
        CheckLayer::Catalogue => books().or_else(|| {
            let none = view.all(Action::OnSearch).next().is_none();
            none.then(|| "the log holds no on_search".to_owned())
        }),
        CheckLayer::Flow => books().or_else(|| (view.steps.len() < 2).then(|| "one message is no flow".to_owned())),
        CheckLayer::Timing => {
            let timed = view.steps.iter().filter(|step| step.at.is_some()).count();
            (timed < 2).then(|| "fewer than two messages have a readable context.timestamp".to_owned())
        }
    }
}
