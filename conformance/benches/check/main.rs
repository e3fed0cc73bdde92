//! What a check costs: milliseconds for a flow, MB/s, memory; beside a program that only reads the same bytes as JSON.
//! `cargo bench -p conformance --bench check`.
//!
//! Flows are those of `../shared/corpus` where it is there, our own otherwise; the catalogue of 100 MB is generated. Each figure
//! is of a process of its own (this program again, `measure KIND PATH…`), so that memory is that of one thing only.

mod catalogue;
mod flows;
mod measure;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};

const MB: f64 = 1e6;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, kind, paths @ ..] = &arguments[..]
        && first == "measure"
    {
        return measure::run(kind, paths);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("SKIPPED: a benchmark and no test; run it with `cargo bench -p conformance --bench check`");
        return Ok(());
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{cores} cores; load average before: {}", load.trim());
    let (origin, paths) = flows::found()?;
    println!("\n{} flows, {origin}", paths.len());
    row("all flows, both cores", "all", &paths)?;
    row("one flow after the other", "each", &paths)?;
    row("ceiling: reading them as JSON", "json", &paths)?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = folder.path().join("on_search.json");
    catalogue::write(&file, 100_000_000)?;
    let file = [file.display().to_string()];
    println!("\na catalogue of {:.0} MB, one message", std::fs::metadata(Path::new(&file[0]))?.len() as f64 / MB);
    row("check", "all", &file)?;
    row("ceiling: reading it as JSON", "json", &file)
}

/// Runs a measurement in a process of its own and prints its line.
fn row(name: &str, kind: &str, paths: &[String]) -> anyhow::Result<()> {
    let output = Command::new(std::env::current_exe()?).args(["measure", kind]).args(paths).output()?;
    let told = || format!("{name}: {}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{}", told());
    println!("{name:<32} {}", String::from_utf8(output.stdout).with_context(told)?.trim());
    Ok(())
}
