//! The pure rooms stay pure: they may not even name what does IO, tells the time or makes ids.
#![allow(clippy::unwrap_used)] // helpers of tests are tests too

use std::fs;
use std::path::{Path, PathBuf};

const PURE: [&str; 10] = [
    "money",
    "order",
    "catalogue",
    "inventory",
    "routing",
    "fulfilment",
    "returns",
    "partners",
    "people",
    "network/translate",
];

/// What a pure room never names.
const FORBIDDEN: [&str; 22] = [
    "crate::store",
    "crate::console",
    "crate::api",
    "crate::config",
    "crate::import",
    "crate::workers",
    "crate::processing",
    "crate::app",
    "actix",
    "sqlx",
    "tokio",
    "reqwest",
    "node::",
    "async ",
    ".await",
    "Timestamp::now",
    "SystemTime",
    "std::fs",
    "std::net",
    "std::env",
    "Uuid",
    "rand::",
];

/// What of `network` the other pure rooms may use: only the translation.
const NETWORK: &str = "crate::network::translate";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(room: &str) -> Vec<PathBuf> {
    let mut files = vec![source().join(format!("{room}.rs"))];
    let mut folders = vec![source().join(room)];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// Lines of code, without comments.
fn code(file: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or("").to_owned()));
    lines.collect()
}

#[test]
fn pure_rooms_name_nothing_impure() {
    let mut seen = 0;
    for room in PURE {
        for file in files(room) {
            seen += 1;
            for (number, line) in code(&file) {
                for forbidden in FORBIDDEN {
                    assert!(!line.contains(forbidden), "{}:{number} names {forbidden}: {line}", file.display());
                }
                let network = line.contains("crate::network") && !line.contains(NETWORK);
                assert!(!network, "{}:{number} reaches into network: {line}", file.display());
            }
        }
    }
    assert!(seen > 50, "only {seen} files were looked at");
}

#[test]
fn files_stay_small() {
    for room in PURE {
        for file in files(room) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines: split it", file.display());
        }
    }
}
