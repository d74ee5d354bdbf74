//! Turns at questions that may take long: lists, searches, counts. Nobody keeps the database busy alone.
//!
//! Each person has room for some questions at once. How long they take decides how many: after a quick one there is room
//! for one more, after a slow one for one only, until some time has passed. So a page that asks for ten short lists waits
//! for nothing, and whoever sends twenty heavy filters at once gets one answer after the other. Those who are slow share
//! one lane besides, as wide as the machine. Who would have to wait too long, or stands in too long a queue, is refused.
//!
//! A turn is taken around a question and not inside of another: whoever has one asks for no second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::error::{Code, Error};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use crate::error::Result;

/// Room that everybody begins with, and the most that somebody whose questions are quick comes to.
const FIRST: u32 = 4;
const MOST: u32 = 16;

/// A question that took so long was slow, and one that took no longer than this was quick.
const SLOW: Duration = Duration::from_millis(200);
const QUICK: Duration = Duration::from_millis(50);

/// After a slow question there is room for one only for so long.
const PENANCE: Duration = Duration::from_secs(10);

/// Nobody waits longer for their turn, or behind more of their own.
const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_QUEUE: u32 = 32;

/// With so many people those who ask nothing are forgotten.
const CROWD: usize = 1_000;

#[derive(Clone)]
pub(crate) struct Turns {
    people: Arc<Mutex<HashMap<Uuid, Person>>>,
    /// For those who were slow.
    lane: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        let width = std::thread::available_parallelism().map_or(2, usize::from);
        Self { people: Arc::default(), lane: Arc::new(Semaphore::new(width)) }
    }
}

struct Person {
    running: u32,
    waiting: u32,
    room: u32,
    slow_at: Option<Instant>,
    freed: Arc<Notify>,
}

impl Person {
    fn new() -> Self {
        Self { running: 0, waiting: 0, room: FIRST, slow_at: None, freed: Arc::default() }
    }

    /// Whether there is room for one more now.
    fn enter(&mut self) -> bool {
        if self.slow_at.is_some_and(|at| at.elapsed() >= PENANCE) {
            (self.slow_at, self.room) = (None, FIRST);
        }
        let enters = self.running < self.room;
        self.running += u32::from(enters);
        enters
    }

    fn leave(&mut self, took: Duration) {
        self.running -= 1;
        if took >= SLOW {
            (self.slow_at, self.room) = (Some(Instant::now()), 1);
        } else if took <= QUICK && self.slow_at.is_none() {
            self.room = (self.room + 1).min(MOST);
        }
        // Of those who wait as many as there is room for look again.
        for _ in self.running..self.room {
            self.freed.notify_one();
        }
    }
}

/// The right to ask, until it is dropped.
pub(crate) struct Turn {
    turns: Turns,
    who: Uuid,
    since: Instant,
    _lane: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub async fn take(&self, who: Uuid) -> Result<Turn> {
        let refused = || Error::new(Code::TooManyAtOnce).retry_after(2);
        if !self.enter(who) {
            let waiting = Waiting::begin(self, who).ok_or_else(refused)?;
            let entered = tokio::time::timeout(PATIENCE, waiting.entered()).await;
            entered.map_err(|_| refused())?;
        }
        let mut turn = Turn { turns: self.clone(), who, since: Instant::now(), _lane: None };
        if self.people().get(&who).is_some_and(|person| person.slow_at.is_some()) {
            let lane = tokio::time::timeout(PATIENCE, self.lane.clone().acquire_owned()).await;
            turn._lane = lane.map_err(|_| refused())?.ok();
            turn.since = Instant::now();
        }
        Ok(turn)
    }

    fn enter(&self, who: Uuid) -> bool {
        let mut people = self.people();
        if people.len() > CROWD && !people.contains_key(&who) {
            people.retain(|_, person| person.running + person.waiting > 0 || person.slow_at.is_some());
        }
        people.entry(who).or_insert_with(Person::new).enter()
    }

    fn people(&self) -> MutexGuard<'_, HashMap<Uuid, Person>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(person) = self.turns.people().get_mut(&self.who) {
            person.leave(self.since.elapsed());
        }
    }
}

/// A place in the queue of one's own questions.
struct Waiting<'a> {
    turns: &'a Turns,
    who: Uuid,
    freed: Arc<Notify>,
}

impl<'a> Waiting<'a> {
    /// Nothing if the queue is too long already.
    fn begin(turns: &'a Turns, who: Uuid) -> Option<Self> {
        let mut people = turns.people();
        let person = people.entry(who).or_insert_with(Person::new);
        let fits = person.waiting < LONGEST_QUEUE;
        person.waiting += u32::from(fits);
        fits.then(|| Self { turns, who, freed: person.freed.clone() })
    }

    async fn entered(&self) {
        loop {
            let freed = self.freed.notified();
            if self.turns.enter(self.who) {
                return;
            }
            freed.await;
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(person) = self.turns.people().get_mut(&self.who) {
            person.waiting -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn taken(turns: &Turns, who: Uuid) -> Option<Turn> {
        turns.take(who).now_or_never()?.ok()
    }

    #[tokio::test]
    async fn who_is_slow_asks_one_question_at_a_time_and_keeps_nobody_else_waiting() {
        let turns = Turns::default();
        let (slow, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let mut first: Vec<Turn> = (0..FIRST).map(|_| taken(&turns, slow).expect("room to begin with")).collect();
        assert!(taken(&turns, slow).is_none(), "and no more");
        for turn in &mut first {
            turn.since -= SLOW;
        }
        drop(first);
        let one = taken(&turns, slow).expect("room for one");
        assert!(taken(&turns, slow).is_none());
        assert!(taken(&turns, other).is_some());
        drop(one);
        assert!(taken(&turns, slow).is_some(), "one after the other");
    }

    #[tokio::test]
    async fn who_is_quick_gets_more_room_and_who_waits_gets_in() {
        let turns = Turns::default();
        let who = Uuid::from_u128(1);
        for _ in 0..MOST {
            drop(taken(&turns, who));
        }
        let mut all: Vec<Turn> = (0..MOST).map(|_| taken(&turns, who).expect("room")).collect();
        let waiting = turns.take(who);
        tokio::pin!(waiting);
        assert!((&mut waiting).now_or_never().is_none());
        all.pop();
        assert!(waiting.now_or_never().is_some_and(|turn| turn.is_ok()));
    }

    #[tokio::test]
    async fn a_queue_that_is_too_long_is_refused_and_says_when_to_come_again() {
        let turns = Turns::default();
        let who = Uuid::from_u128(1);
        let _running: Vec<Turn> = (0..FIRST).map(|_| taken(&turns, who).expect("room")).collect();
        let mut queue: Vec<_> = (0..LONGEST_QUEUE).map(|_| Box::pin(turns.take(who))).collect();
        assert!(queue.iter_mut().all(|waiting| waiting.now_or_never().is_none()));
        let crate::Error::Refused(refusal) = turns.take(who).await.err().expect("refused") else { panic!("a refusal") };
        assert_eq!((refusal.code, refusal.retry_after), (Code::TooManyAtOnce, Some(2)));
    }
}
