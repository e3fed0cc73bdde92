//! The program as people start it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::{Command, Output};

fn seller_app(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seller-app"))
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .args(arguments)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn help_names_what_it_can_do() {
    let folder = tempfile::tempdir().unwrap();
    let output = seller_app(folder.path(), &["--help"]);
    assert!(output.status.success());
    for wanted in ["import", "--config", "--check-config", "--set"] {
        assert!(text(&output.stdout).contains(wanted), "{wanted}");
    }
}

#[test]
fn check_config_shows_what_is_in_effect_and_hides_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let good =
        seller_app(folder.path(), &["--check-config", "--set", "console_token=open-sesame", "--set", "accept=manual"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stderr));
    let shown = text(&good.stdout);
    assert!(shown.contains("accept = \"manual\"") && shown.contains("[brand]"), "{shown}");
    assert!(!shown.contains("open-sesame"));

    for (setting, wanted) in [
        ("acept=manual", "did you mean `accept`"),
        ("accept=perhaps", "accept"),
        ("hold_for=PT0S", "hold_for"),
        ("quote_ttl=soon", "soon"),
        ("listen=nowhere", "socket address"),
    ] {
        let bad = seller_app(folder.path(), &["--check-config", "--set", setting]);
        assert_eq!(bad.status.code(), Some(2), "{setting}");
        assert!(text(&bad.stderr).contains(wanted), "{setting}: {}", text(&bad.stderr));
    }
    let production = seller_app(
        folder.path(),
        &["--check-config", "--set", "environment=production", "--set", "danger_open_console=true"],
    );
    assert_eq!(production.status.code(), Some(2));
}

#[test]
fn import_writes_the_seeds_and_refuses_a_bad_row() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let seed = |name: &str| seeds.join(name).display().to_string();
    let good = seller_app(
        folder.path(),
        &["import", "--partners", &seed("partners.csv"), "--items", &seed("items.csv"), "--stock", &seed("stock.csv")],
    );
    assert!(good.status.success(), "{}", text(&good.stderr));
    assert!(text(&good.stdout).contains("partners: 12 new") && text(&good.stdout).contains("written"));

    let bad = folder.path().join("bad.csv");
    std::fs::write(&bad, "partner_id,sku,on_hand\nblr-hsr,NG-001,lots\n").unwrap();
    let refused = seller_app(folder.path(), &["import", "--stock", &bad.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("stock, row 2, column on_hand"), "{}", text(&refused.stderr));
    assert!(text(&refused.stdout).contains("nothing was written"));
}

/// Started without a registry it serves all the same, and a stop signal ends it cleanly.
#[test]
fn it_serves_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_seller-app"))
        .current_dir(folder.path())
        .args(["--set", &format!("listen={free}"), "--set", "registry_url=http://127.0.0.1:1", "--log", "json"])
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let health = (0..400).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(25));
        get(free, "/health").filter(|answer| answer.starts_with("HTTP/1.1 200"))
    });
    let closed = get(free, "/console").unwrap_or_default();
    Command::new("kill").arg(program.id().to_string()).status().unwrap();
    let status = program.wait().unwrap();
    assert!(health.is_some(), "it answered /health within ten seconds");
    assert!(closed.starts_with("HTTP/1.1 403"), "without a console_token the console is closed: {closed}");
    assert_eq!(status.code(), Some(0));
}

fn get(address: std::net::SocketAddr, path: &str) -> Option<String> {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}
