//! Both engines have the same tables.
#![allow(clippy::unwrap_used, clippy::expect_used)]

/// Table and column names of a migration, in order.
fn columns(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut table = String::new();
    for line in sql.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("create table ") {
            table = rest.trim_end_matches(" (").to_owned();
        } else if let Some(rest) = line.strip_prefix("create ") {
            found.push(rest.to_owned());
        } else if !table.is_empty() && !line.starts_with("--") && !line.is_empty() && line != ");" {
            found.push(format!("{table}: {}", line.trim_end_matches(',').replace("bytea", "blob")));
        }
    }
    found
}

#[test]
fn migrations_are_twins() {
    let migrations = seller_app::store::MIGRATIONS;
    assert_eq!(migrations.sqlite.len(), migrations.postgres.len());
    assert!(migrations.sqlite.iter().map(|one| columns(one.sql).len()).sum::<usize>() > 60);
    for (sqlite, postgres) in migrations.sqlite.iter().zip(migrations.postgres) {
        assert_eq!((sqlite.number, sqlite.name), (postgres.number, postgres.name));
        assert_eq!(columns(sqlite.sql), columns(postgres.sql), "{}", sqlite.name);
    }
}
