//! `seller-app`: runs a seller node, imports partners, items and stock into its database, or proves the stock's books.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Parser, Subcommand};
use node::cli::Args;
use node::{StopSignal, Surroundings};
use seller_app::SellerConfig;
use seller_app::config::ENV_PREFIX;
use seller_app::door;
use seller_app::feed::{self, FeedReport};
use seller_app::import::{self, Options, Report, Tables};
use seller_app::people_work::{self, Wanted};
use seller_app::store::accounts;
use seller_app::store::rebuild;
use zeroize::Zeroizing;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Seller node of the network: sells the stock of a brand's partners.
#[derive(Debug, Parser)]
#[command(name = "seller-app", version)]
struct Cli {
    #[command(flatten)]
    args: Args,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves until it is stopped (the default).
    Run,
    /// Reads files (CSV, XLSX, NDJSON) into the database. Nothing is written when a row has a fault.
    Import(ImportFiles),
    /// Reads stock numbers, CSV (partner_id, sku, on_hand, safety) or a JSON object a line, however many; `-` is the standard input.
    /// Good rows are written; faulty ones are told, and the exit code is 1 then.
    Feed { file: PathBuf },
    /// Makes every balance of the stock agree with its ledger and its reservations. Exit code 1 when any did not.
    Rebuild {
        /// Only tells what disagrees, changes nothing.
        #[arg(long)]
        verify: bool,
    },
    /// Who may sign in.
    #[command(subcommand)]
    Account(AccountCommand),
}

#[derive(Debug, Subcommand)]
enum AccountCommand {
    /// Makes an account. Its password is drawn and printed once, unless `--password-stdin` is given.
    Add {
        #[arg(long)]
        login: String,
        /// For people; the login when left out.
        #[arg(long, default_value = "")]
        name: String,
        /// brand-admin, fulfilment-manager, field, agent, finance, auditor, partner-owner or picker.
        #[arg(long)]
        role: String,
        /// Id of the partner, for partner-owner and picker.
        #[arg(long, default_value = "")]
        partner: String,
        /// The password is the first line of the input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists accounts.
    List,
}

#[derive(Debug, clap::Args)]
struct ImportFiles {
    /// Table of partners.
    #[arg(long, value_name = "FILE")]
    partners: Option<PathBuf>,
    /// Table of items.
    #[arg(long, value_name = "FILE")]
    items: Option<PathBuf>,
    /// Table of stock and prices.
    #[arg(long, value_name = "FILE")]
    stock: Option<PathBuf>,
    /// Checks everything, writes nothing.
    #[arg(long)]
    dry_run: bool,
    /// Writes the good rows, leaves the faulty ones out.
    #[arg(long)]
    skip_faulty_rows: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let config = cli.args.load_or_exit(&SellerConfig::DEFAULTS, ENV_PREFIX, SellerConfig::check);
    node::telemetry::init(cli.args.log);
    match cli.command {
        None | Some(Command::Run) => {
            let stop = StopSignal::listen()?;
            seller_app::start(config, None, Surroundings::system()).await?.wait(stop).await;
            Ok(ExitCode::SUCCESS)
        }
        Some(Command::Import(files)) => import_files(config, &files).await,
        Some(Command::Feed { file }) => feed_stock(config, &file).await,
        Some(Command::Rebuild { verify }) => rebuild_stock(config, verify).await,
        Some(Command::Account(command)) => account(config, command).await,
    }
}

async fn account(config: SellerConfig, command: AccountCommand) -> anyhow::Result<ExitCode> {
    let app = seller_app::open(config, Surroundings::system()).await?;
    match command {
        AccountCommand::Add { login, name, role, partner, password_stdin } => {
            let password = if password_stdin { Some(first_line()?) } else { None };
            let wanted = Wanted { login: &login, name: &name, role: &role, partner_id: &partner, password };
            let drawn = people_work::add(&app, wanted).await?;
            let summary = format!("made an account as {role}");
            door::by_system(&app, "seller-app account add", &login.trim().to_ascii_lowercase(), &summary).await?;
            match drawn {
                Some(password) => println!("{login}: password {}", password.as_str()),
                None => println!("{login}: made"),
            }
        }
        AccountCommand::List => {
            for one in accounts::all(&app.node.db).await? {
                let state = if one.active { "" } else { " (off)" };
                println!("{}\t{}\t{}\t{}{state}", one.login, one.role.as_str(), one.partner_id, one.name);
            }
        }
    }
    app.node.db.close().await;
    Ok(ExitCode::SUCCESS)
}

fn first_line() -> anyhow::Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().read_line(&mut line).context("cannot read the password")?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}

