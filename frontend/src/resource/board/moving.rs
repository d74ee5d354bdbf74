//! Moving a card: at once on the page, then at the server, and back with the reason if it does not want to.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::state::BoardState;
use super::ways::Step;
use crate::api::records::{self, Item};
use crate::resource::form::{expansions, name_of};
use crate::resource::{acts, labels};
use crate::ui::{toast_error, toast_undo};
use crate::{dom, t};

/// A card on its way from one lane to another.
#[derive(Clone)]
struct Journey {
    item: Item,
    from: usize,
    to: usize,
    /// What the lane it goes to is called; the board may be left before it arrives.
    place: String,
    steps: VecDeque<Step>,
    /// What was said about the step that asks.
    asked: Map<String, Value>,
    /// Whether it is the way back.
    undoes: bool,
}

impl BoardState {
    /// Move a card to a lane, asking first for what that needs.
    pub fn move_to(self, id: &str, to: usize) {
        self.begin(id, to, false);
    }

    fn begin(self, id: &str, to: usize, undoes: bool) {
        let Some((from, item)) = self.find(id) else { return };
        let steps: VecDeque<Step> = self.way(&item, to).into();
        if from == to || !self.may_move() {
            return;
        }
        if steps.is_empty() {
            return toast_error(t!("board.no-way", name = self.name(&item), place = self.title(to)));
        }
        let journey = Journey { item, from, to, place: self.title(to), steps, asked: Map::new(), undoes };
        match asking(&journey) {
            Some(act) => acts::ask(self.definition, act, self.said(journey)),
            None => self.set_off(journey),
        }
    }

    /// Sets off with what was said.
    fn said(self, journey: Journey) -> acts::Said {
        Arc::new(move |asked| self.set_off(Journey { asked, ..journey.clone() }))
    }

    fn set_off(self, journey: Journey) {
        let Some((from, to)) = self.lane(journey.from).zip(self.lane(journey.to)) else { return };
        let Some((at, _)) = from.take(&journey.item.id) else { return };
        to.put(0, journey.item.clone());
        self.focus(journey.to, &journey.item.id);
        spawn_local(async move {
            match self.travel(&journey).await {
                Ok(item) => self.arrive(&journey, &item),
                Err((first, problem)) => self.come_back(journey, at, first, problem).await,
            }
            self.count();
        });
    }

    /// Lets the acts happen one after the other. Of a refusal it tells whether it was that of the first.
    async fn travel(self, journey: &Journey) -> Result<Item, (bool, Problem)> {
        let mut item = journey.item.clone();
        for (number, step) in journey.steps.iter().enumerate() {
            let asked = match &step.column {
                Some(column) => records::one(self.board.column, column.as_str().into()),
                None => journey.asked.clone(),
            };
            let answer = records::act(self.definition.name, &item.id, &item.etag, step.act.noun, &asked).await;
            let answer = answer.map(|(item, _)| item);
            item = answer.map_err(|problem| (number == 0, problem))?;
        }
        Ok(item)
    }

    fn arrive(self, journey: &Journey, item: &Item) {
        let lane = self.lane(journey.to);
        if let Some(lane) = lane {
            lane.cards.update(|cards| cards.replace(item));
        }
        let moved = t!("board.moved", name = self.name(&journey.item), place = journey.place);
        let (id, from) = (item.id.clone(), journey.from);
        // Without the board there is no way back on it.
        match journey.undoes || lane.is_none() {
            true => crate::ui::toast(moved),
            false => toast_undo(moved, move || self.begin(&id, from, true)),
        }
    }

    /// The card goes back to where it was. If somebody else changed the record, or half of the way was gone, it is read
    /// anew and goes where it belongs.
    async fn come_back(self, journey: Journey, at: usize, first: bool, problem: Problem) {
        let id = journey.item.id.clone();
        let back = self.lane(journey.to).and_then(|lane| lane.take(&id));
        let stale = !first || matches!(problem.status, 404 | 409 | 412);
        let found = match stale {
            true => records::find(self.definition.name, &id, &expansions(self.definition)).await.ok(),
            false => back.map(|(_, item)| item),
        };
        if let Some(item) = found {
            let (lane, at) = match stale {
                true => (self.lane_of(&item.document), if journey.undoes { 0 } else { at }),
                false => (Some(journey.from), at),
            };
            if let (Some(lane), Some(place)) = (lane.and_then(|lane| self.lane(lane)), lane) {
                lane.put(at, item);
                self.focus(place, &id);
            }
        }
        match asking(&journey).filter(|_| problem.status == 422) {
            Some(act) => {
                let again = (journey.asked.clone(), problem);
                acts::ask_again(self.definition, act, again, self.said(journey));
            }
            None => self.refuse(&problem),
        }
    }

    /// The focus follows a card that had it, into the lane that is scrolled to where it lies.
    fn focus(self, to: usize, id: &str) {
        let Some(lane) = self.lane(to) else { return };
        lane.current.set(Some(id.to_owned()));
        if self.drag.ended_just_now() {
            return;
        }
        self.reveal(to, 0.0);
        dom::focus_soon(format!("[data-card='{id}']"));
    }

    fn name(self, item: &Item) -> String {
        name_of(self.definition, item).unwrap_or_else(|| labels::singular(self.definition.name))
    }

    pub fn title(self, at: usize) -> String {
        self.lane(at).map(|lane| lane.head().title).unwrap_or_default()
    }
}

/// The act on the way that asks for more than the board knows.
fn asking(journey: &Journey) -> Option<&'static domain::Act> {
    let asks = |step: &&Step| step.column.is_none() && !step.act.asks.is_empty();
    journey.steps.iter().find(asks).map(|step| step.act)
}
