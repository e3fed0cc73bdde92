//! The servers that are measured, each in a process of its own (`serve KIND …`).

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context, bail};
use async_trait::async_trait;
use node::config::{DEFAULTS, NodeConfig, Validation, load};
use node::telemetry::LogFormat;
use node::{Accepted, HandlerError, MessageHandler, Migrations, Node, StopSignal, Surroundings};
use protocol::ack::Reply;
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, SystemClock};
use protocol::keys::{VerifyingKey, parse_signing_public};
use protocol::participant::Role;
use protocol::signature::{TimeLimits, verify};
use specs::Action;

use crate::messages::SELLER;

/// A page of the full server: how many messages wait for the handler.
pub const WAITING: &str = "/bench/waiting";

/// Serves until the parent closes our standard input.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    std::thread::spawn(|| {
        // End of input or an error: the parent is gone.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["http"] => actix_web::rt::System::new().block_on(http()),
        ["bare", key] => actix_web::rt::System::new().block_on(bare(parse_signing_public(key)?)),
        [kind, folder, database, registry] => {
            let handler: Arc<dyn MessageHandler> = match kind {
                "full" => Arc::new(Nothing),
                "held" => Arc::new(Held),
                _ => bail!("unknown kind {kind}"),
            };
            let config = config(Path::new(folder), database, registry)?;
            // As the apps' `#[tokio::main]`.
            tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(full(config, handler))
        }
        _ => bail!("unknown server {arguments:?}"),
    }
}

fn listen() -> anyhow::Result<TcpListener> {
    Ok(TcpListener::bind("127.0.0.1:0")?)
}

/// Tells the parent where we are.
fn announce(listener: &TcpListener) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "{}", listener.local_addr()?)?;
    Ok(out.flush()?)
}

fn ack() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(Reply::Ack.body())
}

/// Reads the body and says ACK.
async fn http() -> anyhow::Result<()> {
    let listener = listen()?;
    announce(&listener)?;
    let answer = |_body: web::Bytes| async { ack() };
    let server = HttpServer::new(move || App::new().route("/network/{action}", web::post().to(answer)));
    Ok(server.disable_signals().listen(listener)?.run().await?)
}

/// Proves the sender with a key it has, says ACK, forgets the message.
async fn bare(key: VerifyingKey) -> anyhow::Result<()> {
    let listener = listen()?;
    announce(&listener)?;
    let key = web::Data::new(key);
    let server =
        HttpServer::new(move || App::new().app_data(key.clone()).route("/network/{action}", web::post().to(prove)));
    Ok(server.disable_signals().listen(listener)?.run().await?)
}

async fn prove(request: HttpRequest, body: web::Bytes, key: web::Data<VerifyingKey>) -> HttpResponse {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let proved = header
        .and_then(|header| AuthHeader::parse(header).ok())
        .is_some_and(|header| verify(&body, &header, &key, SystemClock.now(), &TimeLimits::default()).is_ok());
    if proved { ack() } else { HttpResponse::Unauthorized().finish() }
}

fn config(folder: &Path, database: &str, registry: &str) -> anyhow::Result<NodeConfig> {
    Ok(NodeConfig {
        data_dir: folder.to_owned(),
        database_url: database.to_owned(),
        subscriber_id: SELLER.to_owned(),
        subscriber_url: format!("http://{SELLER}/network"),
        registry_url: registry.to_owned(),
        validation: Validation::Enforce,
        danger_allow_private_addresses: true,
        ..load(&[DEFAULTS], None, "", &crate::settings::overrides()?)?
    })
}

/// Our node with everything it has.
async fn full(config: NodeConfig, handler: Arc<dyn MessageHandler>) -> anyhow::Result<()> {
    node::telemetry::init(LogFormat::Text);
    let listener = listen()?;
    let told = listener.try_clone()?;
    let node = Node::open(config, Role::Seller, "seller", Surroundings::system(), Migrations::NONE).await?;
    let shown = web::Data::from(node.clone());
    let pages = move |app: &mut web::ServiceConfig| {
        app.app_data(shown.clone()).route(WAITING, web::get().to(waiting));
    };
    let running = node::serve(node, listener, handler, pages).await.context("the node does not start")?;
    announce(&told)?;
    drop(told);
    running.wait(StopSignal::listen()?).await;
    Ok(())
}

async fn waiting(node: web::Data<Node>) -> HttpResponse {
    match node.inbox.counts().await {
        Ok(counts) => HttpResponse::Ok().body(counts.waiting.to_string()),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

/// Has nothing to do: the node finishes the row.
struct Nothing;

#[async_trait]
impl MessageHandler for Nothing {
    fn actions(&self) -> &'static [Action] {
        &[Action::Select]
    }

    async fn handle(&self, _message: &Accepted) -> Result<(), HandlerError> {
        Ok(())
    }
}

/// Never comes to an end, so that only the way to the ACK is measured.
struct Held;

#[async_trait]
impl MessageHandler for Held {
    fn actions(&self) -> &'static [Action] {
        &[Action::Select]
    }

    async fn handle(&self, _message: &Accepted) -> Result<(), HandlerError> {
        std::future::pending().await
    }
}
