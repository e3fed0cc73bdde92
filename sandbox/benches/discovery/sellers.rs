//! Sellers that say ACK and remember when each search came: one process, many ports.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context;
use protocol::ack::Reply;
use protocol::clock::{Clock, SystemClock};
use protocol::envelope::{Envelope, RawMessage};

/// Pages of the benchmark: the ports that listen; all arrivals since the last time they were asked for.
const PORTS: &str = "/bench/ports";
const ARRIVALS: &str = "/bench/arrivals";

/// When a search came to each seller, Unix microseconds.
type Arrivals = HashMap<String, Vec<u64>>;

struct Sellers {
    ports: Vec<u16>,
    arrivals: Mutex<Arrivals>,
}

/// Now, Unix microseconds: a clock that all processes share.
pub fn now_us() -> u64 {
    u64::try_from(SystemClock.now().as_microsecond()).unwrap_or_default()
}

/// Listens on so many ports.
pub async fn serve(count: usize) -> anyhow::Result<()> {
    let own = TcpListener::bind("127.0.0.1:0")?;
    let address = own.local_addr()?;
    let listeners = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>()?;
    let ports = listeners.iter().map(|one| Ok(one.local_addr()?.port())).collect::<anyhow::Result<_>>()?;
    let sellers = web::Data::new(Sellers { ports, arrivals: Mutex::default() });
    let app = move || {
        App::new()
            .app_data(sellers.clone())
            .route(PORTS, web::get().to(tell_ports))
            .route(ARRIVALS, web::get().to(tell_arrivals))
            .default_service(web::to(take))
    };
    // The sellers are not what is measured: one thread for all of them.
    let mut server = HttpServer::new(app).workers(1).disable_signals().listen(own)?;
    for listener in listeners {
        server = server.listen(listener)?;
    }
    crate::servers::announce(address)?;
    Ok(server.run().await?)
}

async fn take(body: web::Bytes, sellers: web::Data<Sellers>) -> HttpResponse {
    let at = now_us();
    let raw = RawMessage::from(body);
    let Ok(envelope) = Envelope::parse(&raw) else { return HttpResponse::BadRequest().finish() };
    let id = envelope.context.message_id.to_string();
    sellers.arrivals.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default().push(at);
    HttpResponse::Ok().content_type("application/json").body(Reply::Ack.body())
}

async fn tell_ports(sellers: web::Data<Sellers>) -> HttpResponse {
    HttpResponse::Ok().json(&sellers.ports)
}

async fn tell_arrivals(sellers: web::Data<Sellers>) -> HttpResponse {
    let arrivals = std::mem::take(&mut *sellers.arrivals.lock().unwrap_or_else(PoisonError::into_inner));
    HttpResponse::Ok().json(arrivals)
}

/// The ports of the sellers.
pub async fn ports(sellers: SocketAddr) -> anyhow::Result<Vec<u16>> {
    serde_json::from_str(&crate::load::get(sellers, PORTS).await?).context("the sellers' ports")
}

/// All arrivals since this was last asked.
pub async fn arrivals(sellers: SocketAddr) -> anyhow::Result<Arrivals> {
    serde_json::from_str(&crate::load::get(sellers, ARRIVALS).await?).context("the sellers' arrivals")
}
