//! Sharpness of our own book: clean published examples with one value spoiled, judged by the published rules and by ours.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use specs::{Action, Specs};

use crate::shared_folder::{rows, spec_data};

/// Kinds of defect that the published rules refuse and we refuse too, in hundredths. It may only rise.
const SHARE_MIN: usize = 99;
/// Entries of one list that are spoiled; the others are alike.
const ENTRIES_MAX: usize = 3;

#[derive(Clone, Copy, Debug)]
enum Spoil {
    Delete,
    Garble,
}

#[test]
fn defects_that_the_published_rules_refuse_are_refused_by_ours() {
    let Some(folder) = spec_data() else { return };
    let (own, published) = (Specs::builtin().unwrap(), Specs::load(&folder.join("RET10-1.2.5")).unwrap());
    let [own, published] = [&own, &published].map(|specs| specs.book("ONDC:RET10", "1.2.5").unwrap());
    // By kind of defect: do we refuse it every time the published rules do?
    let mut kinds: BTreeMap<String, bool> = BTreeMap::new();
    let mut tried = HashSet::new();
    for row in rows(&folder).iter().filter(|row| row.spec == "RET10-1.2.5" && row.failed_rules.is_empty()) {
        let payload: Value = serde_json::from_str(&std::fs::read_to_string(row.path(&folder)).unwrap()).unwrap();
        let action: Action = row.api.parse().unwrap();
        if !own.check(action, &payload).is_empty() {
            continue; // a listed disagreement, see docs/SPEC-DISAGREEMENTS.md
        }
        let mut places = Vec::new();
        gather(&payload, String::new(), &mut places);
        for (place, spoil) in places.iter().flat_map(|place| [(place, Spoil::Delete), (place, Spoil::Garble)]) {
            let Some((broken, was)) = spoiled(&payload, place, spoil) else { continue };
            let kind = format!("{spoil:?} {action} {}", general(place));
            if !tried.insert(format!("{kind} {was}")) {
                continue; // the same value was spoiled in the same way before
            }
            let refused = |book: &specs::Book| !book.check(action, &broken).is_empty();
            if refused(published) {
                let all = kinds.entry(kind).or_insert(true);
                *all = *all && refused(own);
            }
        }
    }
    let gaps: Vec<&str> = kinds.iter().filter(|(_, refused)| !**refused).map(|(kind, _)| kind.as_str()).collect();
    let share = 100 * (kinds.len() - gaps.len()) / kinds.len();
    println!(
        "{} kinds of defect refused by the published rules; we refuse {share} %. Gaps:\n{}",
        kinds.len(),
        gaps.join("\n")
    );
    assert!(kinds.len() > 800, "only {} kinds of defect could be tried", kinds.len());
    assert!(share >= SHARE_MIN, "{share} % refused, {SHARE_MIN} % wanted; {} gaps, see the list above", gaps.len());
}

/// The pointers of all properties.
fn gather(value: &Value, pointer: String, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                let place = format!("{pointer}/{}", key.replace('/', "~1"));
                places.push(place.clone());
                gather(child, place, places);
            }
        }
        Value::Array(items) => {
            items
                .iter()
                .take(ENTRIES_MAX)
                .enumerate()
                .for_each(|(at, child)| gather(child, format!("{pointer}/{at}"), places));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The payload with that one value spoiled, and the value; only text is garbled.
fn spoiled(payload: &Value, place: &str, spoil: Spoil) -> Option<(Value, String)> {
    let (parent, key) = place.rsplit_once('/')?;
    let key = key.replace("~1", "/");
    let mut broken = payload.clone();
    let map = broken.pointer_mut(parent)?.as_object_mut()?;
    let was = match (spoil, map.get(&key)?) {
        (Spoil::Delete, _) => map.remove(&key)?,
        (Spoil::Garble, Value::String(_)) => map.insert(key, Value::from("\u{1}nonsense"))?,
        (Spoil::Garble, _) => return None,
    };
    Some((broken, if was.is_string() { was.to_string() } else { String::new() }))
}

/// The pointer with `*` for positions in lists.
fn general(place: &str) -> String {
    let part = |part: &str| {
        if !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) { "*".to_owned() } else { part.to_owned() }
    };
    place.split('/').map(part).collect::<Vec<_>>().join("/")
}
