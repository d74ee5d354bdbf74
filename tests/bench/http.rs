//! A load generator of the lightest kind: HTTP/1.1 by hand over kept connections, because a general client would spend
//! more of the shared processors than the server it measures.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("{} {}", self.status, self.head))
    }
}

impl Connection {
    pub async fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    pub async fn send(&mut self, request: &[u8]) -> Result<Answer> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
        let mut answer = Answer { status, head, body: Vec::new() };
        let length: usize = answer.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        while self.buffer.len() < end + length {
            self.more().await?;
        }
        answer.body = self.buffer[end..end + length].to_vec();
        Ok(answer)
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server hung up");
        }
        Ok(())
    }
}

/// A request on its way out.
pub fn request(method: &str, path: &str, token: &str, headers: &str, body: &str) -> Vec<u8> {
    let sent = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("{method} {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n{headers}{sent}\r\n{body}")
        .into_bytes()
}

/// What a worker sends next, given the answer to what it sent last.
pub trait Script: Send + 'static {
    fn next(&mut self, last: Option<&Answer>) -> Vec<u8>;
}

/// How many answers were no success, by status.
#[derive(Clone, Debug, Default)]
pub struct Failures(BTreeMap<u16, usize>);

impl Failures {
    pub fn count(&self) -> usize {
        self.0.values().sum()
    }

    fn add(&mut self, status: u16, count: usize) {
        *self.0.entry(status).or_default() += count;
    }
}

/// `3 failures (412: 2, 503: 1)`.
impl fmt::Display for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} failures", self.count())?;
        let each: Vec<String> = self.0.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        if each.is_empty() { Ok(()) } else { write!(f, " ({})", each.join(", ")) }
    }
}

/// The outcome of a run.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    pub requests: usize,
    pub failures: Failures,
    pub per_second: f64,
    /// Milliseconds.
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// Lets each script work on a connection of its own until the time is over.
pub async fn measure(address: &str, scripts: Vec<Box<dyn Script>>, time: Duration) -> Result<Measured> {
    let started = Instant::now();
    let address: Arc<str> = address.into();
    let workers: Vec<_> =
        scripts.into_iter().map(|script| tokio::spawn(work(address.clone(), script, started + time))).collect();
    let (mut latencies, mut failures) = (Vec::new(), Failures::default());
    for worker in workers {
        let (own, failed) = worker.await??;
        latencies.extend(own);
        failed.0.into_iter().for_each(|(status, count)| failures.add(status, count));
    }
    let seconds = started.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let at = |share: f64| {
        let place = ((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1));
        latencies.get(place).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    let requests = latencies.len();
    let per_second = requests as f64 / seconds;
    Ok(Measured { requests, failures, per_second, p50: at(0.5), p99: at(0.99), max: at(1.0) })
}

/// Latencies in microseconds, and how many answers were no success.
async fn work(address: Arc<str>, mut script: Box<dyn Script>, end: Instant) -> Result<(Vec<u32>, Failures)> {
    let mut connection = Connection::open(&address).await?;
    let (mut latencies, mut failures, mut last) = (Vec::new(), Failures::default(), None);
    while Instant::now() < end {
        let request = script.next(last.as_ref());
        let sent = Instant::now();
        let answer = connection.send(&request).await?;
        latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        if !(200..300).contains(&answer.status) {
            failures.add(answer.status, 1);
        }
        last = Some(answer);
    }
    Ok((latencies, failures))
}
