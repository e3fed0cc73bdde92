//! What an ACK costs: how many messages per second a node proves, checks, stores and acknowledges, beside a server that only proves
//! them. `cargo bench -p sandbox --bench accept`; with TEST_POSTGRES_URL also on PostgreSQL.
//!
//! ```text
//!  this process: 16 connections, messages signed beforehand ──HTTP──▶ child processes: http, bare, full (this program again, `serve`)
//!        └─ one registry record ◀──lookup── full
//! ```
//!
//! Rounds go in turn over all servers, so that a busy moment of the machine hits all of them. HAAT_BENCH_ROUNDS, HAAT_BENCH_SECONDS and
//! HAAT_BENCH_CONNECTIONS change the size of a run, HAAT_BENCH_SET the settings of the node.

mod breakdown;
mod load;
mod messages;
mod postgres;
mod process;
mod registry;
mod report;
mod rounds;
mod servers;
mod settings;
mod statistics;

use messages::Buyer;
use process::load_average;
use settings::Settings;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return servers::run(&arguments[1..]);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("SKIPPED: a benchmark and no test; run it with `cargo bench -p sandbox --bench accept`");
        return Ok(());
    }
    // One thread for all connections: the servers need the cores more.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(bench())
}

async fn bench() -> anyhow::Result<()> {
    let settings = Settings::from_environment()?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let buyer = Buyer::new()?;
    let before = load_average();
    report::heading(&settings, &buyer, before.as_deref(), process::flush_us(folder.path())?);
    let steps = breakdown::measure(&buyer).await?;
    let schema = postgres::Schema::create().await?;
    let url = schema.as_ref().map(|schema| schema.url.as_str());
    let measured = rounds::run(&settings, &buyer, folder.path(), url).await;
    if let Some(schema) = schema {
        schema.remove().await?;
    }
    let measured = measured?;
    report::servers(&measured);
    report::ratios(&measured);
    report::breakdown(&steps, &measured);
    println!("\nload average before {}, after {}", before.unwrap_or_default(), load_average().unwrap_or_default());
    Ok(())
}
