//! `select` asked for to `on_select` received: the whole seller node with its doors, stores and outbox, a registry with one record,
//! and a receiver that stands for the buyer. 100 a second, whatever the node does (open load): a request that had to wait counts
//! from when it was due. All in one process.
//!
//! The ceiling proves each `select` and posts a signed answer of the usual size; it stores and decides nothing.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context as _, ensure};
use node::Surroundings;
use protocol::ack::Reply;
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, SystemClock};
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::SubscriberId;
use protocol::signature::{TimeLimits, verify};
use sandbox::seed::Seeds;
use seller_app::catalogue::Hours;
use seller_app::store::partners;
use specs::Action;
use tokio::task::JoinSet;

use crate::buyer::{Buyer, DOMAIN};
use crate::load::Connection;
use crate::size::{Size, Times};
use crate::{registry, stage};

const PER_SECOND: u32 = 100;
/// Bytes of an answer of the ceiling.
const ANSWER: usize = 3_000;
/// How long the last answers are waited for.
const LATE: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 16;
/// Requests that fill caches and are not counted.
const WARM: u32 = 50;

/// When an answer came, by message id, and whether it tells of an error.
type Arrivals = Mutex<HashMap<String, (Instant, bool)>>;

struct Receiver {
    port: u16,
    arrivals: Arc<Arrivals>,
}

pub async fn measure(size: &Size) -> anyhow::Result<()> {
    let receiver = receive()?;
    let buyer = Arc::new(Buyer::new(receiver.port)?);
    let bare = bare(buyer.clone(), receiver.port)?;
    let ceiling = load(&buyer, bare, &SubscriberId::parse("seller.localhost:1")?, &receiver, size.time).await?;
    show("bare: prove, sign, post", &ceiling);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let registry = registry::start(buyer.participant())?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let mut config = stage::config(&folder)?;
    config.node.subscriber_id = format!("seller.localhost:{}", address.port());
    config.node.subscriber_url = format!("http://{}/network", config.node.subscriber_id);
    config.node.registry_url = registry;
    config.node.domains = vec![DOMAIN.to_owned()];
    let seller = seller_app::start(config, Some(listener), Surroundings::system()).await?;
    let app = seller.app.clone();
    Seeds::brand().plant(&app).await?;
    open_always(&app).await?;
    let node = load(&buyer, address, &app.node.identity.subscriber_id, &receiver, size.time).await?;
    show("seller node", &node);
    println!("ratio of p50 {:.3}, goal p99 250 ms", ceiling.percentile(50) / node.percentile(50));
    seller.stop().await;
    Ok(())
}

fn show(name: &str, times: &Times) {
    let (p50, p99) = (times.percentile(50), times.percentile(99));
    println!(
        "{name:<26} {PER_SECOND} a second: p50 {p50:.1} ms, p99 {p99:.1} ms, worst {:.1} ms",
        times.percentile(100)
    );
}

/// At any hour: a figure must not depend on when it is measured.
async fn open_always(app: &seller_app::app::SellerApp) -> anyhow::Result<()> {
    let mut tx = app.node.db.begin().await?;
    for record in partners::all(&app.node.db).await? {
        let partner =
            seller_app::catalogue::Partner { hours: Hours::default(), holidays: Vec::new(), ..record.partner };
        partners::save(&mut tx, &partner, record.kind, &app.stamp()).await?;
    }
    Ok(tx.commit().await?)
}

fn ack() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(Reply::Ack.body())
}

/// The buyer's side: says ACK and remembers when.
fn receive() -> anyhow::Result<Receiver> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let arrivals: Arc<Arrivals> = Arc::default();
    let shared = web::Data::from(arrivals.clone());
    let app = move || App::new().app_data(shared.clone()).default_service(web::to(take));
    tokio::spawn(HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run());
    Ok(Receiver { port, arrivals })
}

async fn take(request: HttpRequest, body: web::Bytes, arrivals: web::Data<Arrivals>) -> HttpResponse {
    let at = Instant::now();
    if !request.path().ends_with("/on_select") {
        return ack();
    }
    let raw = RawMessage::from(body);
    let Ok(envelope) = Envelope::parse(&raw) else { return HttpResponse::BadRequest().finish() };
    let id = envelope.context.message_id.to_string();
    let is_error = raw.bytes.windows(8).any(|window| window == b"\"error\":");
    arrivals.lock().unwrap_or_else(PoisonError::into_inner).insert(id, (at, is_error));
    ack()
}

