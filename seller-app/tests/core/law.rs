//! The specification that every message is held against: ours, and the published rules where they are at hand.

use std::path::Path;
use std::sync::OnceLock;

use seller_app::order::Rules;
use serde_json::Value;
use specs::{Action, Specs};

pub const DOMAIN: &str = "ONDC:RET10";
pub const VERSIONS: [&str; 2] = ["1.2.0", "1.2.5"];

fn ours() -> &'static Specs {
    static OURS: OnceLock<Specs> = OnceLock::new();
    OURS.get_or_init(|| Specs::builtin().unwrap())
}

pub fn rules(version: &str) -> Rules {
    let book = ours().book(DOMAIN, version).unwrap_or_else(|| panic!("our specification has no {DOMAIN} {version}"));
    Rules::from_book(book, ours().network())
}

pub fn book(version: &str) -> &'static specs::Book {
    ours().book(DOMAIN, version).unwrap()
}

/// Complaints of our own book about one payload.
pub fn complaints(version: &str, action: Action, payload: &Value) -> Vec<String> {
    book(version).check(action, payload).iter().map(|v| format!("{} {} {}", v.rule, v.path, v.message)).collect()
}

/// The rules as others published them; `None` where the folder is not there.
pub fn published(version: &str) -> Option<Specs> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec-data").join(format!("RET10-{version}"));
    if !folder.is_dir() {
        skipped(&folder);
        return None;
    }
    Some(Specs::load(&folder).unwrap())
}

fn skipped(folder: &Path) {
    assert!(std::env::var_os("HAAT_REQUIRE_ALL").is_none(), "{} is missing", folder.display());
    println!("SKIPPED: published rules, {} is missing", folder.display());
}
