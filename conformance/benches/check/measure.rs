//! One measurement: time, messages, bytes, the most memory of this process.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, bail};
use conformance::excuse::Excuses;
use conformance::judge::{Ask, LawReport, Options, judge};
use protocol::clock::{Clock, SystemClock};
use serde_json::Value;
use specs::Specs;

use crate::{MB, flows};

pub fn run(kind: &str, paths: &[String]) -> anyhow::Result<()> {
    let bytes: u64 = flows::files(paths)?.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    let started = Instant::now();
    let words = match kind {
        "all" => all(paths)?,
        "each" => each(paths)?,
        "json" => json(paths)?,
        _ => bail!("unknown measurement {kind}"),
    };
    let took = started.elapsed().as_secs_f64();
    println!(
        "{:>8.0} ms {:>8.1} MB/s {:>7.0} MiB at most   {words}",
        took * 1e3,
        bytes as f64 / MB / took,
        resident_peak().unwrap_or(f64::NAN)
    );
    Ok(())
}

/// As `conformance check PATH…` does it.
fn all(paths: &[String]) -> anyhow::Result<String> {
    let (messages, findings) = check(&Specs::builtin()?, paths)?;
    Ok(format!("{messages} messages, {findings} findings"))
}

/// Each flow alone, on one core, with the law loaded before.
fn each(paths: &[String]) -> anyhow::Result<String> {
    let specs = Specs::builtin()?;
    let mut took = Vec::with_capacity(paths.len());
    let mut messages = 0;
    for path in paths {
        let started = Instant::now();
        messages += check(&specs, std::slice::from_ref(path))?.0;
        took.push(started.elapsed().as_secs_f64() * 1e3);
    }
    let sum: f64 = took.iter().sum();
    took.sort_by(f64::total_cmp);
    let most = took.last().copied().unwrap_or(f64::NAN);
    Ok(format!(
        "a flow: median {:.1} ms, most {most:.0} ms; {:.2} ms for a message",
        took.get(took.len() / 2).copied().unwrap_or(f64::NAN),
        sum / f64::from(messages.max(1))
    ))
}

fn check(specs: &Specs, paths: &[String]) -> anyhow::Result<(u32, usize)> {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    let recording = conformance::read(&paths, &mut |_| ());
    let law = LawReport { origin: String::new(), digest: String::new(), books: Vec::new() };
    let ask = Ask { options: Options::default(), law, excuses: Excuses::default(), started: SystemClock.now() };
    let report = judge(specs, &recording, &ask);
    let findings = report.flows.iter().map(|flow| flow.findings.len()).sum();
    let messages = report.flows.iter().map(|flow| flow.messages.len()).sum::<usize>();
    Ok((u32::try_from(messages)?, findings))
}

/// Reads every document into a tree, and does nothing with it.
fn json(paths: &[String]) -> anyhow::Result<String> {
    let mut documents = 0;
    for file in flows::files(paths)? {
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        for document in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
            // What is no JSON costs the program more: it mends it.
            documents += usize::from(document.is_ok());
        }
    }
    Ok(format!("{documents} documents"))
}

fn resident_peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}
