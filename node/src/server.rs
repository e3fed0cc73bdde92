//! The HTTP server of a node: network calls, site proof, health, metrics, pages; graceful stop.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::header;
use actix_web::{App, HttpResponse, HttpServer, web};

use crate::database::{Database, checkpoint};
use crate::handler::MessageHandler;
use crate::node::{Node, StartError};
use crate::outbox::Courier;
use crate::receive::Receiver;
use crate::registry_feed::Follower;
use crate::stop_signal::StopSignal;
use crate::{access, inspect, pages, receive, upkeep};

/// A slow client may take this long to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// Idle connections stay open longer than our clients keep them (30 s), so that the client is the one who closes.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A node that serves.
#[derive(Debug)]
pub struct Running {
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub url: String,
    /// Where /health and /metrics are.
    pub admin_url: String,
    pub node: Arc<Node>,
    servers: Vec<ServerHandle>,
}

impl Running {
    /// Stops listening, lets running work finish (at most `stop_grace_s`), closes the database.
    pub async fn stop(self) {
        for server in &self.servers {
            server.stop(true).await;
        }
        let grace = Duration::from_secs(self.node.config.stop_grace_s);
        if !self.node.workers.stop(grace).await {
            tracing::warn!(node = self.node.name, "some work did not finish in time; it goes on at the next start");
        }
        self.node.db.close().await;
        tracing::info!(node = self.node.name, "stopped");
    }

    /// Runs until the program is told to stop, then stops.
    pub async fn wait(self, stop: StopSignal) {
        stop.came().await;
        self.stop().await;
    }
}

/// Serves a node: the network calls of `handler`, the node's own pages and `pages`; starts inbox, outbox and upkeep.
pub async fn serve(
    node: Arc<Node>,
    listener: TcpListener,
    handler: Arc<dyn MessageHandler>,
    pages: impl Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
) -> Result<Running, StartError> {
    let address = local_address(&listener)?;
    start_workers(&node, &handler)?;
    let data = web::Data::from(node.clone());
    let receiver = web::Data::new(Receiver::new(node.clone(), handler));
    let own_admin = node.config.admin_listen;
    let mut servers = Vec::new();
    let app_data = data.clone();
    let factory = move || {
        let app = App::new()
            .app_data(app_data.clone())
            .app_data(receiver.clone())
            .route("/network/on_subscribe", web::post().to(receive::on_subscribe))
            .route("/network/{action}", web::post().to(receive::receive))
            .route("/ondc-site-verification.html", web::get().to(site_proof))
            .configure(pages::mount)
            .configure(access::mount)
            .configure(inspect::mount)
            .configure(pages.clone());
        if own_admin.is_none() { app.configure(mount_admin) } else { app }
    };
    let server = HttpServer::new(factory)
        .workers(worker_count(&node))
        .disable_signals()
        .client_request_timeout(HEAD_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(node.config.stop_grace_s)
        .listen(listener)
        .map_err(|source| StartError::Listen { address: address.to_string(), source })?
        .run();
    servers.push(server.handle());
    tokio::spawn(server);
    let mut admin_url = format!("http://{address}");
    if let Some(admin) = own_admin {
        let (handle, bound) = serve_admin(&data, admin)?;
        servers.push(handle);
        admin_url = format!("http://{bound}");
    }
    tracing::info!(node = node.name, %address, subscriber_id = %node.identity.subscriber_id, "serving");
    Ok(Running { url: format!("http://{address}"), admin_url, node, servers })
}

fn start_workers(node: &Arc<Node>, handler: &Arc<dyn MessageHandler>) -> Result<(), StartError> {
    let inbox = node.inbox.clone();
    let writer = node.workers.spawn_thread("inbox-writer", move |stop| {
        let inbox = inbox.clone();
        async move { inbox.write(stop).await }
    });
    writer.map_err(StartError::Thread)?;
    if let Database::Sqlite { write, .. } = &node.db {
        let writer = write.clone();
        node.workers.spawn("checkpoint", move |stop| checkpoint::run(writer.clone(), stop));
    }
    let (inbox, work) = (node.inbox.clone(), handler.clone());
    node.workers.spawn("inbox-lanes", move |stop| {
        let (inbox, work) = (inbox.clone(), work.clone());
        async move { inbox.work(work, stop).await }
    });
    let courier = Courier::new(node);
    let (outbox, ledger, told, metrics) =
        (node.outbox.clone(), node.ledger.clone(), handler.clone(), node.metrics.clone());
    node.workers.spawn("outbox", move |stop| {
        let (outbox, courier, ledger, told, metrics) =
            (outbox.clone(), courier.clone(), ledger.clone(), told.clone(), metrics.clone());
        async move { outbox.work(courier, ledger, metrics, told, stop).await }
    });
    if node.config.registry_follow {
        let (client, cache) = (node.registry_client.clone(), node.registry.clone());
        node.workers.spawn("registry-feed", move |stop| Follower::new(client.clone(), cache.clone()).run(stop));
    }
    upkeep::start(node);
    Ok(())
}

fn serve_admin(data: &web::Data<Node>, address: SocketAddr) -> Result<(ServerHandle, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { address: address.to_string(), source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let data = data.clone();
    let server = HttpServer::new(move || App::new().app_data(data.clone()).configure(mount_admin))
        .workers(1)
        .disable_signals()
        .listen(listener)
        .map_err(failed)?
        .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok((handle, bound))
}

fn local_address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|source| StartError::Listen { address: "the given socket".to_owned(), source })
}

fn worker_count(node: &Node) -> usize {
    match node.config.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        set => set,
    }
}

fn mount_admin(app: &mut web::ServiceConfig) {
    app.route("/health", web::get().to(health))
        .route("/ready", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .route("/version", web::get().to(version));
}

async fn health() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Ready means that the database answers: without it no message can be accepted.
async fn ready(node: web::Data<Node>) -> HttpResponse {
    if node.db.answers().await {
        HttpResponse::Ok().content_type("text/plain").body("ready\n")
    } else {
        HttpResponse::ServiceUnavailable().content_type("text/plain").body("the database does not answer\n")
    }
}

async fn metrics(node: web::Data<Node>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(node.metrics.text())
}

async fn version(node: web::Data<Node>) -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({
        "name": node.name,
        "version": env!("CARGO_PKG_VERSION"),
        "subscriber_id": node.identity.subscriber_id,
        "started_at": protocol::clock::wire_timestamp(node.started_at),
    }))
}

/// The page that proves to the registry that this host is ours.
async fn site_proof(node: web::Data<Node>) -> HttpResponse {
    match node.onboarding.request_id() {
        Some(request_id) => HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(protocol::site_proof::render(&request_id, &node.keys.active().signing)),
        None => HttpResponse::NotFound().content_type("text/plain").body("no subscription has been asked for\n"),
    }
}
