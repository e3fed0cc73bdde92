//! Where the time of one message goes: each step alone, one at a time, in this process.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use node::config::NodeConfig;
use node::{Migrations, Node, Surroundings};
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, SystemClock};
use protocol::digest::Digest;
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::SubscriberId;
use protocol::participant::Role;
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::signature::verify_digest;
use protocol::trust::{Credentials, TrustPolicy, verify};
use serde_json::Value;
use specs::{Action, Specs};

use crate::messages::{Buyer, DOMAIN, SELLER, VERSION};
use crate::process;
use crate::rows::{Row, finish, insert_group};
use crate::statistics::Spread;

const SERIES: usize = 15;
const SERIES_TIME: Duration = Duration::from_millis(40);
/// Messages that share a commit: many connections, and the half of 16 that waits while the other half is being written.
const LARGE_GROUP: usize = 64;
const SMALL_GROUP: usize = 8;
const STORED: usize = 6_400;
const FINISHED: usize = 3_000;

/// One step of the receive path.
pub struct Step {
    pub name: &'static str,
    /// Microseconds for one message, waiting for the disk included.
    pub took_us: f64,
    /// CPU of all threads, where that differs.
    pub cpu_us: Option<f64>,
    /// Part of the way to an ACK that no other listed step contains.
    pub in_ack: bool,
}

/// Measures every step with a message like those of the load.
///
/// # Errors
/// A message that our own book or our own trust refuses, or a database that fails.
pub async fn measure(buyer: &Buyer, folder: &Path) -> anyhow::Result<Vec<Step>> {
    let mut steps = proof(buyer).await?;
    steps.extend(rules(buyer)?);
    steps.extend(storage(buyer, &folder.join("breakdown")).await?);
    Ok(steps)
}

async fn proof(buyer: &Buyer) -> anyhow::Result<Vec<Step>> {
    let raw = RawMessage { bytes: buyer.select()? };
    let text = buyer.header(&raw.bytes);
    let header = AuthHeader::parse(&text)?;
    let key = buyer.signer.key.verifying_key();
    let mut steps = vec![
        step("digest, strict verify", true, || verify_digest(&Digest::of(black_box(&raw.bytes)), &header, &key)),
        step("signature header", true, || AuthHeader::parse(black_box(&text))),
        step("envelope and context", true, || Envelope::parse(black_box(&raw)).map(drop)),
    ];
    let ring = RegistryCache::new(Arc::new(vec![buyer.participant()]), Arc::new(SystemClock), CacheLimits::default());
    let policy = TrustPolicy::new(SubscriberId::parse(SELLER)?, Role::Seller);
    let credentials = Credentials { authorization: Some(&text), gateway: None };
    let mut series = Vec::new();
    for _ in 0..SERIES {
        let (started, mut calls) = (Instant::now(), 0_u32);
        while started.elapsed() < SERIES_TIME {
            let now = SystemClock.now();
            verify(raw.clone(), Action::Select, credentials, &ring, now, &policy).await?;
            calls += 1;
        }
        series.push(started.elapsed().as_secs_f64() * 1e6 / f64::from(calls));
    }
    let took_us = Spread::of(series).median;
    steps.push(Step { name: "trust::verify (the three above, key cache)", took_us, cpu_us: None, in_ack: false });
    Ok(steps)
}

fn rules(buyer: &Buyer) -> anyhow::Result<Vec<Step>> {
    let bytes = buyer.select()?;
    let specs = Specs::builtin()?;
    let book = specs.book(DOMAIN, VERSION).context("the built-in law lacks the book")?;
    let payload: Value = serde_json::from_slice(&bytes)?;
    let broken = book.check(Action::Select, &payload);
    ensure!(broken.is_empty(), "the benchmark's own message breaks our book: {broken:?}");
    Ok(vec![
        step("JSON to a tree", true, || serde_json::from_slice::<Value>(black_box(&bytes)).map(drop)),
        step("book.check", true, || book.check(Action::Select, black_box(&payload))),
    ])
}

async fn storage(buyer: &Buyer, folder: &Path) -> anyhow::Result<Vec<Step>> {
    let config = NodeConfig { data_dir: folder.to_owned(), ..NodeConfig::defaults()? };
    let node = Node::open(config, Role::Seller, "seller", Surroundings::system(), Migrations::NONE).await?;
    let mut rows = Vec::with_capacity(2 * STORED);
    for _ in 0..2 * STORED {
        let bytes = buyer.select()?;
        let header = buyer.header(&bytes);
        rows.push(Row::of(bytes, header)?);
    }
    let (first, second) = rows.split_at(STORED);
    let watch = Stopwatch::start();
    for group in first.chunks(LARGE_GROUP) {
        insert_group(&node.db, group).await?;
    }
    let large = watch.step("SQLite FULL: three rows, groups of 64", STORED, false);
    let watch = Stopwatch::start();
    for group in second.chunks(SMALL_GROUP) {
        insert_group(&node.db, group).await?;
    }
    let small = watch.step("SQLite FULL: three rows, groups of 8", STORED, true);
    let watch = Stopwatch::start();
    for row in rows.iter().take(FINISHED) {
        finish(&node.db, row).await?;
    }
    let done = watch.step("SQLite FULL: finish, a commit each (after the ACK)", FINISHED, false);
    node.db.close().await;
    Ok(vec![large, small, done])
}

/// Median of a few series.
fn step<T>(name: &'static str, in_ack: bool, mut once: impl FnMut() -> T) -> Step {
    let series = (0..SERIES).map(|_| {
        let (started, mut calls) = (Instant::now(), 0_u32);
        while started.elapsed() < SERIES_TIME {
            black_box(once());
            calls += 1;
        }
        started.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
    });
    Step { name, took_us: Spread::of(series).median, cpu_us: None, in_ack }
}

struct Stopwatch {
    started: Instant,
    cpu: Option<Duration>,
}

impl Stopwatch {
    fn start() -> Self {
        Self { started: Instant::now(), cpu: process::cpu(std::process::id()) }
    }

    fn step(self, name: &'static str, messages: usize, in_ack: bool) -> Step {
        let each = |all: Duration| all.as_secs_f64() * 1e6 / messages as f64;
        let took_us = each(self.started.elapsed());
        let cpu = process::cpu(std::process::id()).zip(self.cpu);
        Step { name, took_us, cpu_us: cpu.map(|(after, before)| each(after.saturating_sub(before))), in_ack }
    }
}
