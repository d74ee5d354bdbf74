//! How often somebody may ask: so many requests a minute for each session, and for each address of strangers.
//!
//! Counted here at every request, in memory; about once a second a process tells the others through the database what
//! its callers have used, and learns what they have used elsewhere (`store::platform::quotas`). Whoever uses much in that
//! second waits for it to be told, so that however many servers there are, nobody gets far beyond the quota. Sign-in attempts, which
//! matter more, are counted one by one in the database (`store::platform::attempts`).
//! The counter is a bucket that empties evenly, so `t` in the header says when the whole quota will be there again.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, web};
use domain::error::{Code, Error};
use store::platform::quotas::{self, WINDOW};
use store::{Db, Store};
use tokio::time::MissedTickBehavior;

use super::{Auth, counted_address};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// How often the servers of one database tell each other.
const EXCHANGE: Duration = Duration::from_secs(1);

/// Nobody waits longer for the others to be told.
const PATIENCE: Duration = Duration::from_secs(1);

/// Fewer callers than these are not worth looking through for some to forget.
const CROWD: usize = 10_000;

pub struct Quota {
    most: u32,
    telling: tokio::sync::Mutex<()>,
    callers: Mutex<Callers>,
}

#[derive(Default)]
struct Callers {
    buckets: HashMap<String, Bucket>,
    /// With so many callers those that have their quota back are forgotten.
    crowd: usize,
}

/// What a caller has used, as far as this process knows.
struct Bucket {
    used: f64,
    at: Instant,
    /// Of that, what the others have not been told yet.
    fresh: u32,
}

/// What is left to a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    most: u32,
    remaining: u32,
    refused: bool,
}

impl Quota {
    pub fn new(requests_per_minute: u32) -> Self {
        Self { most: requests_per_minute.max(1), telling: tokio::sync::Mutex::default(), callers: Mutex::default() }
    }

    fn take(&self, key: String) -> Left {
        let now = Instant::now();
        let mut callers = self.lock();
        if callers.buckets.len() > callers.crowd.max(CROWD) {
            callers.buckets.retain(|_, bucket| bucket.fresh > 0 || bucket.now(now, self.most) > 0.0);
            // Looked through again when they have doubled, so that a crowd does not pay at every request.
            callers.crowd = callers.buckets.len() * 2;
        }
        let bucket = callers.buckets.entry(key).or_insert(Bucket { used: 0.0, at: now, fresh: 0 });
        let most = f64::from(self.most);
        let used = bucket.now(now, self.most);
        let refused = used + 1.0 > most;
        if !refused {
            *bucket = Bucket { used: used + 1.0, at: now, fresh: bucket.fresh + 1 };
        }
        let remaining = if refused { 0.0 } else { (most - used - 1.0).floor() };
        Left { most: self.most, remaining: remaining as u32, refused }
    }

    /// Requests of one caller that the others may not know of.
    fn untold(&self) -> u32 {
        (self.most / 20).max(1)
    }

    fn is_untold(&self, key: &str) -> bool {
        self.lock().buckets.get(key).is_some_and(|bucket| bucket.fresh >= self.untold())
    }

    /// Tells the others and learns from them, one after the other.
    async fn tell(&self, db: &Db, worth: impl Fn() -> bool) {
        let _one = self.telling.lock().await;
        // Whoever told before has told of this, too.
        let fresh = if worth() { self.fresh() } else { return };
        if fresh.is_empty() {
            return;
        }
        let told = tokio::time::timeout(PATIENCE, quotas::exchange(db, self.most, &fresh)).await;
        match told {
            Ok(Ok(used)) => self.learn(&fresh, &used),
            // Without the database every server counts for itself, and says so where it matters elsewhere.
            failed => {
                tracing::debug!(?failed, "the quotas could not be shared");
                self.keep(fresh);
            }
        }
    }

    /// What callers have used since the others were told; from now on they count as told.
    fn fresh(&self) -> Vec<(String, u32)> {
        let mut callers = self.lock();
        let used = callers.buckets.iter_mut().filter(|(_, bucket)| bucket.fresh > 0);
        used.map(|(key, bucket)| (key.clone(), std::mem::take(&mut bucket.fresh))).collect()
    }

