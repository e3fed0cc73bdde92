//! A folder with a small law and logs, and the program run in it.

use clap::Parser;
use conformance::{Cli, Exit, Terminal};
use serde_json::{Value, json};

/// A law of two actions, so that these tests stand on their own.
const RULES: &str = "
_TESTS_:
  select:
    - _NAME_: ITEM
      _RETURN_:
        - {_NAME_: ID, _DESCRIPTION_: Every item needs an id., id: '$.message.order.items[*].id', _RETURN_: id are present}
        - {_NAME_: CITY, city: $.context.city, form: ['^std:'], _CONTINUE_: '!(city are present)', _RETURN_: city follow regex form}
  on_select:
    - {_NAME_: QUOTE, _DESCRIPTION_: A quote is given., quote: $.message.order.quote, _RETURN_: quote are present}
";

/// Domain of the law; none of the network's, so that only its own rules speak.
pub const DOMAIN: &str = "TEST:ANY10";

pub struct Folder(pub tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("law/ANY10/config/index.yaml", format!("{{domain: '{DOMAIN}', version: 1.2.5}}"));
        folder.write("law/ANY10/config/validations/index.yaml", RULES);
        folder
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.path().join(path)).unwrap()
    }

    /// Runs the program with the law of this folder; `@x` stands for the path `x` in it.
    pub fn run(&self, arguments: &[&str]) -> (Exit, String) {
        self.try_run(arguments).unwrap()
    }

    pub fn try_run(&self, arguments: &[&str]) -> anyhow::Result<(Exit, String)> {
        let place = |argument: &&str| match argument.strip_prefix('@') {
            Some(path) => self.0.path().join(path).display().to_string(),
            None => (*argument).to_owned(),
        };
        let law = ["--spec".to_owned(), self.0.path().join("law").display().to_string()];
        let all = ["conformance".to_owned()].into_iter().chain(arguments.iter().map(place)).chain(law);
        let mut terminal = Terminal { out: Vec::new(), color: false };
        let exit = conformance::run(&Cli::try_parse_from(all)?, &mut terminal)?;
        Ok((exit, String::from_utf8(terminal.out)?.replace(&format!("{}/", self.0.path().display()), "")))
    }

    /// The report as JSON.
    pub fn report(&self, arguments: &[&str]) -> (Exit, Value) {
        let (exit, text) = self.run(&[&["check", "--format", "json"], arguments].concat());
        (exit, serde_json::from_str(&text).unwrap())
    }
}

/// A `select` of these items.
pub fn select(items: Value) -> Value {
    message("select", "10:00:00", json!({"order": {"items": items}}))
}

/// An `on_select`, with a quote or without.
pub fn on_select(quote: bool) -> Value {
    let order = if quote { json!({"quote": {"price": {"value": "10.00"}}}) } else { json!({"state": "none"}) };
    message("on_select", "10:00:01", json!({ "order": order }))
}

pub fn message(action: &str, time: &str, content: Value) -> Value {
    json!({"context": {
        "domain": DOMAIN, "core_version": "1.2.5", "action": action, "transaction_id": "t-1", "message_id": "m-1",
        "bap_id": "buyer.example", "bpp_id": "seller.example", "timestamp": format!("2026-05-01T{time}.000Z"), "ttl": "PT30S",
    }, "message": content})
}
