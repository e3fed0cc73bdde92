//! Every case of `vectors.json` at the stage its file says. Each section's count is fixed: a case that is not tested fails the build.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

mod documented;
mod gateway;
mod keys;
mod onboarding;
mod signing;

fn load() -> Value {
    serde_json::from_str(include_str!("../vectors.json")).unwrap()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} of {}", value["id"]))
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    STANDARD.decode(text(value, name)).unwrap()
}

/// Counts what was judged; a section is done when all of it was.
struct Tally {
    section: &'static str,
    judged: usize,
}

impl Tally {
    fn of(section: &'static str) -> Tally {
        Tally { section, judged: 0 }
    }

    fn one(&mut self) {
        self.judged += 1;
    }

    fn done(self, expected: usize, in_file: usize) {
        println!("vectors: {} {} of {}", self.section, self.judged, in_file);
        assert_eq!((self.judged, in_file), (expected, expected), "{}", self.section);
    }
}

fn all<'a>(file: &'a Value, pointer: &str) -> &'a Vec<Value> {
    file.pointer(pointer).and_then(Value::as_array).unwrap()
}

/// The file has no section that no test knows.
#[test]
fn every_section_has_its_test() {
    let file = load();
    let sections: Vec<&str> = file.as_object().unwrap().keys().map(String::as_str).collect();
    let known = [
        "documented",
        "ed25519_weak",
        "gateway",
        "keys",
        "meta",
        "on_subscribe",
        "p2p_aes_gcm",
        "registry_records",
        "signing_lenient",
        "signing_negative",
        "signing_positive",
        "site_verification",
        "vlookup",
    ];
    assert_eq!(sections, known);
}

/// The file's policy is our default.
#[test]
fn the_defaults_are_the_files_policy() {
    let policy = &load()["meta"]["policy"];
    let limits = protocol::signature::TimeLimits::default();
    assert_eq!(policy["created_skew_s"], limits.skew_s);
    assert_eq!(policy["expires_skew_s"], 0);
    assert_eq!(policy["max_lifetime_s"], limits.lifetime_s_max);
    assert_eq!(policy["max_header_bytes"], protocol::auth_header::HEADER_BYTES_MAX);
}
