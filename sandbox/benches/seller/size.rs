//! How much is measured, and how figures are summed up.

use std::time::Duration;

use anyhow::Context;

/// The size of a run.
pub struct Size {
    /// Divides the problems of `routing`.
    pub fewer: usize,
    /// Positions of `refresh` and `flip`.
    pub rows: usize,
    /// Length of one measurement.
    pub time: Duration,
}

/// The large brand sells so many items.
const SKUS: usize = 1_500;

impl Size {
    /// Shows only that everything runs.
    pub fn tiny() -> Self {
        Self { fewer: 20, rows: 600, time: Duration::from_millis(500) }
    }

    /// # Errors
    /// A variable that is no number.
    pub fn from_environment() -> anyhow::Result<Self> {
        let rows = number("HAAT_BENCH_ROWS", 300_000.0)?.max(1.0) as usize;
        let seconds = number("HAAT_BENCH_SECONDS", 8.0)?.clamp(0.1, 25.0);
        Ok(Self { fewer: 1, rows, time: Duration::from_secs_f64(seconds) })
    }

    /// Partners and items of a brand with so many positions.
    pub fn brand(&self) -> (usize, usize) {
        let skus = SKUS.min(self.rows.div_ceil(20)).max(1);
        (self.rows.div_ceil(skus), skus)
    }
}

fn number(name: &str, default: f64) -> anyhow::Result<f64> {
    match std::env::var(name) {
        Ok(text) => text.parse().with_context(|| format!("{name}={text} is no number")),
        Err(_) => Ok(default),
    }
}

/// Of the last minute; empty where the system does not tell.
pub fn load_average() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// Most memory of this process so far, MiB; `None` where the system does not tell.
pub fn memory_peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1_024.0)
}

/// Times of one measurement, ascending.
pub struct Times(Vec<Duration>);

impl Times {
    pub fn new(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// Milliseconds; NaN without times.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.0.len() * percent / 100).min(self.0.len().saturating_sub(1));
        self.0.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }
}

/// Xorshift: the same choices on every machine.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides.max(1)
    }
}
