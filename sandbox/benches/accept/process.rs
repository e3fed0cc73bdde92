//! The servers as processes of their own, and what the operating system says about them (Linux; elsewhere those figures are missing).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::statistics::Spread;

/// Ticks of `/proc/PID/stat` per second; the same on every Linux that Rust knows.
const TICKS_PER_SECOND: f64 = 100.0;
const FLUSHES: usize = 300;

/// A server that runs until this value is dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts this program again as `serve` with these arguments; its log goes to `log`.
    pub fn start(arguments: &[&str], log: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(log)?)
            .spawn()?;
        let stdout = child.stdout.take().context("a child without stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let told =
            || format!("server {arguments:?} did not start: {}", std::fs::read_to_string(log).unwrap_or_default());
        let address = line.trim().parse().with_context(told)?;
        Ok(Self { address, child })
    }

    /// CPU time so far, of all its threads.
    pub fn cpu(&self) -> Option<Duration> {
        cpu(self.child.id())
    }

    /// Resident memory now, MiB.
    pub fn resident(&self) -> Option<f64> {
        status_mib(self.child.id(), "VmRSS:")
    }

    /// Most resident memory so far, MiB.
    pub fn resident_peak(&self) -> Option<f64> {
        status_mib(self.child.id(), "VmHWM:")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// CPU time of a process so far.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(Duration::from_secs_f64(ticks / TICKS_PER_SECOND))
}

fn status_mib(pid: u32, name: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_whitespace().next()?.parse::<f64>().ok()? / 1024.0)
}

/// The three load averages.
pub fn load_average() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(" "))
}

/// Time to append 4 KiB and flush it to this folder's disk: what a durable commit cannot go below. Microseconds.
pub fn flush_us(folder: &Path) -> anyhow::Result<Spread> {
    let mut file = File::create(folder.join("flush"))?;
    let mut took = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let started = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        took.push(started.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Spread::of(took))
}
