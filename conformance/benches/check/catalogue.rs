//! A catalogue of any size, from the one that our own network published.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

const FLOW: &str = include_str!("../../tests/flows/catalogue-1.2.5.json");
const PROVIDERS: &str = "/message/catalog/bpp~1providers";

/// Writes one `on_search` of about so many bytes: the same seller with more and more items.
pub fn write(file: &Path, bytes: usize) -> anyhow::Result<()> {
    let flow: Vec<Value> = serde_json::from_str(FLOW)?;
    let mut message =
        flow.into_iter().find(|one| one["context"]["action"] == "on_search").context("no on_search in the flow")?;
    let provider = message.pointer_mut(&format!("{PROVIDERS}/0")).context("a catalogue without providers")?;
    let items = provider["items"].take().as_array().cloned().context("a provider without items")?;
    provider["items"] = json!(["HERE"]);
    let text = serde_json::to_string(&message)?;
    let (before, after) = text.split_once("\"HERE\"").context("the place of the items is lost")?;
    let mut out = BufWriter::new(File::create(file)?);
    out.write_all(before.as_bytes())?;
    let mut written = before.len();
    for (number, item) in items.iter().cycle().enumerate() {
        let mut item = item.clone();
        item["id"] = json!(format!("item-{number}"));
        let item = serde_json::to_string(&item)?;
        if number > 0 {
            out.write_all(b",")?;
        }
        out.write_all(item.as_bytes())?;
        written += item.len() + 1;
        if written >= bytes {
            break;
        }
    }
    out.write_all(after.as_bytes())?;
    Ok(out.flush()?)
}