/// The ceiling.
fn bare(buyer: Arc<Buyer>, port: u16) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let pool = Arc::new(Pool::new(SocketAddr::from(([127, 0, 0, 1], port))));
    let answer = move |request: HttpRequest, body: web::Bytes| {
        let (buyer, pool) = (buyer.clone(), pool.clone());
        async move {
            let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
            let key = buyer.signer.key.verifying_key();
            let proved = header
                .and_then(|header| AuthHeader::parse(header).ok())
                .is_some_and(|header| verify(&body, &header, &key, SystemClock.now(), &TimeLimits::default()).is_ok());
            if !proved {
                return HttpResponse::Unauthorized().finish();
            }
            let raw = RawMessage::from(body);
            let Ok(envelope) = Envelope::parse(&raw) else { return HttpResponse::BadRequest().finish() };
            let message = serde_json::json!({ "order": { "note": "x".repeat(ANSWER) } });
            let context = protocol::context::Context { action: Action::OnSelect, ..envelope.context };
            let bytes = protocol::envelope::render(&context, &message, None);
            let request = buyer.post("buyer.localhost", "/network/on_select", &bytes);
            actix_web::rt::spawn(async move { pool.exchange(&request).await });
            ack()
        }
    };
    let app = move || App::new().default_service(web::to(answer.clone()));
    tokio::spawn(HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run());
    Ok(address)
}

/// Connections that are used again.
struct Pool {
    address: SocketAddr,
    idle: Mutex<Vec<Connection>>,
}

impl Pool {
    fn new(address: SocketAddr) -> Self {
        Self { address, idle: Mutex::new(Vec::with_capacity(CONNECTIONS)) }
    }

    async fn exchange(&self, request: &[u8]) -> anyhow::Result<bytes::Bytes> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => Connection::open(self.address).await?,
        };
        let (status, body) = connection.exchange(request).await?;
        ensure!(status == 200, "HTTP {status}: {}", String::from_utf8_lossy(&body));
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok(body)
    }
}

/// Sends at the fixed rate; how long each answer took.
async fn load(
    buyer: &Arc<Buyer>,
    address: SocketAddr,
    seller: &SubscriberId,
    receiver: &Receiver,
    time: Duration,
) -> anyhow::Result<Times> {
    let pool = Arc::new(Pool::new(address));
    let started = Instant::now();
    let mut senders = JoinSet::new();
    let count = (time.as_secs_f64() * f64::from(PER_SECOND)) as u32 + WARM;
    for number in 0..count {
        let due = started + Duration::from_secs(1) / PER_SECOND * number;
        tokio::time::sleep_until(due.into()).await;
        let (buyer, pool, seller) = (buyer.clone(), pool.clone(), seller.clone());
        senders.spawn(async move {
            let context = buyer.context(&seller, Action::Select)?;
            let body = Buyer::select(&context, number as usize);
            let answer = pool.exchange(&buyer.post(seller.as_str(), "/network/select", &body)).await?;
            ensure!(Reply::parse(&answer).ok() == Some(Reply::Ack), "no ACK: {}", String::from_utf8_lossy(&answer));
            Ok((number, context.message_id.to_string(), due))
        });
    }
    let mut sent = Vec::with_capacity(count as usize);
    while let Some(done) = senders.join_next().await {
        sent.push(done??);
    }
    let patience = Instant::now() + LATE;
    let missing = || {
        let arrivals = receiver.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        sent.iter().filter(|(_, id, _)| !arrivals.contains_key(id)).count()
    };
    while missing() > 0 && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ensure!(missing() == 0, "{} of {count} selects were not answered", missing());
    let arrivals = std::mem::take(&mut *receiver.arrivals.lock().unwrap_or_else(PoisonError::into_inner));
    let mut times = Vec::with_capacity(sent.len());
    for (number, id, due) in sent {
        let (at, is_error) = arrivals.get(&id).context("an answer was lost")?;
        ensure!(!is_error, "a select was answered with an error");
        if number >= WARM {
            times.push(at.saturating_duration_since(due));
        }
    }
    Ok(Times::new(times))
}
