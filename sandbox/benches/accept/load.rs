//! The load: keep-alive HTTP/1.1 connections, each with one request on its way. Every answer is read and must be 200 and a good one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What one round saw.
pub struct Round {
    pub acks: usize,
    pub took: Duration,
    /// Sorted.
    pub latencies: Vec<Duration>,
}

impl Round {
    pub fn per_second(&self) -> f64 {
        self.acks as f64 / self.took.as_secs_f64()
    }

    /// In milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let index = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e3)
    }
}

/// Sends each request once, until `time` is over or none is left.
///
/// # Errors
/// The first answer that is not 200, or whose body is not `good`.
pub async fn run(
    address: SocketAddr,
    requests: Vec<Vec<u8>>,
    connections: usize,
    time: Duration,
    good: impl Fn(&[u8]) -> bool + Clone + Send + 'static,
) -> anyhow::Result<Round> {
    let mut open = Vec::with_capacity(connections);
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let (requests, next) = (Arc::new(requests), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for mut connection in open {
        let (requests, next, good) = (requests.clone(), next.clone(), good.clone());
        senders.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < time
                && let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed))
            {
                let sent = Instant::now();
                let (status, body) = connection.exchange(request).await?;
                latencies.push(sent.elapsed());
                let shown = || String::from_utf8_lossy(&body[..body.len().min(500)]).into_owned();
                ensure!(status == 200 && good(&body), "not the answer that was expected: HTTP {status} {}", shown());
            }
            Ok(latencies)
        });
    }
    let mut latencies: Vec<Duration> = Vec::new();
    while let Some(done) = senders.join_next().await {
        latencies.extend(done??);
    }
    let took = started.elapsed();
    latencies.sort_unstable();
    Ok(Round { acks: latencies.len(), took, latencies })
}

/// The body of one GET.
pub async fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let (status, body) = Connection::open(address).await?.exchange(request.as_bytes()).await?;
    ensure!(status == 200, "GET {path}: HTTP {status}");
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// One keep-alive connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("a server does not listen")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends one request and reads its answer, which must carry its length.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<(u16, Bytes)> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        loop {
            if let Some(answer) = answer(&self.buffer)? {
                return Ok(answer);
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed a connection");
            }
        }
    }
}

/// Status and body, once all of it is there.
fn answer(read: &[u8]) -> anyhow::Result<Option<(u16, Bytes)>> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&read[..end])?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).context("an answer without a status")?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.context("an answer without a length")?.parse()?;
    let body = &read[end + 4..];
    ensure!(body.len() <= length, "an answer is longer than it says");
    Ok((body.len() == length).then(|| (status, Bytes::copy_from_slice(body))))
}
