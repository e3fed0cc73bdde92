//! `cargo run --release -p sandbox`: the whole network on this machine, an order delivered, another returned and refunded.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum};
use node::Surroundings;
use protocol::randomness::SeededRandomness;
use sandbox::day::{self, Size};
use sandbox::journey::{Journey, Placed, local_http};
use sandbox::members::{Member, Storage};
use sandbox::network::Network;
use sandbox::seed::Seeds;
use sandbox::timeline::{Timeline, print};
use sandbox::verdict::{Findings, judge};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where the story plays.
const CITY: &str = "std:080";
const AREA_CODE: &str = "560034";
const GPS: &str = "12.9279,77.6271";

/// Starts registry, gateway, seller and buyer on loopback, drives one order to the door and one back, and stays up.
#[derive(Debug, Parser)]
#[command(name = "sandbox", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Ends after the story: 0 when every step was acknowledged, answered and valid by our own rules, 1 when not.
    #[arg(long)]
    once: bool,
    /// Keeps data in this folder, and finds it again the next time. Without it: a temporary folder.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keeps data in PostgreSQL: a server's URL without a database name. Makes the databases haat_registry, haat_gateway,
    /// haat_seller and haat_buyer when they are missing.
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Makes keys and ids repeatable, for a fresh folder. Never use it for real keys.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Version of the retail specification.
    #[arg(long, value_name = "VERSION", default_value = "1.2.5")]
    core_version: String,
    /// First of four ports; any free ones when one of them is taken.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    port: u16,
}

/// What else it can do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Runs a day of a brand in simulated time, with wrong stock numbers, sleepy partners, late riders, repeated and old
    /// messages. Ends with 0 when nothing was sold twice, no message was lost and no hold is left.
    Day(DayCli),
}

