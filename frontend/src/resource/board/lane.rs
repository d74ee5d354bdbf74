//! One column: its cards as far as they are loaded, and its figures.

use domain::listing::Listing;
use domain::money;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::cards::{Cards, drawn};
use super::state::BoardState;
use super::ways::Place;
use crate::api;
use crate::api::records::{self, Group, Item};
use crate::format;
use crate::resource::record;
use crate::ui::Load;

/// Cards that are asked for at once.
const PAGE: u16 = 20;

#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub place: Place,
    pub title: String,
    /// The days after which somebody should look after what still stands here.
    pub patience: Option<i64>,
}

/// How many cards there are, and their amounts by currency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub count: i64,
    pub sums: Vec<(String, String)>,
}

#[derive(Clone, Copy)]
pub struct Lane {
    head: StoredValue<Head>,
    pub cards: RwSignal<Cards>,
    pub load: RwSignal<Load>,
    pub figures: RwSignal<Option<Figures>>,
    /// How far it is scrolled.
    pub top: RwSignal<f64>,
    /// The card that the Tab key leads to.
    pub current: RwSignal<Option<String>>,
    round: StoredValue<u32>,
    /// Whether a further page is on its way.
    asking: StoredValue<bool>,
}

impl Lane {
    pub fn new(head: Head) -> Self {
        Self {
            head: StoredValue::new(head),
            cards: RwSignal::new(Cards::default()),
            load: RwSignal::new(Load::Waiting),
            figures: RwSignal::new(None),
            top: RwSignal::new(0.0),
            current: RwSignal::new(None),
            round: StoredValue::new(0),
            asking: StoredValue::new(false),
        }
    }

    /// Whether the page that shows it is.
    pub fn is_there(self) -> bool {
        self.head.try_with_value(|_| ()).is_some()
    }

    pub fn head(self) -> Head {
        self.head.get_value()
    }

    pub fn place(self) -> Place {
        self.head.with_value(|head| head.place.clone())
    }

    /// Ask for the cards anew: as many as there were, or those of another view from its top.
    #[expect(clippy::cast_possible_truncation, reason = "at most 500")]
    pub fn read(self, state: BoardState, afresh: bool) {
        let known = self.cards.with_untracked(|cards| cards.items.len());
        let limit = if afresh { PAGE } else { known.clamp(PAGE.into(), 500) as u16 };
        let listing = Listing { limit: Some(limit), ..state.listing_of(&self.place()) };
        let round = self.begin();
        spawn_local(async move {
            let answer = records::list(state.definition.name, &listing, Some(state.scope)).await;
            if self.round.try_get_value() != Some(round) {
                return;
            }
            match answer {
                Ok(page) => {
                    self.cards.try_set(Cards::of(page));
                    self.load.try_set(Load::Ready);
                }
                Err(problem) if api::is_aborted(&problem) => {}
                Err(problem) => drop(self.load.try_set(record::failed(&problem))),
            }
        });
    }

    /// Ask for the next cards, if one has come near to the end of those that are there.
    pub fn read_on(self, state: BoardState, height: f64) {
        let count = self.cards.with_untracked(|cards| cards.items.len());
        let (_, last) = drawn(self.top.get_untracked(), height, count);
        let Some(cursor) = self.cards.with_untracked(|cards| cards.next.clone()).filter(|_| last + 4 >= count) else {
            return;
        };
        if self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        let round = self.round.get_value();
        let listing = Listing { limit: Some(PAGE * 2), cursor: Some(cursor), ..state.listing_of(&self.place()) };
        spawn_local(async move {
            let answer = records::list(state.definition.name, &listing, Some(state.scope)).await;
            if self.round.try_get_value() != Some(round) {
                return;
            }
            self.asking.set_value(false);
            match answer {
                Ok(page) => drop(self.cards.try_update(|cards| cards.extend(page))),
                // A cursor of yesterday.
                Err(problem) if problem.code == "invalid_cursor" => self.read(state, true),
                Err(problem) if api::is_aborted(&problem) => {}
                Err(problem) => state.refuse(&problem),
            }
        });
    }

    /// Whether the Tab key leads to a card: to the one that had the focus last, if it is drawn, else to the first that is.
    pub fn is_current(self, id: &str) -> bool {
        self.cards.with(|cards| {
            let (first, last) = drawn(self.top.get(), 0.0, cards.items.len());
            let near = cards.items.get(first..last).unwrap_or_default();
            let known =
                self.current.with(|known| known.clone().filter(|known| near.iter().any(|item| item.id == *known)));
            known.or_else(|| near.first().map(|item| item.id.clone())).is_some_and(|current| current == id)
        })
    }

    /// Put a card here or take it away before the server has counted anew.
    pub fn shift(self, by: i64) {
        self.figures.update(|figures| {
            if let Some(figures) = figures {
                figures.count += by;
            }
        });
    }

    pub fn take(self, id: &str) -> Option<(usize, Item)> {
        let taken = self.cards.try_update(|cards| cards.take(id)).flatten();
        if taken.is_some() {
            self.shift(-1);
        }
        taken
    }

    pub fn put(self, at: usize, item: Item) {
        self.cards.update(|cards| cards.put(at, item));
        self.shift(1);
    }

    fn begin(self) -> u32 {
        let round = self.round.get_value() + 1;
        self.round.set_value(round);
        self.asking.set_value(false);
        round
    }
}

impl Figures {
    /// Of the groups that lie in one column.
    pub fn of<'a>(groups: impl Iterator<Item = &'a Group>) -> Self {
        groups.fold(Self::default(), |mut all, group| {
            all.count += group.count;
            for (currency, sum) in &group.sums {
                match all.sums.iter_mut().find(|(own, _)| own == currency) {
                    Some((_, own)) => *own = money::sum(&[own, sum]),
                    None => all.sums.push((currency.clone(), sum.clone())),
                }
            }
            all
        })
    }

    /// The amounts in words, each in its currency.
    pub fn amounts(&self) -> String {
        let one = |(currency, sum): &(String, String)| format::amount(sum.strip_suffix(".00").unwrap_or(sum), currency);
        self.sums.iter().map(one).collect::<Vec<_>>().join(" + ")
    }
}
