//! The network's own published folders load unchanged, alone and beside ours.

use serde_json::Value;
use specs::{Action, Specs};

use crate::shared_folder::spec_data;

/// Folder, domain, version, an action of it, and how many rules that action has.
const FOLDERS: [(&str, &str, &str, Action, usize); 7] = [
    ("RET10-1.2.0", "ONDC:RET10", "1.2.0", Action::Confirm, 90),
    ("RET10-1.2.5", "ONDC:RET10", "1.2.5", Action::Confirm, 90),
    ("RET11-1.2.5", "ONDC:RET11", "1.2.5", Action::Confirm, 123),
    ("RET12-1.2.5", "ONDC:RET12", "1.2.5", Action::Confirm, 82),
    ("RETeB2B", "ONDC:RETeB2B", "1.2.5", Action::Confirm, 148),
    ("LOG11-1.2.5", "ONDC:LOG11", "1.2.5", Action::Confirm, 131),
    ("NTS10-2.0.0", "ONDC:NTS10", "2.0.0", Action::Recon, 21),
];

#[test]
fn every_published_folder_loads_unchanged() {
    let Some(published) = spec_data() else { return };
    for (folder, domain, version, action, rules) in FOLDERS {
        let folder = published.join(folder);
        for path in [folder.clone(), folder.join("config")] {
            let specs = Specs::load(&path).unwrap_or_else(|error| panic!("{error}"));
            let book = &specs.books()[0];
            assert_eq!((specs.books().len(), book.domain(), book.version()), (1, domain, version));
            assert_eq!(book.rules(action).count(), rules, "{}", path.display());
            assert!(!book.next_actions(None).is_empty() && !specs.errors().is_empty(), "{}", path.display());
        }
    }
    let known = |name: &str| FOLDERS.iter().any(|(folder, ..)| *folder == name);
    for entry in std::fs::read_dir(&published).unwrap().flatten().filter(|entry| entry.path().join("config").is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(known(&name), "{name} is published, but no test loads it");
    }
}

#[test]
fn a_published_folder_replaces_our_book_and_leaves_the_others() {
    let Some(published) = spec_data() else { return };
    let ours = Specs::builtin().unwrap();
    let specs = ours.load_over(&published.join("RET10-1.2.5")).unwrap();
    let book = |specs: &Specs, version: &str| specs.book("ONDC:RET10", version).unwrap().clone();
    let empty = Value::Object(serde_json::Map::new());
    let refusals = |specs: &Specs, version: &str| book(specs, version).check(Action::Confirm, &empty);
    assert!(
        refusals(&specs, "1.2.5").iter().all(|v| v.rule.starts_with("confirm/")),
        "only its rules, it has no schemas"
    );
    assert_eq!(refusals(&specs, "1.2.0"), refusals(&ours, "1.2.0"));
    assert_eq!(specs.books().len(), ours.books().len());
    assert_eq!(specs.network(), ours.network());
    assert_eq!(specs.error("30016"), ours.error("30016"));
}
