#![allow(clippy::unwrap_used)]

use serde::{Deserialize, Serialize};

use super::*;
use crate::config::{DEFAULTS, NodeConfig, Validation};

const APP_DEFAULTS: &str = r#"
# An app's own settings.
greeting = "hello"
ratio = 0.5
[partner]
name = ""
ports = [1]
[labels]
"#;

#[derive(Debug, Serialize, Deserialize)]
struct AppConfig {
    greeting: String,
    ratio: f64,
    partner: Partner,
    labels: std::collections::BTreeMap<String, String>,
    #[serde(flatten)]
    node: NodeConfig,
}

#[derive(Debug, Serialize, Deserialize)]
struct Partner {
    name: String,
    ports: Vec<u16>,
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
}

fn app(file: Option<&str>, environment: &[(&str, &str)], overrides: &[(&str, &str)]) -> Result<AppConfig, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.toml");
    if let Some(text) = file {
        std::fs::write(&path, text).unwrap();
    }
    load_from(&[DEFAULTS, APP_DEFAULTS], file.map(|_| path.as_path()), &pairs(environment), &pairs(overrides))
}

#[test]
fn defaults_alone_are_a_whole_config() {
    let config = app(None, &[], &[]).unwrap();
    assert_eq!(config.greeting, "hello");
    assert_eq!(config.node.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.node.admin_listen, None);
    assert_eq!(config.node.body_bytes_max, 1024 * 1024);
    assert_eq!(config.node.database_url("seller"), "sqlite:data/seller.db");
    config.node.check().unwrap();
}

#[test]
fn the_later_source_wins() {
    let file = "listen = \"127.0.0.1:1\"\ngreeting = \"file\"\nvalidation = \"warn\"\n[partner]\nname = \"p\"\n";
    let config = app(
        Some(file),
        &[("listen", "127.0.0.1:2"), ("cities", "std:080, std:011"), ("partner.ports", "7,8")],
        &[("listen", "127.0.0.1:3")],
    );
    let config = config.unwrap();
    assert_eq!((config.greeting.as_str(), config.node.listen.port()), ("file", 3));
    assert_eq!(config.node.validation, Validation::Warn);
    assert_eq!(config.node.cities, ["std:080", "std:011"]);
    assert_eq!(
        (config.partner.name.as_str(), config.partner.ports),
        ("p", vec![7, 8]),
        "a table in the file keeps the other defaults"
    );
}

#[test]
fn environment_names_become_keys() {
    let all = [
        ("HAAT__LISTEN", "a"),
        ("HAAT__PARTNER__NAME", "b"),
        ("HAAT_REQUIRE_ALL", "1"),
        ("PATH", "c"),
        ("HAATX__A", "d"),
    ];
    let all = all.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(variables("HAAT", all), pairs(&[("listen", "a"), ("partner.name", "b")]));
}

#[test]
fn an_unknown_key_is_an_error_that_names_it() {
    let told = |result: Result<AppConfig, ConfigError>| result.unwrap_err().to_string();
    let text = told(app(Some("lissten = \"127.0.0.1:1\""), &[], &[]));
    assert!(
        text.contains("`lissten`") && text.contains("did you mean `listen`?") && text.contains("app.toml"),
        "{text}"
    );
    let text = told(app(Some("[partner]\nnmae = \"x\""), &[], &[]));
    assert!(text.contains("`partner.nmae`") && text.contains("`name`"), "{text}");
    assert!(told(app(None, &[("unheard_of", "1")], &[])).contains("`unheard_of` in the environment"));
    assert!(told(app(None, &[], &[("listen.port", "1")])).contains("`listen.port` in --set"));
}

#[test]
fn a_map_of_the_operator_takes_any_key() {
    let config = app(Some("[labels]\nanything = \"goes\""), &[], &[]).unwrap();
    assert_eq!(config.labels["anything"], "goes");
}

#[test]
fn a_value_of_the_wrong_type_is_named() {
    for (key, text) in [
        ("workers", "two"),
        ("danger_open_console", "yes"),
        ("ratio", "half"),
        ("partner", "x"),
        ("partner.ports", "1,x"),
    ] {
        let error = app(None, &[(key, text)], &[]).unwrap_err().to_string();
        assert!(error.contains(&format!("`{key}`")), "{error}");
    }
    assert!(app(Some("listen = 7"), &[], &[]).unwrap_err().to_string().contains("listen"));
}

#[test]
fn production_refuses_every_danger() {
    for danger in ["danger_allow_private_addresses", "danger_open_console"] {
        let config = app(None, &[], &[("environment", "production"), (danger, "true")]).unwrap();
        assert!(config.node.check().unwrap_err().to_string().contains(danger));
        let config = app(None, &[], &[("environment", "development"), (danger, "true")]).unwrap();
        config.node.check().unwrap();
    }
    app(None, &[], &[("environment", "production")]).unwrap().node.check().unwrap();
}

#[test]
fn limits_of_zero_are_refused() {
    let config = app(None, &[], &[("inbox_lanes", "0")]).unwrap();
    assert!(config.node.check().unwrap_err().to_string().contains("inbox_lanes"));
}

#[test]
fn what_is_shown_has_no_secret_and_can_be_read_back() {
    let config = app(None, &[], &[("console_token", "open sesame")]).unwrap();
    let shown = effective(&config);
    assert!(!shown.contains("sesame") && shown.contains("console_token = \"********\""), "{shown}");
    assert!(!format!("{config:?}").contains("sesame"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shown.toml");
    std::fs::write(&path, &shown).unwrap();
    load_from::<AppConfig>(&[DEFAULTS, APP_DEFAULTS], Some(&path), &[], &[]).unwrap();
}

#[test]
fn every_default_is_read_by_the_config() {
    let known: Table = DEFAULTS.parse().unwrap();
    let shown: Table = effective(&NodeConfig::defaults().unwrap()).parse().unwrap();
    let known: Vec<_> = known.keys().collect();
    let shown: Vec<_> = shown.keys().collect();
    assert_eq!(known, shown, "a key of defaults.toml has no field, or a field has no default");
}
