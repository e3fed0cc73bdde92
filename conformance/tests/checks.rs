//! The checks, on small stories that are right, and on the same stories with one thing broken.
#![allow(clippy::unwrap_used)]

#[path = "checks/evidence.rs"]
mod evidence;
#[path = "checks/mutations.rs"]
mod mutations;
#[path = "checks/story.rs"]
mod story;

use std::collections::BTreeSet;
use std::sync::Arc;

use conformance::check;
use conformance::finding::Found;
use conformance::recording::{Origin, Recorded, RecordedFlow};
use conformance::view::FlowView;
use specs::Specs;
use story::Story;

/// The story as it would be read: in the order of its times.
fn recorded(mut story: Story) -> RecordedFlow {
    story.messages.sort_by_key(|(_, payload)| payload["context"]["timestamp"].as_str().unwrap_or_default().to_owned());
    let message = |(path, payload)| Recorded {
        origin: Origin { path, ..Origin::default() },
        payload: Arc::new(payload),
        ..Recorded::default()
    };
    RecordedFlow { messages: story.messages.into_iter().map(message).collect(), ..RecordedFlow::default() }
}

/// Everything that the checks say of a flow.
fn found_in(specs: &Specs, flow: &RecordedFlow) -> Vec<Found> {
    let view = FlowView::new(flow, specs);
    let mut out = Vec::new();
    for check in check::ALL {
        check(&view, &mut out);
    }
    out
}

/// Rule and words of everything that the checks say of a story.
fn findings(specs: &Specs, story: Story) -> Vec<(String, String)> {
    let found = found_in(specs, &recorded(story));
    found.into_iter().map(|found| (found.rule, format!("{} {}", found.pointer, found.text))).collect()
}

fn rules(found: Vec<Found>) -> BTreeSet<String> {
    found.into_iter().map(|found| found.rule).collect()
}

#[test]
fn clean_stories_stay_clean() {
    let specs = Specs::builtin().unwrap();
    for story in [Story::ordered(), Story::returned(), Story::cancelled(), Story::turned_back()] {
        assert_eq!(findings(&specs, story), []);
    }
}

#[test]
fn one_broken_thing_fires_its_rules_and_no_unrelated_one() {
    let specs = Specs::builtin().unwrap();
    let (mut wrong, mut fired) = (Vec::new(), BTreeSet::new());
    for case in mutations::all() {
        let found = findings(&specs, case.story);
        let rules: BTreeSet<&str> = found.iter().map(|(rule, _)| rule.as_str()).collect();
        let wanted: BTreeSet<&str> = case.rules.iter().copied().collect();
        if rules != wanted {
            wrong.push(format!("{}: wanted {wanted:?}, got {found:#?}", case.what));
        }
        fired.extend(found.into_iter().map(|(rule, _)| rule));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for rule in fired {
        let words = specs.rulebook().get(&rule).unwrap_or_else(|| panic!("{rule} has no words"));
        assert!(!words.title.is_empty() && !words.hint.is_empty() && !words.clause.is_empty(), "{rule}");
    }
}

/// The clock of one side is hours ahead: the order of the messages is known all the same, by their ids.
#[test]
fn a_clock_that_is_hours_ahead_breaks_the_times_only() {
    let specs = Specs::builtin().unwrap();
    let mut story = Story::ordered();
    for (name, message) in &mut story.messages {
        if matches!(name.as_str(), "select" | "init" | "confirm") {
            let time = message["context"]["timestamp"].as_str().unwrap().replace("T10", "T15");
            message["context"]["timestamp"] = time.into();
        }
    }
    let expected = ["history/TIMESTAMP_LATER".to_owned()].into_iter().collect();
    assert_eq!(rules(found_in(&specs, &recorded(story))), expected);
}
