//! `registry verify-history`: does a saved history hold? Needs no network and no database.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use registry::chain::{RegistryKeys, Verifier};

/// Checks a saved history (GET /changes.ndjson): nothing changed, left out or added. Exit code 0: it holds; 1: it does not; 2: it or
/// the keys could not be read.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The saved history, a sealed line a line.
    file: PathBuf,
    /// The registry's public keys: a saved answer of GET /public-keys, from when you trusted it.
    #[arg(long, value_name = "FILE", required_unless_present = "key")]
    keys: Option<PathBuf>,
    /// One public key of the registry; may be repeated.
    #[arg(long, value_name = "NAME=BASE64", value_parser = pair)]
    key: Vec<(String, String)>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, key) = text.split_once('=').ok_or("write NAME=BASE64")?;
    Ok((name.to_owned(), key.to_owned()))
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let opened = keys(arguments).and_then(|keys| Ok((keys, open(&arguments.file)?)));
    match opened {
        Ok((keys, file)) => verify(keys, file, &arguments.file),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn keys(arguments: &Arguments) -> anyhow::Result<RegistryKeys> {
    use anyhow::Context as _;
    let mut keys = match &arguments.keys {
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
            RegistryKeys::read(&text).with_context(|| path.display().to_string())?
        }
        None => RegistryKeys::default(),
    };
    for (name, key) in &arguments.key {
        keys.add(name, key)?;
    }
    Ok(keys)
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    use anyhow::Context as _;
    Ok(BufReader::new(File::open(path).with_context(|| path.display().to_string())?))
}

fn verify(keys: RegistryKeys, file: BufReader<File>, path: &Path) -> ExitCode {
    let mut verifier = Verifier::new(keys);
    for line in file.lines() {
        let line = match line {
            Ok(line) => line,
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(2);
            }
        };
        if line.trim().is_empty() {
            continue;
        }
        if let Err(broken) = verifier.follow_text(&line) {
            println!("{}: the history does not hold. {broken}", path.display());
            return ExitCode::from(1);
        }
    }
    match verifier.head() {
        Some((head, hash)) => {
            println!("{}: {} lines hold, up to number {} of {}.", path.display(), verifier.lines(), head.seq, head.at);
            println!("Compare with what others saved of {}: {hash}", head.registry);
            ExitCode::SUCCESS
        }
        None => {
            println!("{}: there is no line in it", path.display());
            ExitCode::from(1)
        }
    }
}
