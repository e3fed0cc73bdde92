//! The compiled program, as an operator starts it.
#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::{Command, Output};

use protocol::keys::SigningKeyPair;
use protocol::randomness::OsRandomness;
use registry::chain::{BEGINNING, Change, SealedLine};

fn registry(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_registry")).args(arguments).output().unwrap()
}

#[test]
fn help_names_the_flags() {
    let output = registry(&["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for flag in ["--config", "--set", "--check-config", "--log"] {
        assert!(text.contains(flag), "{flag} is missing in:\n{text}");
    }
}

#[test]
fn good_settings_are_printed_with_secrets_as_stars() {
    let output = registry(&["--check-config", "--set", "approve=manual", "--set", "console_token=very-secret"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("approve = \"manual\"") && text.contains("subscribe_per_minute = 60"), "{text}");
    assert!(!text.contains("very-secret"), "{text}");
}

#[test]
fn bad_settings_end_with_2_and_name_the_key() {
    let cases: [(&[&str], &str); 4] = [
        (&["--set", "aprove=manual"], "did you mean `approve`"),
        (&["--set", "approve=perhaps"], "approve"),
        (&["--set", "environment=production", "--set", "danger_open_console=true"], "danger_open_console"),
        (&["--set", "timestamp_window_s=0"], "timestamp_window_s"),
    ];
    for (arguments, expected) in cases {
        let output = registry(&[&["--check-config"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

/// A saved history of two lines.
fn saved_history(key: &SigningKeyPair) -> String {
    let mut previous = BEGINNING.to_owned();
    let mut text = String::new();
    for seq in 1..=2 {
        let change = Change {
            registry: "registry.example.com".to_owned(),
            seq,
            at: "2026-01-01T00:00:00Z".parse().unwrap(),
            subscriber_id: "seller.example.com".to_owned(),
            event: "suspend".to_owned(),
            actor: "operator".to_owned(),
            detail: "unpaid".to_owned(),
            previous,
        };
        let sealed = SealedLine::seal(&change, "r1", key).unwrap();
        text.push_str(&serde_json::to_string(&sealed).unwrap());
        text.push('\n');
        previous = sealed.hash;
    }
    text
}

fn verify(folder: &Path, history: &str, key: &str) -> (i32, String) {
    let file = folder.join("history.ndjson");
    std::fs::write(&file, history).unwrap();
    let output = registry(&["verify-history", file.to_str().unwrap(), "--key", key]);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

#[test]
fn a_saved_history_is_verified_without_a_registry() {
    let folder = tempfile::tempdir().unwrap();
    let pair = SigningKeyPair::generate(&OsRandomness);
    let (history, key) = (saved_history(&pair), format!("r1={}", pair.public_text()));
    let (code, text) = verify(folder.path(), &history, &key);
    assert!(code == 0 && text.contains("2 lines hold, up to number 2"), "{code}: {text}");
    let (code, text) = verify(folder.path(), &history.replacen("unpaid", "paid", 1), &key);
    assert!(code == 1 && text.contains("line 1: its text was changed"), "{code}: {text}");
    let (code, text) = verify(folder.path(), "", &key);
    assert!(code == 1 && text.contains("no line in it"), "{code}: {text}");
    let (code, text) = verify(folder.path(), &history, "r1=AAAA");
    assert!(code == 2 && text.contains("key r1"), "{code}: {text}");
    let missing = registry(&["verify-history", "nowhere.ndjson", "--key", &key]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nowhere.ndjson"));
}