#[derive(Debug, Parser)]
struct DayCli {
    /// How large the brand is.
    #[arg(long, value_enum, default_value_t = BrandSize::Small)]
    brand: BrandSize,
    /// The same seed gives the same report.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// So many orders of households instead of the brand's own number.
    #[arg(long, value_name = "N")]
    d2c: Option<usize>,
    /// So many orders of businesses instead of the brand's own number.
    #[arg(long, value_name = "N")]
    b2b: Option<usize>,
    /// Items that each partner stocks, the popular ones first.
    #[arg(long, value_name = "N")]
    stocked: Option<usize>,
    /// Simulated minutes between two looks at the whole catalogue.
    #[arg(long, value_name = "MIN", default_value_t = 5)]
    push_every: i64,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum BrandSize {
    /// 10 partners, 20 items, 60 orders.
    Tiny,
    /// 60 partners, 300 items, 1,200 orders.
    Small,
    /// 3,500 partners, 1,500 items, 13,000 orders.
    Large,
}

async fn run_day(cli: &DayCli) -> anyhow::Result<ExitCode> {
    let own = match cli.brand {
        BrandSize::Tiny => Size::TINY,
        BrandSize::Small => Size::SMALL,
        BrandSize::Large => Size::LARGE,
    };
    let size = Size {
        d2c: cli.d2c.unwrap_or(own.d2c),
        b2b: cli.b2b.unwrap_or(own.b2b),
        stocked: cli.stocked.unwrap_or(own.stocked),
        ..own
    };
    let folder = tempfile::tempdir()?;
    let settings = day::Settings { size, seed: cli.seed, push_every_min: cli.push_every.max(1), progress: true };
    let report = day::run(settings, folder.path()).await?;
    println!("{report}");
    Ok(if report.facts.good() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let started = Instant::now();
    if std::env::var_os("RUST_LOG").is_some() {
        node::telemetry::init(node::telemetry::LogFormat::Text);
    }
    if let Some(Command::Day(day)) = &cli.command {
        return run_day(day).await;
    }
    let temporary = tempfile::tempdir()?;
    let folder = cli.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let network = start(&cli, &folder).await?;
    let timeline = Arc::new(Timeline::new(started, network.at.clone()));
    for member in Member::ALL {
        let node = network.node(member);
        let entries = node.ledger.watch();
        tokio::spawn(print(timeline.clone(), member, node, entries));
    }
    let outcome = story(&network, &timeline).await;
    let good = match outcome {
        Ok(orders) => report(&network, &timeline, &orders).await?,
        Err(error) => {
            eprintln!("{}", timeline.heading(&format!("FAILED: {error:#}")));
            false
        }
    };
    if !cli.once {
        pages(&network);
        tokio::signal::ctrl_c().await?;
    }
    network.stop().await;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn start(cli: &Cli, folder: &std::path::Path) -> anyhow::Result<Network> {
    let mut builder =
        Network::builder(folder).core_version(&cli.core_version).first_port(cli.port).seeds(Seeds::brand());
    if let Some(server) = &cli.postgres {
        builder = builder.storage(Storage::Postgres { server: server.clone(), prefix: "haat_".to_owned() });
    }
    if let Some(seed) = cli.seed {
        let randomness = Arc::new(SeededRandomness::new(seed));
        builder = builder.surroundings(Surroundings { randomness, ..Surroundings::system() });
    }
    builder.start().await
}

async fn story(network: &Network, timeline: &Timeline) -> anyhow::Result<Vec<Placed>> {
    let journey =
        Journey { http: local_http()?, buyer: network.at.url(Member::Buyer), seller: network.at.url(Member::Seller) };
    println!(
        "{}",
        timeline.heading("registry, gateway, seller and buyer are up; they join the network with keys of their own")
    );
    let choice = journey.discover(CITY, AREA_CODE, GPS).await?;
    println!(
        "{}",
        timeline.heading(&format!("a shopper finds {} at {}", choice.item["name"], choice.item["provider_name"]))
    );
    let first = journey.order(&choice, 1).await.context("the first order")?;
    println!("{}", timeline.heading(&format!("order {} is placed, {} INR", first.order_id, first.total)));
    journey.deliver(&first.order_id).await.context("the delivery")?;
    println!("{}", timeline.heading("delivered"));
    let second = journey.order(&choice, 2).await.context("the second order")?;
    journey.deliver(&second.order_id).await.context("the second delivery")?;
    println!("{}", timeline.heading(&format!("order {} is delivered; one of two pieces goes back", second.order_id)));
    let order = journey.send_back(&second.order_id, &choice.item["id"]).await.context("the return")?;
    println!("{}", timeline.heading(&format!("returned, {} INR refunded", order["refunded"].as_str().unwrap_or("0"))));
    Ok(vec![first, second])
}

async fn report(network: &Network, timeline: &Timeline, orders: &[Placed]) -> anyhow::Result<bool> {
    let mut findings = Findings::default();
    for member in Member::ALL {
        for order in orders {
            judge(&mut findings, member, &network.node(member), &order.transaction_id).await?;
        }
    }
    for fault in &findings.faults {
        println!("          ✗ {fault}");
    }
    let verdict = if findings.faults.is_empty() { "all acknowledged and valid" } else { "with faults" };
    println!("{}", timeline.heading(&format!("{} messages, {verdict}", findings.messages)));
    Ok(findings.faults.is_empty() && findings.messages > 0)
}

fn pages(network: &Network) {
    let url = |member| network.at.url(member);
    println!("\n  Storefront       {}/", url(Member::Buyer));
    println!("  Seller's desk    {}/console", url(Member::Seller));
    println!("  Registry         {}/console", url(Member::Registry));
    println!("  Gateway          {}/console", url(Member::Gateway));
    println!("  Every message    {}/inspect   {}/inspect", url(Member::Buyer), url(Member::Seller));
    println!("  Data             {}", network.folder.display());
    println!("\n  Ctrl-C stops everything.");
}
