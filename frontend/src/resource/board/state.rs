//! What a board knows: the request in the address bar, its columns and where each card stands.

use domain::listing::{Listing, Sort};
use domain::permission::Action;
use domain::summary::Summary;
use domain::{Act, Definition, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde_json::{Map, Value};

use super::drag::Dragging;
use super::lane::{Figures, Head, Lane};
use super::ways::{self, Place};
use crate::api::records::{self, Item};
use crate::api::{self, Mounted};
use crate::resource::boards::Board;
use crate::resource::{acts, address, cells, labels, record, touches};
use crate::ui::{Load, toast_error};
use crate::{net, session, t};

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

#[derive(Clone, Copy)]
pub struct BoardState {
    pub board: &'static Board,
    pub definition: &'static Definition,
    /// The field of the state.
    pub state: &'static str,
    pub listing: Memo<Listing>,
    /// Whether the address says something that nobody can read; then no cards are shown.
    pub unreadable: Memo<bool>,
    /// Which of several boards is shown, and all there are.
    pub whole: Memo<Option<String>>,
    pub wholes: RwSignal<Vec<Item>>,
    columns: RwSignal<Vec<Item>>,
    pub heads: Memo<Vec<Head>>,
    /// How far the columns themselves have come.
    pub load: RwSignal<Load>,
    /// Whether there are records that stand in no column.
    loose: RwSignal<bool>,
    /// Why the figures of the columns are not known.
    pub uncounted: RwSignal<Option<String>>,
    /// As many as there are heads, once they are drawn.
    pub lanes: StoredValue<Vec<Lane>>,
    pub filtering: RwSignal<bool>,
    /// The card for which a new place is being chosen in the dialog.
    pub moving: RwSignal<Option<String>>,
    /// The column in view on a phone.
    pub seen: RwSignal<usize>,
    pub drag: Dragging,
    pub scope: Mounted,
    go: StoredValue<Navigate, LocalStorage>,
}

impl BoardState {
    pub fn start(board: &'static Board, definition: &'static Definition, state: &'static str) -> Self {
        let location = use_location();
        let asked = Memo::new(move |_| location.search.with(|search| asked(board, search)));
        let wholes = RwSignal::new(Vec::<Item>::new());
        let columns = RwSignal::new(Vec::<Item>::new());
        let loose = RwSignal::new(false);
        let whole = Memo::new(move |_| {
            let known = |id: &String| wholes.with(|wholes| wholes.iter().any(|item| item.id == *id));
            let named = asked.with(|(whole, _)| whole.clone()).filter(known);
            named.or_else(|| wholes.with(|wholes| wholes.first().map(|item| item.id.clone())))
        });
        let heads = Memo::new(move |_| {
            let Some(whole) = whole.get() else { return Vec::new() };
            columns.with(|columns| heads((board, definition, state), &whole, columns, loose.get()))
        });
        let own = Self {
            board,
            definition,
            state,
            listing: Memo::new(move |_| asked.with(|(_, listing)| listing.clone().unwrap_or_default())),
            unreadable: Memo::new(move |_| asked.with(|(_, listing)| listing.is_none())),
            whole,
            wholes,
            columns,
            heads,
            load: RwSignal::new(Load::Waiting),
            loose,
            uncounted: RwSignal::new(None),
            lanes: StoredValue::new(Vec::new()),
            filtering: RwSignal::new(false),
            moving: RwSignal::new(None),
            seen: RwSignal::new(0),
            drag: Dragging::new(),
            scope: Mounted::here(),
            go: StoredValue::new_local(Box::new(use_navigate())),
        };
        own.read_columns();
        let touched = touches(definition.name);
        Effect::watch(
            move || (own.listing.get(), touched.get()),
            move |(listing, _), before, _| {
                // Another view begins at its top; a change elsewhere leaves everything where it is.
                let other = before.is_some_and(|(before, _)| before != listing);
                if own.unreadable.get_untracked() {
                    return;
                }
                own.each(|lane| lane.read(own, other));
                own.count();
            },
            false,
        );
        own
    }

    pub fn read_columns(self) {
        let (Some(columns), Some(whole)) = (self.board.columns(), self.board.whole()) else { return };
        if [columns, whole].iter().any(|of| !untrack(|| session::may(of.name, Action::Read))) {
            return self.load.set(Load::Forbidden);
        }
        let all = |by: &str| Listing { sort: vec![Sort::from(by.to_owned())], limit: Some(500), ..Listing::default() };
        let (by_age, by_order) = (all("created_at"), all(self.board.order));
        let loose = Summary { filter: ways::loose(self.board, self.state), ..Summary::default() };
        spawn_local(async move {
            match records::summary(self.definition.name, &loose, Some(self.scope)).await {
                Ok(summed) => drop(self.loose.try_set(summed["totals"]["figures"][0].as_i64() > Some(0))),
                Err(problem) if api::is_aborted(&problem) => return,
                Err(problem) => drop(self.uncounted.try_set(Some(problem.detail))),
            }
            let wholes = records::list(whole.name, &by_age, Some(self.scope)).await;
            let columns = records::list(columns.name, &by_order, Some(self.scope)).await;
            match (wholes, columns) {
                (Ok(wholes), Ok(columns)) => {
                    self.columns.try_set(columns.items);
                    self.wholes.try_set(wholes.items);
                    self.load.try_set(Load::Ready);
                }
                (Err(problem), _) | (_, Err(problem)) if api::is_aborted(&problem) => {}
                (Err(problem), _) | (_, Err(problem)) => drop(self.load.try_set(record::failed(&problem))),
            }
        });
    }

    /// Visits the columns as far as they are still there: whoever left the board may have a move under way.
    pub fn each(self, visit: impl FnMut(Lane)) {
        let lanes = self.lanes.try_get_value().unwrap_or_default();
        lanes.into_iter().filter(|lane| lane.is_there()).for_each(visit);
    }

    pub fn lane(self, at: usize) -> Option<Lane> {
        self.lanes.try_with_value(|lanes| lanes.get(at).copied()).flatten().filter(|lane| lane.is_there())
    }

    /// The columns of this board by their ids.
    pub fn column_ids(self) -> Vec<String> {
        self.heads.with_untracked(|heads| heads.iter().filter_map(|head| head.place.column.clone()).collect())
    }

    /// The request for the cards of a place.
    pub fn listing_of(self, place: &Place) -> Listing {
        let mut listing = self.listing.get_untracked();
        listing.filter = place.filter(self.board, self.state, &listing.filter, &self.column_ids());
        let about = self.board.field(self.board.about).map(cells::expansion);
        listing.expand = about.into_iter().chain(["owner".to_owned()]).collect();
        listing.cursor = None;
        listing
    }

    /// Ask for the figures of all columns at once.
    pub fn count(self) {
        let has_columns = self.heads.try_with_untracked(|heads| !heads.is_empty()).unwrap_or_default();
        let Some(listing) = self.listing.try_get_untracked().filter(|_| has_columns) else { return };
        let filter = ways::everything(self.board, self.state, &listing.filter, &self.column_ids());
        let by = [self.state, self.board.column];
        // What one may not read, one may not add up.
        let amount = self.board.field(self.board.amount).filter(|field| session::reads(self.definition.name, field));
        spawn_local(async move {
            let q = listing.q.as_deref();
            let sums = records::sums(self.definition.name, &filter, q, &by, amount.map(|field| field.key));
            let groups = match sums.await {
                Ok(groups) => groups,
                // Without them the board does all else that it does.
                Err(problem) => return drop(self.uncounted.try_set(Some(problem.detail))),
            };
            if self.uncounted.try_set(None).is_some() {
                return;
            }
            self.each(|lane| {
                let own = groups.iter().filter(|group| {
                    let key = |at: usize| group.keys.get(at).cloned().flatten();
                    lane.place().holds(&Place { state: key(0).unwrap_or_default(), column: key(1), end: false })
                });
                lane.figures.try_set(Some(Figures::of(own)));
            });
        });
    }

    /// The lane in which a card lies, and the card.
    pub fn find(self, id: &str) -> Option<(usize, Item)> {
        let lanes = self.lanes.try_get_value().unwrap_or_default();
        lanes.into_iter().enumerate().find_map(|(at, lane)| {
            let found = lane.cards.try_with_untracked(|cards| Some(cards.items[cards.position(id)?].clone()));
            Some((at, found??))
        })
    }

    /// The lane to which a record belongs.
    pub fn lane_of(self, document: &Map<String, Value>) -> Option<usize> {
        let place = Place::of(self.board, self.state, document);
        self.heads.try_with_untracked(|heads| heads.iter().position(|head| head.place.holds(&place))).flatten()
    }

    /// The acts that lead a card to a lane; none if it cannot go there.
    pub fn way(self, item: &Item, to: usize) -> Vec<ways::Step> {
        let Some(to) = self.lane(to) else { return Vec::new() };
        let allowed: Vec<&'static Act> = acts::allowed(self.definition).collect();
        let from = Place::of(self.board, self.state, &item.document);
        ways::way(&allowed, self.board.moves, &from, &to.place())
    }

    /// Whether anything can be moved at all.
    pub fn may_move(self) -> bool {
        untrack(|| !net::is_lost() && acts::allowed(self.definition).next().is_some())
    }

    /// Show another view: the address changes and everything follows.
    pub fn change(self, replace: bool, edit: impl FnOnce(&mut Listing)) {
        let mut listing = self.listing.get_untracked();
        edit(&mut listing);
        self.visit(replace, self.whole.get_untracked(), &listing);
    }

    pub fn show(self, whole: String) {
        self.visit(false, Some(whole), &self.listing.get_untracked());
    }

    pub fn set_filter(self, filter: Filter) {
        self.change(false, |listing| listing.filter = filter);
    }

    fn visit(self, replace: bool, whole: Option<String>, listing: &Listing) {
        let first = self.wholes.with_untracked(|wholes| wholes.first().map(|item| item.id.clone()));
        let mut pairs = listing.to_query();
        // The first board needs no name, so that a plain link shows it.
        pairs.extend(whole.filter(|whole| first.as_ref() != Some(whole)).map(|id| (self.board.within.to_owned(), id)));
        let path = address::board(self.definition.name);
        let query = records::encode(&pairs);
        let target = if query.is_empty() { path } else { format!("{path}?{query}") };
        self.go.with_value(|go| go(&target, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() }));
    }

    /// Tell why something did not happen.
    pub fn refuse(self, problem: &domain::Problem) {
        let fault = problem.errors.first().map(|fault| fault.detail.clone()).filter(|words| !words.is_empty());
        toast_error(format!("{} {}", problem.title, fault.unwrap_or_else(|| problem.detail.clone())));
    }
}

