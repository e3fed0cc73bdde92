//! The program: flags and settings, then [`buyer_app::start`].

use anyhow::Context;
use buyer_app::config::{BuyerConfig, DEFAULTS};
use clap::Parser;
use node::{StopSignal, Surroundings};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Buyer node of an open commerce network: local API for marketplaces, storefront, catalogue, orders, returns, refunds.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    #[command(flatten)]
    node: node::cli::Args,
}

fn main() -> anyhow::Result<()> {
    let flags = Flags::parse();
    let config =
        flags.node.load_or_exit::<BuyerConfig>(&[node::config::DEFAULTS, DEFAULTS], "HAAT", BuyerConfig::check);
    node::telemetry::init(flags.node.log);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start the runtime")?;
    runtime.block_on(async {
        let stop = StopSignal::listen()?;
        let running = buyer_app::start(config, None, Surroundings::system()).await?;
        running.wait(stop).await;
        Ok(())
    })
}
