//! The languages as data: every key in every file, the same values in each sentence, and nothing that no page says.
#![allow(clippy::unwrap_used)] // helpers of tests are tests too

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use seller_app::languages::Languages;
use seller_app::portal::words;

/// Key → values (`$count`) of each sentence of a file.
fn sentences(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if !line.starts_with([' ', '}']) {
            key = line.split('=').next().unwrap().trim().to_owned();
            assert!(!found.contains_key(&key), "{key} stands twice");
        }
        let values = line
            .split('$')
            .skip(1)
            .map(|rest| rest.chars().take_while(|one| one.is_ascii_alphanumeric() || *one == '_').collect::<String>());
        found.entry(key.clone()).or_default().extend(values.filter(|name| !name.is_empty()));
    }
    found
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files() -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let entries = fs::read_dir(folder("languages")).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, sentences(&fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

fn texts(folder: PathBuf, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            self::texts(path, texts);
        } else {
            texts.push(fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn every_language_says_the_same() {
    let files = files();
    assert!(["en", "es", "hi", "pl"].iter().all(|tag| files.contains_key(*tag)), "{:?}", files.keys());
    let english = &files["en"];
    for (tag, sentences) in &files {
        let here: BTreeSet<&String> = sentences.keys().collect();
        let there: BTreeSet<&String> = english.keys().collect();
        assert_eq!(there.difference(&here).collect::<Vec<_>>(), Vec::<&&String>::new(), "{tag}.ftl lacks these");
        assert_eq!(here.difference(&there).collect::<Vec<_>>(), Vec::<&&String>::new(), "only {tag}.ftl has these");
        for (key, values) in sentences {
            assert_eq!(values, &english[key], "{tag}.ftl: {key} takes other values than en.ftl");
        }
    }
    // The files are what the program carries.
    let embedded = Languages::embedded().unwrap();
    assert_eq!(embedded.all().len(), files.len());
    assert!(embedded.all().iter().all(|one| english.keys().all(|key| one.knows(key))));
}

#[test]
fn pages_say_what_there_is_and_nothing_is_left_over() {
    let mut sources = Vec::new();
    for room in ["src/portal", "src/languages", "templates/portal"] {
        texts(folder(room), &mut sources);
    }
    sources.push(fs::read_to_string(folder("src/portal.rs")).unwrap());
    let sources = sources.concat();
    let english = sentences(&fs::read_to_string(folder("languages/en.ftl")).unwrap());
    let mut said: BTreeSet<String> = words::all().into_iter().collect();
    for call in [".say(\"", ".count(\"", ".with(\"", ".with_two(\""] {
        let keys = sources.split(call).skip(1).map(|rest| rest.split('"').next().unwrap_or_default().to_owned());
        said.extend(keys);
    }
    let unknown: Vec<&String> = said.iter().filter(|key| !english.contains_key(*key)).collect();
    assert_eq!(unknown, Vec::<&String>::new(), "these are said and in no language");
    let quoted = |key: &str| sources.contains(&format!("\"{key}\""));
    let left: Vec<&String> =
        english.keys().filter(|key| !said.contains(*key) && !quoted(key) && !key.starts_with("currency-")).collect();
    assert_eq!(left, Vec::<&String>::new(), "no page says these");
}
