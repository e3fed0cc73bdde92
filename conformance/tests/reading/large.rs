//! A catalogue as large as they come: read, and taken in parts. `HAAT_CATALOGUE_MB` sets its size: 17, the
//! least that is divided, when absent; 100 for the figure in the documentation.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::*;

/// A catalogue of about this many bytes: three providers, of which one has almost everything.
fn catalogue(bytes: usize) -> (String, usize) {
    let item = |provider: usize, number: usize| {
        let filler = "a catalogue tells a lot of each thing ".repeat(38);
        format!(
            "{{\"id\": \"P{provider}-I{number}\", \"descriptor\": {{\"name\": \"Thing {number}\", \"long_desc\": \"{filler}\"}}, \
             \"price\": {{\"currency\": \"INR\", \"value\": \"{number}.00\"}}, \"tags\": [{{\"code\": \"origin\", \"list\": \
             [{{\"code\": \"country\", \"value\": \"IND\"}}]}}]}}"
        )
    };
    let of_item = item(0, 12_345).len() + 2;
    let count = bytes / of_item;
    let mut text = "{\n\"context\": {\"action\": \"on_search\", \"transaction_id\": \"t\", \"timestamp\": \"2024-05-01T10:00:00Z\"},\n\
                    \"message\": {\"catalog\": {\"bpp/descriptor\": {\"name\": \"N\"}, \"bpp/providers\": ["
        .to_owned();
    for (provider, items) in [(0, 2), (1, count.saturating_sub(4)), (2, 2)] {
        let comma = if provider > 0 { "," } else { "" };
        write!(text, "{comma}\n{{\"id\": \"P{provider}\", \"items\": [").unwrap();
        for number in 0..items {
            write!(text, "{}\n{}", if number > 0 { "," } else { "" }, item(provider, number)).unwrap();
        }
        write!(text, "], \"categories\": [{{\"id\": \"V1\"}}]}}").unwrap();
    }
    text.push_str("]}}}\n");
    (text, count)
}

fn megabytes() -> usize {
    std::env::var("HAAT_CATALOGUE_MB").ok().and_then(|mb| mb.parse().ok()).unwrap_or(0)
}

/// Most memory that this process ever had, in MB, where the system tells.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kb| kb / 1024)
}

#[test]
fn a_large_catalogue_is_read_in_parts() {
    // Twice what is still held as a whole, at least: the parts must be tried everywhere.
    let (text, count) = catalogue(megabytes().max(17) * 1_000_000);
    let bytes = text.len();
    let folder = Folder::new().with("on_search.json", text);
    let start = std::time::Instant::now();
    let recording = folder.read(&["on_search.json"]);
    let read = start.elapsed().as_secs_f64();
    let message = &recording.flows[0].messages[0];
    let split = message.split.as_ref().expect("taken in parts");
    assert_eq!(split.items(), count);
    let mut ids = BTreeSet::new();
    let mut whole = 0;
    for part in message.parts() {
        assert_eq!(part.payload["context"]["action"], "on_search");
        whole += usize::from(part.has_whole_providers());
        for (at, provider) in part.payload["message"]["catalog"]["bpp/providers"].as_array().unwrap().iter().enumerate()
        {
            assert_eq!(provider["categories"][0]["id"], "V1", "all else of a provider is in each part");
            for (number, item) in provider["items"].as_array().unwrap().iter().enumerate() {
                let pointer = part.pointer(&format!("/message/catalog/bpp~1providers/{at}/items/{number}/id"));
                ids.insert((item["id"].as_str().unwrap().to_owned(), pointer));
            }
        }
    }
    println!(
        "{} MB, {count} items: read in {read:.2} s, all parts in {:.2} s, peak {:?} MB",
        bytes / 1_000_000,
        start.elapsed().as_secs_f64() - read,
        peak_mb()
    );
    assert_eq!(ids.len(), count, "each item once, at its own place");
    assert_eq!(whole, 2, "the small providers before and behind the large one");
    assert!(ids.contains(&("P1-I7777".to_owned(), "/message/catalog/bpp~1providers/1/items/7777/id".to_owned())));
    assert!(ids.contains(&("P2-I1".to_owned(), "/message/catalog/bpp~1providers/2/items/1/id".to_owned())));
    let place = message.locate("/message/catalog/bpp~1providers/1/items/7777/price/value").unwrap();
    assert_eq!(place, message.origin.locate("/message/catalog/bpp~1providers/1/items/7777/price/value").unwrap());
    assert_eq!(place.line, 3 + 3 + 1 + 7778);
    let about = message.part_about("P1", &["P1-I9", "P1-I4"]).unwrap();
    let list = "/message/catalog/bpp~1providers/0/items";
    let items = about.payload.pointer(list).unwrap().as_array().unwrap();
    assert_eq!(items.iter().map(|item| item["id"].as_str().unwrap()).collect::<Vec<_>>(), ["P1-I4", "P1-I9"]);
    assert_eq!(about.pointer(&format!("{list}/1/id")), "/message/catalog/bpp~1providers/1/items/9/id");
    assert!(message.part_about("P7", &[]).is_none() && !about.has_whole_providers());
    assert_eq!(split.repeated_items(), Vec::new());
    if let Some(peak) = peak_mb() {
        // The generator holds the text too.
        assert!(peak < 400 + bytes as u64 / 1_000_000, "peak {peak} MB");
    }
}

#[test]
fn an_item_listed_twice_is_known_across_parts() {
    let (text, _) = catalogue(17_000_000);
    let text = text.replace("\"P1-I9000\"", "\"P1-I1\"");
    let recording = Folder::new().with("on_search.json", text).read(&["on_search.json"]);
    let list = "/message/catalog/bpp~1providers/1/items";
    let repeated = recording.flows[0].messages[0].split.as_ref().unwrap().repeated_items();
    assert_eq!(repeated, [(format!("{list}/9000/id"), format!("{list}/1/id"))]);
}

#[test]
fn a_catalogue_with_a_part_that_no_parser_takes_is_unread() {
    let (text, _) = catalogue(17_000_000);
    let text = text.replace("\"9000.00\"", "1e999");
    let recording = Folder::new().with("on_search.json", text).read(&["on_search.json"]);
    assert!(
        recording.flows.is_empty() && recording.unread[0].reason.contains("out of range"),
        "{:?}",
        recording.unread
    );
}