async fn import_files(config: SellerConfig, files: &ImportFiles) -> anyhow::Result<ExitCode> {
    let (partners, items, stock) =
        (read(files.partners.as_deref())?, read(files.items.as_deref())?, read(files.stock.as_deref())?);
    let tables = Tables { partners: partners.as_deref(), items: items.as_deref(), stock: stock.as_deref() };
    let app = seller_app::open(config, Surroundings::system()).await?;
    let options = Options { dry_run: files.dry_run, skip_faulty_rows: files.skip_faulty_rows };
    let known = |category: &str| app.category_known(category);
    let report = import::import(&app.node.db, tables, options, &known, &app.stamp()).await?;
    app.node.db.close().await;
    print(&report);
    let good = report.faults.is_empty() || options.skip_faulty_rows;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn feed_stock(config: SellerConfig, file: &Path) -> anyhow::Result<ExitCode> {
    let app = seller_app::open(config, Surroundings::system()).await?;
    let started = std::time::Instant::now();
    let done = if file == Path::new("-") {
        feed::read(&app, BufReader::new(std::io::stdin()), "feed").await
    } else {
        let open = std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        feed::read(&app, BufReader::with_capacity(1 << 20, open), "feed").await
    };
    app.node.db.close().await;
    let report = done?;
    for fault in &report.faults {
        eprintln!("row {}: {}", fault.row, fault.message);
    }
    let FeedReport { rows, new, changed, unchanged, faulty, .. } = report;
    let seconds = started.elapsed().as_secs_f64();
    println!("{rows} rows in {seconds:.1} s: {new} new, {changed} changed, {unchanged} unchanged, {faulty} faulty");
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn rebuild_stock(config: SellerConfig, verify: bool) -> anyhow::Result<ExitCode> {
    let app = seller_app::open(config, Surroundings::system()).await?;
    let db = &app.node.db;
    let (wrong, left, done) = if verify {
        (rebuild::verify(db).await?, Vec::new(), "disagree")
    } else {
        let rebuild::Mended { mended, left } = rebuild::mend(db, &app.stamp()).await?;
        (mended, left, "were mended")
    };
    db.close().await;
    for one in &wrong {
        println!("{one}");
    }
    for one in &left {
        eprintln!("cannot be mended, the ledger adds up to less than nothing: {one}");
    }
    match wrong.len() + left.len() {
        0 => println!("every balance agrees with its ledger"),
        _ => println!("{} balance(s) {done}, {} left", wrong.len(), left.len()),
    }
    Ok(if wrong.is_empty() && left.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: Option<&Path>) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(path) = path else { return Ok(None) };
    std::fs::read(path).map(Some).with_context(|| format!("cannot read {}", path.display()))
}

fn print(report: &Report) {
    for fault in &report.faults {
        eprintln!("{fault}");
    }
    for (table, counts) in [("partners", report.partners), ("items", report.items), ("stock", report.stock)] {
        println!("{table}: {} new, {} changed, {} unchanged", counts.new, counts.changed, counts.unchanged);
    }
    println!("{}", if report.written { "written" } else { "nothing was written" });
}
