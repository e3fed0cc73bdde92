//! `conformance serve`: a page to drop logs on, and the same as an HTTP API. Works offline.
//!
//! ```text
//!  POST /v1/reports ──upload──▶ the work of <id> ──checking──▶ Report ──shelf──▶ the report of <id>: json, html and the others
//!  GET /r/<id>, /v1/reports/<id>.<end> ◀──────────────────────────────────shelf──┘      (the work is removed)
//! ```
//!
//! Both lie below the folder that the command names.
//!
//! Whoever knows the id of a report may read and remove it: 128 random bits are the only lock.

mod api;
mod checking;
mod pages;
mod problem;
mod shelf;
mod upload;

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use actix_web::{App, HttpServer, middleware, web};
use anyhow::Context;
use clap::Args;
use specs::Specs;
use tokio::sync::Semaphore;

use crate::cli::Exit;
use crate::judge::LawReport;
use crate::law;
pub use api::openapi_json;
use shelf::Shelf;

/// Checks at the same time; the others wait. Each may hold a large catalogue in memory.
const CHECKS_MAX: usize = 2;
/// A client that is slower with the head of its request is cut off.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Of `conformance serve`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where to listen; port 0 takes a free one and prints it.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder for the reports; made when it is absent.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder with books to lay over the built-in law.
    #[arg(long, value_name = "FOLDER")]
    spec: Option<PathBuf>,
    /// Largest upload, in megabytes.
    #[arg(long, value_name = "MB", default_value_t = 256)]
    upload_mb: usize,
}

/// What every request needs.
#[derive(Debug)]
pub struct Office {
    specs: Specs,
    law: LawReport,
    shelf: Shelf,
    /// Largest upload, in bytes.
    upload_bytes_max: usize,
    checks: Semaphore,
}

impl Office {
    /// Loads the law and opens the folder.
    ///
    /// # Errors
    /// When the law cannot be used or the folder not be made.
    pub fn open(data: PathBuf, spec: Option<PathBuf>, upload_bytes_max: usize) -> anyhow::Result<Office> {
        let (specs, law) = law::load(spec.as_deref())?;
        let unusable = || format!("{} cannot be used for reports", data.display());
        let shelf = Shelf::open(&data).with_context(unusable)?;
        Ok(Office { specs, law, shelf, upload_bytes_max, checks: Semaphore::new(CHECKS_MAX) })
    }
}

/// Listens until the process is told to end.
///
/// # Errors
/// When the law or folder cannot be used, or the address is taken.
pub fn serve(arguments: &Arguments, out: &mut impl Write) -> anyhow::Result<Exit> {
    // The log of this server; another one may have been set up by whoever embeds us.
    let _ = tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::INFO).try_init();
    let bytes = arguments.upload_mb.saturating_mul(1_000_000);
    let office = web::Data::new(Office::open(arguments.data.clone(), arguments.spec.clone(), bytes)?);
    let (listen, data) = (arguments.listen, arguments.data.display());
    actix_web::rt::System::new().block_on(async {
        let server =
            HttpServer::new(move || App::new().wrap(safe_headers()).app_data(office.clone()).configure(routes))
                .workers(2)
                .client_request_timeout(HEAD_TIMEOUT)
                .bind(listen)
                .with_context(|| format!("cannot listen on {listen}"))?;
        for address in server.addrs() {
            writeln!(out, "listening on http://{address}, reports in {data}")?;
        }
        out.flush()?;
        server.run().await.context("the server ended")
    })?;
    Ok(Exit::Clean)
}

/// Pages and API.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(pages::mount).configure(api::mount);
}

/// A link is a secret, so it may not leak in a referrer or a cache; nothing is guessed to be another type.
pub fn safe_headers() -> middleware::DefaultHeaders {
    middleware::DefaultHeaders::new()
        .add(("Referrer-Policy", "no-referrer"))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("X-Frame-Options", "DENY"))
        .add(("X-Robots-Tag", "noindex"))
        .add(("Cache-Control", "private, no-store"))
}
