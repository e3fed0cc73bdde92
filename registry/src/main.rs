//! The registry as a program.

use clap::{Parser, Subcommand};
use node::{StopSignal, Surroundings, telemetry};
use registry::RegistryConfig;

mod verify_history;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The registry of an open commerce network: subscriptions, keys, lookups. Without a command it serves.
#[derive(Debug, Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(flatten)]
    common: node::cli::Args,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    VerifyHistory(verify_history::Arguments),
}

fn main() -> anyhow::Result<std::process::ExitCode> {
    let arguments = Arguments::parse();
    match arguments.command {
        Some(Command::VerifyHistory(file)) => Ok(verify_history::run(&file)),
        None => serve(arguments.common),
    }
}

#[tokio::main]
async fn serve(arguments: node::cli::Args) -> anyhow::Result<std::process::ExitCode> {
    let defaults = [node::config::DEFAULTS, registry::config::DEFAULTS];
    let config = arguments.load_or_exit::<RegistryConfig>(&defaults, "HAAT", RegistryConfig::check);
    telemetry::init(arguments.log);
    let stop = StopSignal::listen()?;
    let running = registry::start(config, None, Surroundings::system()).await?;
    tracing::info!(console = %format!("{}/console", running.url), encryption_key = %running.registry.node.keys.encryption().public_text(), "registry is up");
    running.wait(stop).await;
    Ok(std::process::ExitCode::SUCCESS)
}
