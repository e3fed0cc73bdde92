//! Lookups per second.

use std::path::Path;

use anyhow::Context;
use protocol::participant::Role;
use serde_json::{Value, json};

use crate::load;
use crate::network::{DOMAIN, Population, SMALL_CITY};
use crate::process::Server;
use crate::settings::Settings;
use crate::statistics::Spread;

/// Different questions; they are asked again and again.
const QUESTIONS: usize = 1_000;
/// More than can be asked in one second.
const PER_SECOND_MAX: f64 = 60_000.0;

struct Kind {
    name: &'static str,
    path: &'static str,
    signed: bool,
    questions: Vec<Value>,
}

/// Prints a table.
pub async fn measure(
    settings: &Settings,
    population: &Population,
    registry: &Server,
    folder: &Path,
) -> anyhow::Result<()> {
    let by_key: Vec<Value> = population
        .participants
        .iter()
        .take(QUESTIONS)
        .map(|one| json!({ "subscriber_id": one.subscriber_id, "ukId": one.unique_key_id }))
        .collect();
    let in_city = json!({ "domain": DOMAIN, "country": "IND", "city": SMALL_CITY, "type": Role::Seller.wire() });
    let one = population.participants.first().context("nobody is on the network")?;
    let file = folder.join("answer.json");
    std::fs::write(&file, serde_json::to_vec(&[one])?)?;
    let fixed = Server::start(&["fixed", &file.display().to_string()], &folder.join("fixed.log"))?;
    let kinds = [
        Kind { name: "one key, open", path: "/lookup", signed: false, questions: by_key.clone() },
        Kind { name: "one key, signed", path: "/v2.0/lookup", signed: true, questions: by_key.clone() },
        Kind { name: "50 sellers of a city, open", path: "/lookup", signed: false, questions: vec![in_city.clone()] },
        Kind { name: "50 sellers of a city, signed", path: "/v2.0/lookup", signed: true, questions: vec![in_city] },
    ];
    println!(
        "\nregistry, SQLite, {} participants; idle {:.0} MiB",
        population.participants.len(),
        registry.resident().unwrap_or(f64::NAN)
    );
    println!(
        "{:<34} {:>22} {:>9} {:>8} {:>8} {:>8}",
        "lookup", "per s (min-max)", "of fixed", "p50 ms", "p99 ms", "CPU µs"
    );
    let ceiling = Kind { name: "fixed answer, no registry", path: "/lookup", signed: false, questions: by_key };
    let servers: Vec<(&Kind, &Server)> =
        std::iter::once((&ceiling, &fixed)).chain(kinds.iter().map(|kind| (kind, registry))).collect();
    let mut rounds: Vec<Vec<Measured>> = servers.iter().map(|_| Vec::new()).collect();
    for _ in 0..settings.rounds {
        for ((kind, server), measured) in servers.iter().zip(&mut rounds) {
            measured.push(round(settings, population, server, kind).await?);
        }
    }
    let best = spread(&rounds[0], |(round, _)| round.per_second()).median;
    for ((kind, _), measured) in servers.iter().zip(&rounds) {
        row(kind, measured, best);
    }
    println!("memory of the registry at most {:.0} MiB", registry.resident_peak().unwrap_or(f64::NAN));
    Ok(())
}

type Measured = (load::Round, Option<f64>);

async fn round(settings: &Settings, population: &Population, server: &Server, kind: &Kind) -> anyhow::Result<Measured> {
    let host = server.address.to_string();
    let bodies = kind.questions.iter().map(serde_json::to_vec).collect::<Result<Vec<_>, _>>()?;
    let different: Vec<Vec<u8>> =
        bodies.iter().map(|body| population.post(&host, kind.path, body, kind.signed)).collect();
    let count = (settings.time.as_secs_f64() * PER_SECOND_MAX) as usize;
    let requests: Vec<Vec<u8>> = different.iter().cycle().take(count).cloned().collect();
    let before = server.cpu();
    let found = |body: &[u8]| body.starts_with(b"[{");
    let round = load::run(server.address, requests, settings.connections, settings.time, found).await?;
    let cpu = server.cpu().zip(before).map(|(after, before)| (after - before).as_secs_f64() * 1e6 / round.acks as f64);
    Ok((round, cpu))
}

fn spread(rounds: &[Measured], figure: impl Fn(&Measured) -> f64) -> Spread {
    Spread::of(rounds.iter().map(figure))
}

fn row(kind: &Kind, rounds: &[Measured], best: f64) {
    let rate = spread(rounds, |(round, _)| round.per_second());
    println!(
        "{:<34} {:>22} {:>9.2} {:>8.2} {:>8.2} {:>8.1}",
        kind.name,
        format!("{:.0} ({:.0}-{:.0})", rate.median, rate.min, rate.max),
        rate.median / best,
        spread(rounds, |(round, _)| round.percentile(50)).median,
        spread(rounds, |(round, _)| round.percentile(99)).median,
        spread(rounds, |(_, cpu)| cpu.unwrap_or(f64::NAN)).median,
    );
}
