//! Who acts: a participant is named by subscriber id and domain, and these are those of the context.

use specs::Action;

use crate::check::issue::complaint::{Complaint, issue};
use crate::check::payload::Part;
use crate::check::say::Say;
use crate::finding::Found;
use crate::view::Step;

/// `passed_on`: the same complaint runs between other participants too. In 2.0.0 the two participants among the actors; in 1.0.0 who took the last action.
pub(super) fn check(complaint: &Complaint<'_>, at: usize, passed_on: bool, out: &mut Vec<Found>) {
    let step = &complaint.steps[at];
    let Some(now) = issue(step) else { return };
    for actor in now.list("/actors") {
        if matches!(actor.text("/type"), Some("INTERFACING_NP" | "COUNTERPARTY_NP")) {
            named(step, &actor, "/info/org/name", &["/context/bap_id", "/context/bpp_id"], out);
        }
    }
    let (list, own) = match step.action {
        Action::Issue => ("/issue_actions/complainant_actions", "/context/bap_id"),
        _ => ("/issue_actions/respondent_actions", "/context/bpp_id"),
    };
    // One that is passed on carries what others did.
    if let Some(last) = now.list(list).last().filter(|_| !passed_on) {
        named(step, last, "/updated_by/org/name", &[own], out);
    }
    distinct(step, &now, out);
}

/// `seller.example::ONDC:RET10`: one of the participants of the context, in its domain.
fn named(step: &Step<'_>, part: &Part<'_>, path: &str, ids: &[&str], out: &mut Vec<Found>) {
    let Some((id, domain)) = part.text(path).and_then(|name| name.split_once("::")) else { return };
    let known: Vec<&str> = ids.iter().filter_map(|place| step.text(place)).collect();
    let place = part.place(path);
    if !known.is_empty() && !known.contains(&id) {
        let text = format!("{id:?} is no participant of this message");
        out.push(step.found("issue/PARTICIPANT_KNOWN", place.clone(), text).wants(known.join(" or ")).has(id));
    }
    // Who passes a complaint on keeps the name under which it was raised.
    let of_context = step.text("/context/domain").unwrap_or_default();
    let raised = part.text("/type") == Some("INTERFACING_NP");
    if !domain.is_empty() && domain != of_context && !raised {
        let text = format!("acts in {domain}, the message is of {of_context}");
        let found = step.found("issue/PARTICIPANT_DOMAIN", place, text).wants(of_context).has(domain);
        out.push(found.against(step.place("/context/domain")));
    }
}

/// The two sides are two participants.
fn distinct(step: &Step<'_>, now: &Part<'_>, out: &mut Vec<Found>) {
    let actors = now.list("/actors");
    let of = |kind: &str| actors.iter().find(|actor| actor.text("/type") == Some(kind));
    let (Some(one), Some(other)) = (of("INTERFACING_NP"), of("COUNTERPARTY_NP")) else { return };
    let name = |part: &Part<'_>| part.text("/info/org/name").map(str::to_owned);
    // Where both sides of a test run under one name, the context says so too.
    let alone = step.text("/context/bap_id") == step.text("/context/bpp_id");
    if !alone && name(one).is_some() && name(one) == name(other) {
        let text = "both sides of the complaint are the same participant";
        let found = step.found("issue/PARTICIPANTS_TWO", other.place("/info/org/name"), text);
        out.push(found.has(name(other).unwrap_or_default()).against(step.place(one.place("/info/org/name"))));
    }
}
