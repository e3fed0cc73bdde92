//! Arrows inside the crate, and the twin migrations.

use std::path::{Path, PathBuf};

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() { files(&entry, out) } else { out.push(entry) }
    }
}

/// The pure rooms know neither wire client, store, pages, web server nor database.
#[test]
fn pure_rooms_stay_pure() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rooms = ["order", "checkout", "catalogue"];
    let mut checked = 0;
    let mut all = vec![source.join("money.rs"), source.join("cart.rs")];
    for room in rooms {
        all.push(source.join(format!("{room}.rs")));
        files(&source.join(room), &mut all);
    }
    for file in all.iter().filter(|f| f.extension().is_some_and(|e| e == "rs")) {
        let text = std::fs::read_to_string(file).unwrap();
        for forbidden in [
            "crate::network",
            "crate::store",
            "crate::api",
            "crate::storefront",
            "crate::asks",
            "crate::buyer",
            "actix_web",
            "sqlx",
            "tokio",
            "node::",
        ] {
            assert!(!text.contains(forbidden), "{} uses {forbidden}", file.display());
        }
        checked += 1;
    }
    assert!(checked > 20, "only {checked} files were found");
}

/// Both engines have the same tables and columns; only the type of a counter differs.
#[test]
fn migrations_are_twins() {
    let shape = |sql: &str| -> Vec<String> {
        let lines = sql.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("--"));
        lines
            .map(|l| {
                l.replace("bigserial primary key", "COUNTER").replace("integer primary key autoincrement", "COUNTER")
            })
            .collect()
    };
    for (sqlite, postgres) in buyer_app::MIGRATIONS.sqlite.iter().zip(buyer_app::MIGRATIONS.postgres) {
        assert_eq!((sqlite.name, shape(sqlite.sql)), (postgres.name, shape(postgres.sql)));
    }
    assert_eq!(buyer_app::MIGRATIONS.sqlite.len(), buyer_app::MIGRATIONS.postgres.len());
}
