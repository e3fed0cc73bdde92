//! The gateway as a program.

use clap::Parser;
use gateway::GatewayConfig;
use node::{StopSignal, Surroundings, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The gateway of an open commerce network: carries searches to sellers.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(flatten)]
    common: node::cli::Args,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse().common;
    let defaults = [node::config::DEFAULTS, gateway::config::DEFAULTS];
    let config = arguments.load_or_exit::<GatewayConfig>(&defaults, "HAAT", GatewayConfig::check);
    telemetry::init(arguments.log);
    let stop = StopSignal::listen()?;
    let running = gateway::start(config, None, Surroundings::system()).await?;
    tracing::info!(console = %format!("{}/console", running.url), "gateway is up");
    running.wait(stop).await;
    Ok(())
}
