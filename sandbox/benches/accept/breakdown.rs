//! Where the time of one message goes: each step alone, one at a time, in this process.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
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
use crate::statistics::Spread;

const SERIES: usize = 15;
const SERIES_TIME: Duration = Duration::from_millis(40);

/// One step of the receive path.
pub struct Step {
    pub name: &'static str,
    /// Microseconds for one message; all of it is CPU.
    pub took_us: f64,
    /// Part of the way to an ACK that no other listed step contains.
    pub in_ack: bool,
}

/// Measures every step with a message like those of the load.
///
/// # Errors
/// A message that our own book or our own trust refuses.
pub async fn measure(buyer: &Buyer) -> anyhow::Result<Vec<Step>> {
    let mut steps = proof(buyer).await?;
    steps.extend(rules(buyer)?);
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
    steps.push(Step { name: "trust::verify (the three above, key cache)", took_us, in_ack: false });
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
    Step { name, took_us: Spread::of(series).median, in_ack }
}
