//! The web server of one process: what surrounds the routes, and how it starts and ends.

use std::future::Future;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use domain::error::Code;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::auth::quota;
use crate::config::Config;
use crate::http::address::Proxies;
use crate::http::headers::Finish;
use crate::http::health::{self, Health};
use crate::http::{client, deadline, fault, problems, query, reference, request};
use crate::jobs::Workers;
use crate::telemetry;

/// The largest body that is read, unless a route has a limit of its own.
const LARGEST_BODY: usize = 1 << 20;

/// Requests in flight are given this long to end.
const LAST_REQUESTS: u64 = 30;

/// How long an address may stay taken by a server that was killed.
const HANDOVER: Duration = Duration::from_secs(5);

/// A server that has its address and is about to answer.
pub struct Server {
    http: actix_web::dev::Server,
    addresses: Vec<SocketAddr>,
    health: Health,
    drain: Duration,
    workers: Option<Workers>,
}

impl Server {
    /// Takes the address of the settings and prepares to serve these routes on it.
    pub fn bind<R>(config: &Config, health: Health, routes: R) -> Result<Self>
    where
        R: Fn(&mut web::ServiceConfig) + Clone + Send + 'static,
    {
        let https = config.is_https();
        let limit = Duration::from_secs(config.request_seconds.max(1));
        let proxies = web::Data::new(Proxies::parse(&config.trusted_proxies)?);
        let shared = health.clone();
        let app = move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .app_data(proxies.clone())
                .app_data(web::PayloadConfig::new(LARGEST_BODY))
                .app_data(web::JsonConfig::default().limit(LARGEST_BODY))
                .configure(health::configure)
                .configure(reference::configure)
                .configure(problems::configure)
                .configure(routes.clone())
                .default_service(web::to(elsewhere))
                .wrap(from_fn(request::head_as_get))
                .wrap(from_fn(move |request, next| surround(request, next, limit, https)))
                .wrap(from_fn(request::identify))
        };
        let http = HttpServer::new(app).disable_signals().shutdown_timeout(LAST_REQUESTS);
        let http = http.workers(config.web_workers());
        let http = http.bind(&config.listen).with_context(|| format!("cannot listen on {}", config.listen))?;
        let addresses = http.addrs();
        let drain = Duration::from_secs(config.drain_seconds);
        Ok(Self { http: http.run(), addresses, health, drain, workers: None })
    }

    /// Background work that begins and ends with the server.
    pub fn with_workers(self, workers: Workers) -> Self {
        Self { workers: Some(workers), ..self }
    }

    /// Where it listens; the port is known even if any free one was asked for.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Ends the server from outside, as a signal would.
    pub fn handle(&self) -> ServerHandle {
        self.http.handle()
    }

    /// Serves until a signal or [`ServerHandle::stop`] ends it.
    pub async fn run(self) -> Result<()> {
        let stop = stop_on_signal(self.http.handle(), self.health, self.drain)?;
        let stopping = tokio::spawn(stop);
        let outcome = self.http.await;
        stopping.abort();
        if let Some(workers) = self.workers {
            workers.stop().await;
        }
        outcome.context("the server failed")
    }
}

/// Refuses addresses that somebody else listens on, before anything is started for them. One that was just killed may hold
/// them for a moment longer, so whoever comes after it waits a little.
pub fn refuse_taken(config: &Config) -> Result<()> {
    let metrics = config.metrics_listen.as_ref().map(|address| (address, " for metrics: change ZHIYIN_METRICS_LISTEN"));
    for (address, remedy) in [(&config.listen, ": change ZHIYIN_LISTEN")].into_iter().chain(metrics) {
        await_free(address).with_context(|| format!("cannot listen on {address}{remedy}"))?;
    }
    Ok(())
}

/// Waits until nobody listens on an address any more, though not for long.
fn await_free(address: &str) -> std::io::Result<()> {
    let limit = Instant::now() + HANDOVER;
    let mut told = false;
    loop {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && Instant::now() < limit => {
                if !std::mem::replace(&mut told, true) {
                    tracing::info!("somebody listens on {address}: waiting up to {} s for it", HANDOVER.as_secs());
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            outcome => return outcome.map(drop),
        }
    }
}

/// Serves the metrics on a listener of their own, which a firewall can close to the world.
pub fn serve_metrics(config: &Config, figures: PrometheusHandle) -> Result<Option<ServerHandle>> {
    let Some(address) = &config.metrics_listen else {
        return Ok(None);
    };
    let upkeep = figures.clone();
    tokio::spawn(async move {
        let mut timer = tokio::time::interval(Duration::from_secs(5));
        loop {
            timer.tick().await;
            upkeep.run_upkeep();
        }
    });
    let app = move || {
        let page = web::get().to(render_metrics);
        App::new().app_data(web::Data::new(figures.clone())).route("/metrics", page)
    };
    let server = HttpServer::new(app).workers(1).disable_signals().bind(address);
    let server =
        server.with_context(|| format!("cannot listen on {address} for metrics: change ZHIYIN_METRICS_LISTEN"))?;
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Some(handle))
}

async fn render_metrics(figures: web::Data<PrometheusHandle>) -> HttpResponse {
    if let Some(bytes) = telemetry::resident_memory() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(figures.render())
}

/// Every answer is a problem if it is a failure, comes in time, and carries the headers that all answers carry.
async fn surround(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    limit: Duration,
    https: bool,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let left = quota::count(request.request()).await;
    let finish = Finish { https, left };
    let one_too_many = left.and_then(quota::Left::refusal);
    let misfit = || request::address_fault(&request).or_else(|| request::format_fault(&request)).map(Into::into);
    let misfit = || misfit().or_else(|| query::fault_of_stranger(request.request()));
    let mut response = match one_too_many.or_else(misfit) {
        Some(error) => {
            let refusal = fault::explained(request.request(), error);
            request.into_response(refusal)
        }
        None => fault::explain(deadline::keep(request, next, limit, finish).await?),
    };
    finish.complete(response.headers_mut());
    Ok(response)
}

/// What no route serves: another method, a file or page of the client, or nothing.
async fn elsewhere(request: HttpRequest) -> HttpResponse {
    let found = fault::other_method(&request).or_else(|| client::answer(&request));
    found.unwrap_or_else(|| fault::refuse(&request, Code::NotFound))
}

/// On the first signal: say that we are not ready, wait until the load balancer has noticed, let requests end. On the
/// second: end now.
fn stop_on_signal(handle: ServerHandle, health: Health, drain: Duration) -> Result<impl Future<Output = ()> + Send> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        either(&mut terminate, &mut interrupt).await;
        tracing::info!("stopping: requests in flight have up to {LAST_REQUESTS} s to end");
        health.drain();
        let graceful = async {
            tokio::time::sleep(drain).await;
            handle.stop(true).await;
        };
        tokio::select! {
            () = graceful => {}
            () = either(&mut terminate, &mut interrupt) => handle.stop(false).await,
        }
    })
}

async fn either(first: &mut Signal, second: &mut Signal) {
    tokio::select! {
        _ = first.recv() => {}
        _ = second.recv() => {}
    }
}
