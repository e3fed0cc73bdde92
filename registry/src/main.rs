//! The registry as a program.

use clap::Parser;
use node::{StopSignal, Surroundings, telemetry};
use registry::RegistryConfig;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The registry of an open commerce network: subscriptions, keys, lookups.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    common: node::cli::Args,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse().common;
    let defaults = [node::config::DEFAULTS, registry::config::DEFAULTS];
    let config = arguments.load_or_exit::<RegistryConfig>(&defaults, "HAAT", RegistryConfig::check);
    telemetry::init(arguments.log);
    let stop = StopSignal::listen()?;
    let running = registry::start(config, None, Surroundings::system()).await?;
    tracing::info!(console = %format!("{}/console", running.url), encryption_key = %running.registry.node.keys.encryption().public_text(), "registry is up");
    running.wait(stop).await;
    Ok(())
}
