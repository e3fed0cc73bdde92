//! Cost of receiving one message, step by step. `cargo bench -p protocol`; no allocation or branch of a framework is measured with it.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use jiff::Timestamp;
use protocol::auth_header::AuthHeader;
use protocol::clock::ManualClock;
use protocol::digest::Digest;
use protocol::envelope::{Envelope, RawMessage};
use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::keys::{Signer, SigningKeyPair};
use protocol::participant::{Participant, Role, Status};
use protocol::randomness::SeededRandomness;
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::signature::{sign, verify_digest};
use protocol::trust::{Credentials, TrustPolicy, verify};
use specs::Action;

/// Repeats for about a second and prints the mean of the best tenth of the rounds.
fn measure<T>(name: &str, mut once: impl FnMut() -> T) {
    let mut rounds = Vec::new();
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(1) {
        let round = Instant::now();
        for _ in 0..100 {
            black_box(once());
        }
        rounds.push(round.elapsed() / 100);
    }
    rounds.sort();
    let best = &rounds[..rounds.len().div_ceil(10)];
    let mean = best.iter().sum::<Duration>() / u32::try_from(best.len()).unwrap_or(1);
    println!("{name:<40} {:>9.2} µs", mean.as_nanos() as f64 / 1000.0);
}

fn participant(signer: &Signer) -> Participant {
    let at = |year: &str| format!("{year}-01-01T00:00:00Z").parse().unwrap_or(Timestamp::MIN);
    Participant {
        subscriber_id: signer.subscriber_id.clone(),
        unique_key_id: signer.unique_key_id.clone(),
        role: Role::Buyer,
        domain: "ONDC:RET10".to_owned(),
        country: "IND".to_owned(),
        city: vec!["*".to_owned()],
        subscriber_url: None,
        signing_public_key: signer.key.public_text(),
        encr_public_key: String::new(),
        valid_from: at("2025"),
        valid_until: at("2035"),
        status: Status::Subscribed,
        created: None,
        updated: None,
    }
}

/// A `select` of the size that real ones have.
fn select(bytes: usize) -> Bytes {
    let filler = "x".repeat(bytes.saturating_sub(500));
    Bytes::from(format!(
        r#"{{"context":{{"domain":"ONDC:RET10","action":"select","country":"IND","city":"std:080","core_version":"1.2.5","bap_id":"buyer.example.com","bap_uri":"https://buyer.example.com/network","bpp_id":"seller.example.com","bpp_uri":"https://seller.example.com/network","transaction_id":"7d3b0c2a-5b1f-4a0e-8f0e-2f6d1b1c9a01","message_id":"b2f4c1d0-1111-4222-8333-444455556666","timestamp":"2025-10-09T08:53:20.000Z","ttl":"PT30S"}},"message":{{"order":{{"note":"{filler}"}}}}}}"#
    ))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let key = SigningKeyPair::generate(&SeededRandomness::new(1));
    let signer = Signer {
        subscriber_id: SubscriberId::parse("buyer.example.com")?,
        unique_key_id: UniqueKeyId::parse("bap-key-1")?,
        key,
    };
    let now = Timestamp::from_second(1_760_000_060)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let source = Arc::new(vec![participant(&signer)]);
    let ring = RegistryCache::new(source, Arc::new(ManualClock::new(now)), CacheLimits::default());
    let policy = TrustPolicy::new(SubscriberId::parse("seller.example.com")?, Role::Seller);

    for size in [2_400, 350_000] {
        let raw = RawMessage { bytes: select(size) };
        let text = sign(&raw.bytes, &signer, 1_760_000_000, 1_760_000_300);
        let header = AuthHeader::parse(&text)?;
        let digest = Digest::of(&raw.bytes);
        let public = signer.key.verifying_key();
        println!("-- {} bytes", raw.bytes.len());
        measure("auth_header::parse", || AuthHeader::parse(black_box(&text)));
        measure("envelope::parse", || Envelope::parse(black_box(&raw)));
        measure("digest", || Digest::of(black_box(&raw.bytes)));
        measure("signature", || verify_digest(&digest, &header, &public));
        measure("sign", || sign(&raw.bytes, &signer, 1_760_000_000, 1_760_000_300));
        measure("trust::verify, all of it", || {
            let credentials = Credentials { authorization: Some(&text), gateway: None };
            let verified = runtime.block_on(verify(raw.clone(), Action::Select, credentials, &ring, now, &policy));
            assert!(verified.is_ok(), "a good message is taken");
        });
    }
    Ok(())
}
