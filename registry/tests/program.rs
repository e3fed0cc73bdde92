//! The compiled program, as an operator starts it.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

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
