//! What discovery costs: lookups of the registry, and one search carried to many sellers by the gateway, each beside a server that does
//! nothing but answer. `cargo bench -p sandbox --bench discovery`.
//!
//! ```text
//!  this process ── lookups ──▶ registry (1,000 participants)          ◀ ceiling: the same answer from a server without a registry
//!  this process ── searches ─▶ gateway ── N ports ──▶ sellers         ◀ ceiling: this process posts to the same ports, nothing stored
//! ```
//!
//! All servers are processes of their own. HAAT_BENCH_SECONDS changes the length of a measurement, HAAT_BENCH_CONNECTIONS the load.

mod fanout;
#[path = "../accept/load.rs"]
mod load;
mod lookups;
mod network;
#[path = "../accept/process.rs"]
mod process;
mod sellers;
mod servers;
#[path = "../accept/settings.rs"]
mod settings;
#[path = "../accept/statistics.rs"]
mod statistics;

use network::Population;
use process::{Server, load_average};
use settings::Settings;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sellers of the two fan-outs.
const FEW: usize = 50;
const MANY: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == "serve") {
        return servers::run(&arguments[1..]);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("SKIPPED: a benchmark and no test; run it with `cargo bench -p sandbox --bench discovery`");
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(bench())
}

async fn bench() -> anyhow::Result<()> {
    let settings = Settings::from_environment()?;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{cores} cores, shared by the load and all servers; {} connections, {} rounds of {:.1} s; append and flush of 4 KiB: {:.0} µs; \
         load average before: {}",
        settings.connections,
        settings.rounds,
        settings.time.as_secs_f64(),
        process::flush_us(folder.path())?.median,
        load_average().unwrap_or_default()
    );
    let sellers = Server::start(&["sellers", &MANY.to_string()], &folder.path().join("sellers.log"))?;
    let ports = sellers::ports(sellers.address).await?;
    let population = Population::new(&ports, FEW)?;
    population.write(&folder.path().join("participants.json"))?;

    let registry = network::registry(folder.path())?;
    lookups::measure(&settings, &population, &registry, folder.path()).await?;
    fanout::measure(&settings, &population, &registry, &sellers, folder.path()).await?;
    println!("\nload average after: {}", load_average().unwrap_or_default());
    Ok(())
}
