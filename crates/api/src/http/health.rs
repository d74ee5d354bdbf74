//! Is the process alive, and should it get work? Both answer anybody, and tell nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::header::{CONTENT_TYPE, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use futures_util::future::BoxFuture;

/// A question that is answered with yes when the database can be written and has the expected schema.
pub type Probe = Arc<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// A load balancer gives up after a few seconds; so do we.
const PATIENCE: Duration = Duration::from_secs(3);

/// What readiness depends on, shared by all workers.
#[derive(Clone)]
pub struct Health {
    draining: Arc<AtomicBool>,
    probe: Probe,
}

impl Health {
    pub fn new(probe: Probe) -> Self {
        Self { draining: Arc::default(), probe }
    }

    /// From now on this process asks for no more work.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    async fn is_ready(&self) -> bool {
        let answer = tokio::time::timeout(PATIENCE, (self.probe)());
        !self.is_draining() && answer.await == Ok(true)
    }
}

/// The two routes, outside the API and its documents.
pub fn configure(app: &mut web::ServiceConfig) {
    app.route("/healthz", web::get().to(alive)).route("/readyz", web::get().to(ready));
}

async fn alive() -> HttpResponse {
    text("ok")
}

async fn ready(health: web::Data<Health>) -> HttpResponse {
    if health.is_ready().await {
        return text("ready");
    }
    HttpResponse::ServiceUnavailable().insert_header((RETRY_AFTER, "5")).finish()
}

fn text(word: &'static str) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(word)
}