    /// What callers have used everywhere; requests since then come on top.
    fn learn(&self, told: &[(String, u32)], used: &[f64]) {
        let now = Instant::now();
        let mut callers = self.lock();
        for ((key, _), used) in told.iter().zip(used) {
            if let Some(bucket) = callers.buckets.get_mut(key) {
                *bucket = Bucket { used: used + f64::from(bucket.fresh), at: now, fresh: bucket.fresh };
            }
        }
    }

    /// The others could not be told this time.
    fn keep(&self, untold: Vec<(String, u32)>) {
        let mut callers = self.lock();
        for (key, count) in untold {
            if let Some(bucket) = callers.buckets.get_mut(&key) {
                bucket.fresh = bucket.fresh.saturating_add(count).min(self.most);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Callers> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bucket {
    fn now(&self, now: Instant, most: u32) -> f64 {
        let gone = now.saturating_duration_since(self.at).as_secs_f64() * f64::from(most) / f64::from(WINDOW);
        (self.used - gone).max(0.0)
    }
}

/// Tells the other servers of the database what callers have used here, and learns what they have used there. Runs until
/// the server ends; a second in which nobody asked for anything costs nothing.
pub async fn share(auth: web::Data<Auth>, store: Store) {
    let db = store.system("quotas");
    let mut timer = tokio::time::interval(EXCHANGE);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        auth.quota.tell(&db, || true).await;
    }
}

impl Left {
    /// The refusal of a request that is one too many.
    pub fn refusal(self) -> Option<Error> {
        self.refused.then(|| Error::new(Code::QuotaExceeded).retry_after(self.reset().into()))
    }

    /// Seconds until the whole quota is there again.
    fn reset(self) -> u32 {
        let missing = u64::from(self.most - self.remaining.min(self.most));
        (missing * u64::from(WINDOW)).div_ceil(u64::from(self.most)) as u32
    }

    /// The headers of every answer of the API, IETF draft 10.
    pub fn write(self, headers: &mut HeaderMap) {
        let policy = format!("\"default\";q={};w={WINDOW}", self.most);
        let state = format!("\"default\";r={};t={}", self.remaining, self.reset());
        for (name, value) in [(POLICY, policy), (STATE, state)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

/// Counts a request of the API; other requests have no quota.
pub async fn count(request: &HttpRequest) -> Option<Left> {
    let auth = request.app_data::<web::Data<Auth>>().filter(|_| request.path().starts_with("/api/"))?;
    // Only a token that we signed names a session; anybody can make others up.
    let key = match auth.claims(request) {
        Some(claims) => claims.sid.to_string(),
        None => counted_address(request),
    };
    if auth.quota.is_untold(&key)
        && let Some(store) = request.app_data::<web::Data<Store>>().filter(|store| can_tell(store))
    {
        auth.quota.tell(&store.system("quotas"), || auth.quota.is_untold(&key)).await;
    }
    Some(auth.quota.take(key))
}

fn can_tell(store: &Store) -> bool {
    !store.health().is_silent() && !store.health().is_full()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_quota_of_their_own() {
        let quota = Quota::new(3);
        let remaining: Vec<_> = (0..3).map(|_| quota.take("li".into()).remaining).collect();
        assert_eq!(remaining, [2, 1, 0]);
        let refused = quota.take("li".into());
        assert_eq!((refused.refused, refused.reset()), (true, 60));
        assert_eq!(quota.take("wang".into()), Left { most: 3, remaining: 2, refused: false });
    }

    #[test]
    fn what_was_used_elsewhere_counts_here() {
        let quota = Quota::new(10);
        quota.take("li".into());
        let fresh = quota.fresh();
        assert_eq!(fresh, [("li".to_owned(), 1)]);
        quota.take("li".into());
        quota.learn(&fresh, &[8.0]);
        assert_eq!(quota.take("li".into()).remaining, 0);
        assert!(quota.take("li".into()).refused);
        assert_eq!(quota.fresh(), [("li".to_owned(), 2)], "what was learnt is not told again");
    }

    #[test]
    fn headers_have_the_form_of_the_draft() {
        let mut headers = HeaderMap::new();
        Quota::new(600).take("li".into()).write(&mut headers);
        assert_eq!(headers.get(POLICY).expect("set"), "\"default\";q=600;w=60");
        assert_eq!(headers.get(STATE).expect("set"), "\"default\";r=599;t=1");
    }
}
