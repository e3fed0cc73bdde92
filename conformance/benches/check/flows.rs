//! Which flows are judged.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

/// Where they are from, and the path of each.
pub fn found() -> anyhow::Result<(String, Vec<String>)> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = home.join("../../shared/corpus");
    if let Ok(manifest) = std::fs::read_to_string(corpus.join("manifest.jsonl")) {
        let folder = |line: &str| {
            let flow: Value = serde_json::from_str(line)?;
            let name = flow["dir"].as_str().context("a flow without `dir`")?;
            Ok(corpus.join(name).display().to_string())
        };
        let paths = manifest.lines().map(folder).collect::<anyhow::Result<_>>()?;
        return Ok(("recorded by real participants".to_owned(), paths));
    }
    let mut own: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(home.join("tests/flows"))? {
        own.push(entry?.path());
    }
    own.retain(|path| path.extension().is_some_and(|end| end == "ndjson"));
    own.sort();
    Ok(("our own: the corpus is absent".to_owned(), own.iter().map(|path| path.display().to_string()).collect()))
}

/// All files below these paths.
pub fn files(paths: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let mut open: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in std::fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
