//! How often somebody may ask: so many requests a minute for each session, and for each address of strangers.
//!
//! Counted in this process only. Behind a load balancer with N processes a caller can reach N times the quota, and a
//! restart starts afresh; sign-in attempts, which matter more, are counted in the database (`store::platform::attempts`).
//! The counter is a bucket that refills evenly, so `t` in the header says when it will be full again.

use std::num::NonZeroU32;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{HttpRequest, web};
use domain::error::{Code, Error};
use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota as Rate, RateLimiter};

use super::{Auth, counted_address};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// Seconds in which the whole quota comes back.
const WINDOW: u32 = 60;

/// After so many new callers those that have their quota back are forgotten.
const CROWD: usize = 10_000;

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

pub struct Quota {
    most: NonZeroU32,
    limiter: Limiter,
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
        let most = NonZeroU32::new(requests_per_minute).unwrap_or(NonZeroU32::MIN);
        let limiter = RateLimiter::keyed(Rate::per_minute(most)).with_middleware::<StateInformationMiddleware>();
        Self { most, limiter }
    }

    fn take(&self, key: String) -> Left {
        if self.limiter.len() > CROWD {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&key) {
            Ok(state) => Left { most: self.most.get(), remaining: state.remaining_burst_capacity(), refused: false },
            Err(_) => Left { most: self.most.get(), remaining: 0, refused: true },
        }
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
pub fn count(request: &HttpRequest) -> Option<Left> {
    let auth = request.app_data::<web::Data<Auth>>().filter(|_| request.path().starts_with("/api/"))?;
    // Only a token that we signed names a session; anybody can make others up.
    let key = match auth.claims(request) {
        Some(claims) => claims.sid.to_string(),
        None => counted_address(request),
    };
    Some(auth.quota.take(key))
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
    fn headers_have_the_form_of_the_draft() {
        let mut headers = HeaderMap::new();
        Quota::new(600).take("li".into()).write(&mut headers);
        assert_eq!(headers.get(POLICY).expect("set"), "\"default\";q=600;w=60");
        assert_eq!(headers.get(STATE).expect("set"), "\"default\";r=599;t=1");
    }
}