/// The board that an address names, and the listing that the rest of it is, if it can be read.
fn asked(board: &Board, search: &str) -> (Option<String>, Option<Listing>) {
    let pairs = address::pairs(search);
    let (mut whole, listing): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, _)| key == board.within);
    let listing = Listing::from_query(&listing).ok().map(|listing| Listing { cursor: None, ..listing });
    (whole.pop().map(|(_, id)| id), listing)
}

/// The columns of one board in their order, then the states to which its records can be brought. What stands in no column
/// comes first, where there is such a thing.
fn heads(
    (board, definition, state): (&'static Board, &'static Definition, &'static str),
    whole: &str,
    columns: &[Item],
    loose: bool,
) -> Vec<Head> {
    let own = columns.iter().filter(|item| item.document.get(board.within).and_then(Value::as_str) == Some(whole));
    let title = board.columns().map_or("name", |columns| columns.title);
    let open = board.open().unwrap_or_default();
    let mut heads: Vec<Head> = own
        .map(|item| Head {
            place: Place { state: open.to_owned(), column: Some(item.id.clone()), end: false },
            title: item.document.get(title).and_then(Value::as_str).unwrap_or_default().to_owned(),
            patience: item.document.get(board.patience).and_then(Value::as_i64),
        })
        .collect();
    let Some(field) = definition.field(state).filter(|_| !heads.is_empty()) else { return heads };
    if loose {
        let place = Place { state: open.to_owned(), column: None, end: false };
        heads.insert(0, Head { place, title: t!("board.loose"), patience: None });
    }
    heads.extend(board.ends().into_iter().map(|end| Head {
        place: Place { state: end.to_owned(), column: None, end: true },
        title: t!("board.this-month", state = labels::choice(definition, field, end)),
        patience: None,
    }));
    heads
}
