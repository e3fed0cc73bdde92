//! The program itself: help, and the check of its settings.

use std::process::Command;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_buyer-app"))
}

#[test]
fn help_names_the_flags() {
    let out = program().arg("--help").output().unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(out.status.success());
    for flag in ["--config", "--set", "--check-config", "--log"] {
        assert!(text.contains(flag), "{flag} is missing in\n{text}");
    }
}

#[test]
fn good_settings_are_shown_without_secrets() {
    let out = program()
        .args(["--check-config", "--set", "console_token=hush", "--set", "finder_fee_amount=2.5"])
        .output()
        .unwrap();
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(text.contains("finder_fee_amount = \"2.5\""), "{text}");
    assert!(!text.contains("hush"));
}

#[test]
fn bad_settings_are_named() {
    for (set, word) in
        [("finder_fe_amount=2", "finder_fee_amount"), ("wait_s_max=soon", "wait_s_max"), ("page_max=0", "page_max")]
    {
        let out = program().args(["--check-config", "--set", set]).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{set}");
        assert!(String::from_utf8_lossy(&out.stderr).contains(word), "{set}: {}", String::from_utf8_lossy(&out.stderr));
    }
    let out = program()
        .args(["--check-config", "--set", "environment=production", "--set", "danger_open_console=true"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(2));
}
