//! One search to many sellers: through the gateway with its durable queue, and from this process with nothing stored.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use protocol::ack::Reply;
use serde_json::Value;

use crate::load;
use crate::network::{LARGE_CITY, Population, SMALL_CITY};
use crate::process::Server;
use crate::sellers::{arrivals, now_us};
use crate::settings::Settings;

/// Searches that are under way at the same time, when deliveries are counted; delays are measured with one at a time.
const IN_FLIGHT: usize = 16;
const ALONE: usize = 10;
const POLL: Duration = Duration::from_millis(5);
const WAIT_MAX: Duration = Duration::from_secs(60);
/// Connections of the ceiling.
const BARE_CONNECTIONS: usize = 64;

/// Searches for one city.
struct Load<'a> {
    city: &'a str,
    /// Sellers of the city.
    audience: usize,
    in_flight: usize,
    searches: usize,
}

/// What became of some searches.
struct Measured {
    deliveries: usize,
    took: Duration,
    /// From the search's first byte to each seller, sorted, milliseconds.
    delays: Vec<f64>,
    /// From the search's first byte to the last seller, sorted, milliseconds.
    complete: Vec<f64>,
}

/// Prints a table.
pub async fn measure(
    settings: &Settings,
    population: &Population,
    registry: &Server,
    sellers: &Server,
    folder: &Path,
) -> anyhow::Result<()> {
    let keys: Value = serde_json::from_str(&load::get(registry.address, "/public-keys").await?)?;
    let key = keys["keys"][0]["encr_public_key"].as_str().context("the registry tells no key")?;
    let url = format!("http://{}", registry.address);
    let text = folder.display().to_string();
    let gateway = Server::start(&["gateway", &text, &url, key], &folder.join("gateway.log"))?;
    println!(
        "\ngateway, SQLite, durable queue; idle {:.0} MiB; {IN_FLIGHT} searches under way",
        gateway.resident().unwrap_or(f64::NAN)
    );
    println!(
        "{:<44} {:>12} {:>8} {:>8} {:>8} {:>14} {:>8}",
        "search to", "deliveries/s", "of bare", "p50 ms", "p99 ms", "all have it ms", "CPU µs"
    );
    let few = &population.few;
    let all: Vec<u16> = crate::sellers::ports(sellers.address).await?;
    for (name, city, ports) in
        [("sellers of a small city", SMALL_CITY, few), ("sellers of a large city", LARGE_CITY, &all)]
    {
        let bare = bare(settings, population, city, ports).await?;
        arrivals(sellers.address).await?; // forgets those of the ceiling
        let searches = (settings.time.as_secs_f64() * 4_000.0 / ports.len() as f64).max(IN_FLIGHT as f64) as usize;
        let load = |in_flight, searches| Load { city, audience: ports.len(), in_flight, searches };
        carried(population, &gateway, sellers, &load(IN_FLIGHT, IN_FLIGHT)).await?; // fills caches, opens connections
        let alone = carried(population, &gateway, sellers, &load(1, ALONE)).await?;
        let before = gateway.cpu();
        let measured = carried(population, &gateway, sellers, &load(IN_FLIGHT, searches)).await?;
        let cpu = gateway.cpu().zip(before).map(|(after, before)| (after - before).as_secs_f64() * 1e6);
        let rate = measured.deliveries as f64 / measured.took.as_secs_f64();
        println!("{:<44} {bare:>12.0} {:>8.2}", format!("{} {name}: bare, nothing stored", ports.len()), 1.0);
        println!(
            "{:<44} {rate:>12.0} {:>8.2} {:>8.1} {:>8.1} {:>14.1} {:>8.1}",
            format!("{} {name}: the gateway", ports.len()),
            rate / bare,
            percentile(&alone.delays, 50),
            percentile(&alone.delays, 99),
            percentile(&alone.complete, 50),
            cpu.map_or(f64::NAN, |cpu| cpu / measured.deliveries as f64),
        );
    }
    println!("memory of the gateway at most {:.0} MiB", gateway.resident_peak().unwrap_or(f64::NAN));
    Ok(())
}

/// The ceiling: this process posts one body to all ports in turn. Deliveries per second.
async fn bare(settings: &Settings, population: &Population, city: &str, ports: &[u16]) -> anyhow::Result<f64> {
    let (_, body) = population.search(city)?;
    let request = Arc::new(population.post("seller.localhost", "/network/search", &body, true));
    let until = Instant::now() + settings.time;
    let started = Instant::now();
    let mut senders = tokio::task::JoinSet::new();
    for part in ports.chunks(ports.len().div_ceil(BARE_CONNECTIONS).max(1)) {
        let (part, request) = (part.to_vec(), request.clone());
        senders.spawn(async move {
            let mut open = Vec::with_capacity(part.len());
            for port in part {
                open.push(load::Connection::open(([127, 0, 0, 1], port).into()).await?);
            }
            let mut sent = 0_usize;
            while Instant::now() < until {
                for connection in &mut open {
                    connection.exchange(&request).await?;
                    sent += 1;
                }
            }
            anyhow::Ok(sent)
        });
    }
    let mut sent = 0;
    while let Some(one) = senders.join_next().await {
        sent += one??;
    }
    Ok(sent as f64 / started.elapsed().as_secs_f64())
}

/// Searches through the gateway, a few at a time; each is done when every seller has it.
async fn carried(
    population: &Population,
    gateway: &Server,
    sellers: &Server,
    load: &Load<'_>,
) -> anyhow::Result<Measured> {
    let mut connection = crate::load::Connection::open(gateway.address).await?;
    let (ack, host) = (Reply::Ack.body(), gateway.address.to_string());
    let (mut sent, mut arrived) = (HashMap::new(), HashMap::<String, Vec<u64>>::new());
    let started = Instant::now();
    let mut finished = 0;
    while finished < load.searches {
        while sent.len() < load.searches && sent.len() - finished < load.in_flight {
            let (id, body) = population.search(load.city)?;
            let request = population.post(&host, "/network/search", &body, true);
            sent.insert(id, now_us());
            let (status, answer) = connection.exchange(&request).await?;
            ensure!(status == 200 && answer == ack, "the gateway: HTTP {status} {}", String::from_utf8_lossy(&answer));
        }
        tokio::time::sleep(POLL).await;
        for (id, times) in arrivals(sellers.address).await? {
            arrived.entry(id).or_default().extend(times);
        }
        finished = sent.keys().filter(|id| arrived.get(*id).is_some_and(|times| times.len() >= load.audience)).count();
        let deliveries = || arrived.values().map(Vec::len).sum::<usize>();
        ensure!(
            started.elapsed() < WAIT_MAX,
            "{finished} of {} searches are everywhere, {} deliveries",
            load.searches,
            deliveries()
        );
    }
    let took = started.elapsed();
    let since = |id: &String, at: u64| at.saturating_sub(sent.get(id).copied().unwrap_or(at)) as f64 / 1e3;
    let mut delays: Vec<f64> = arrived.iter().flat_map(|(id, times)| times.iter().map(|at| since(id, *at))).collect();
    let mut complete: Vec<f64> =
        arrived.iter().filter_map(|(id, times)| times.iter().max().map(|at| since(id, *at))).collect();
    delays.sort_by(f64::total_cmp);
    complete.sort_by(f64::total_cmp);
    Ok(Measured { deliveries: delays.len(), took, delays, complete })
}

fn percentile(sorted: &[f64], percent: usize) -> f64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}
