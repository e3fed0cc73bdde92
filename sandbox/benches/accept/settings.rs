//! The size of a run, from the environment.

use std::time::Duration;

use anyhow::Context;

/// Messages live for 30 s and are signed just before their round.
const SECONDS_MAX: f64 = 15.0;

/// How much is measured.
pub struct Settings {
    pub rounds: usize,
    /// Of one round.
    pub time: Duration,
    pub connections: usize,
}

impl Settings {
    /// # Errors
    /// A variable that is no number.
    pub fn from_environment() -> anyhow::Result<Self> {
        let seconds = number("HAAT_BENCH_SECONDS", 4.0)?.clamp(0.1, SECONDS_MAX);
        Ok(Self {
            rounds: number("HAAT_BENCH_ROUNDS", 3.0)?.max(1.0) as usize,
            time: Duration::from_secs_f64(seconds),
            connections: number("HAAT_BENCH_CONNECTIONS", 16.0)?.max(1.0) as usize,
        })
    }
}

fn number(name: &str, default: f64) -> anyhow::Result<f64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name}={text} is no number")),
        Err(_) => Ok(default),
    }
}

/// Settings of the full servers that differ from the defaults: `HAAT_BENCH_SET=inbox_lanes=4,inbox_group_max=64`.
///
/// # Errors
/// A part that is no `key=value`.
pub fn overrides() -> anyhow::Result<Vec<(String, String)>> {
    let text = std::env::var("HAAT_BENCH_SET").unwrap_or_default();
    let pair = |part: &str| {
        let (key, value) = part.split_once('=').with_context(|| format!("HAAT_BENCH_SET: `{part}` is no key=value"))?;
        Ok((key.trim().to_owned(), value.trim().to_owned()))
    };
    text.split(',').filter(|part| !part.trim().is_empty()).map(pair).collect()
}
