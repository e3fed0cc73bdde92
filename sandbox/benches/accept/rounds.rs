//! Starts the servers and loads them in turn.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use protocol::ack::Reply;

use crate::messages::Buyer;
use crate::process::Server;
use crate::settings::Settings;
use crate::{load, registry, servers};

/// Messages of the round that fills caches and tells how many the next one needs.
const FIRST: usize = 2_000;
/// More than the last round would have used up: a faster one must not run dry.
const SPARE: f64 = 1.3;
const DRAIN_POLL: Duration = Duration::from_millis(100);
const DRAIN_MAX: Duration = Duration::from_secs(120);

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Http,
    Bare,
    /// The node as the apps start it.
    Sqlite,
    /// The way to the ACK alone: no handler finishes.
    SqliteHeld,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP alone, static ACK",
            Self::Bare => "bare: digest, verify, ACK",
            Self::Sqlite => "full, SQLite FULL, handled",
            Self::SqliteHeld => "full, SQLite FULL, held",
            Self::Postgres => "full, PostgreSQL, handled",
        }
    }

    /// Does a handler finish every message?
    fn finishes(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres)
    }

    fn stores(self) -> bool {
        !matches!(self, Self::Http | Self::Bare)
    }
}

/// One server and all its rounds.
pub struct Measured {
    pub kind: Kind,
    pub rounds: Vec<Sample>,
    pub resident_idle: Option<f64>,
    pub resident_peak: Option<f64>,
    /// Messages that shared one commit, mean.
    pub group: Option<f64>,
}

pub struct Sample {
    pub round: load::Round,
    /// Of the server for one ACK, the handler's work included, microseconds.
    pub cpu_us: Option<f64>,
    /// From the first message until the handler has finished the last one.
    pub finished_per_second: Option<f64>,
}

struct Candidate {
    server: Server,
    measured: Measured,
    /// ACKs per second of the last round.
    pace: f64,
}

/// All servers, `settings.rounds` rounds each.
pub async fn run(
    settings: &Settings,
    buyer: &Buyer,
    folder: &Path,
    postgres: Option<&str>,
) -> anyhow::Result<Vec<Measured>> {
    let registry = registry::start(buyer.participant())?;
    let mut kinds = vec![Kind::Http, Kind::Bare, Kind::SqliteHeld, Kind::Sqlite];
    if postgres.is_some() {
        kinds.push(Kind::Postgres);
    }
    let mut candidates = Vec::new();
    for kind in kinds {
        candidates.push(start(kind, buyer, folder, postgres, &registry).await?);
    }
    for candidate in &mut candidates {
        let requests = buyer.requests(FIRST)?;
        candidate.round(requests, settings).await?;
        candidate.measured.rounds.clear();
    }
    for number in 1..=settings.rounds {
        for candidate in &mut candidates {
            let count = (candidate.pace * settings.time.as_secs_f64() * SPARE) as usize + FIRST;
            candidate.round(buyer.requests(count)?, settings).await?;
            eprintln!("round {number}: {} {:.0} ACK/s", candidate.measured.kind.name().trim(), candidate.pace);
        }
    }
    let mut all = Vec::new();
    for candidate in candidates {
        all.push(candidate.end().await?);
    }
    Ok(all)
}

async fn start(
    kind: Kind,
    buyer: &Buyer,
    folder: &Path,
    postgres: Option<&str>,
    registry: &str,
) -> anyhow::Result<Candidate> {
    let folder = folder.join(format!("{kind:?}"));
    std::fs::create_dir_all(&folder)?;
    let data = folder.to_str().context("a folder's name is no UTF-8")?;
    let key = buyer.signer.key.public_text();
    let arguments = match kind {
        Kind::Http => vec!["http"],
        Kind::Bare => vec!["bare", key.as_str()],
        Kind::Sqlite => vec!["full", data, "", registry],
        Kind::SqliteHeld => vec!["held", data, "", registry],
        Kind::Postgres => vec!["full", data, postgres.unwrap_or_default(), registry],
    };
    let server = Server::start(&arguments, &folder.join("log.txt"))?;
    // Workers and pools come up in the first moments.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let resident_idle = server.resident();
    let measured = Measured { kind, rounds: Vec::new(), resident_idle, resident_peak: None, group: None };
    Ok(Candidate { server, measured, pace: 0.0 })
}

impl Candidate {
    async fn round(&mut self, requests: Vec<Vec<u8>>, settings: &Settings) -> anyhow::Result<()> {
        let kind = self.measured.kind;
        let (cpu, started) = (self.server.cpu(), Instant::now());
        let ack = Reply::Ack.body();
        let round =
            load::run(self.server.address, requests, settings.connections, settings.time, move |body| ack == body)
                .await;
        let round = round.with_context(|| kind.name())?;
        ensure!(round.acks > 0, "{}: no ACK", kind.name());
        let finished = if kind.finishes() { Some(self.drain(started).await?) } else { None };
        let cpu = self.server.cpu().zip(cpu).map(|(after, before)| after.saturating_sub(before));
        let sample = Sample {
            cpu_us: cpu.map(|cpu| cpu.as_secs_f64() * 1e6 / round.acks as f64),
            finished_per_second: finished.map(|took| round.acks as f64 / took.as_secs_f64()),
            round,
        };
        self.pace = sample.round.per_second();
        self.measured.rounds.push(sample);
        Ok(())
    }

    /// Waits until nothing is left to do, so that no work of this round falls into the next server's.
    async fn drain(&self, started: Instant) -> anyhow::Result<Duration> {
        let waited = Instant::now();
        while load::get(self.server.address, servers::WAITING).await?.parse::<u64>()? > 0 {
            ensure!(waited.elapsed() < DRAIN_MAX, "{}: the inbox does not get empty", self.measured.kind.name());
            tokio::time::sleep(DRAIN_POLL).await;
        }
        Ok(started.elapsed())
    }

    async fn end(mut self) -> anyhow::Result<Measured> {
        self.measured.resident_peak = self.server.resident_peak();
        if self.measured.kind.stores() {
            let metrics = load::get(self.server.address, "/metrics").await?;
            let value =
                |name: &str| metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
            let (sum, count) = (value("haat_commit_group_size_sum"), value("haat_commit_group_size_count"));
            self.measured.group = sum.zip(count).map(|(sum, count)| sum / count);
        }
        Ok(self.measured)
    }
}
