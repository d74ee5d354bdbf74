//! What a list page knows: the request in the address bar, the page that answered it, columns and selection.

use std::hash::{DefaultHasher, Hash, Hasher};

use domain::field::Access;
use domain::listing::{Count, Listing, Sort};
use domain::permission::{Action, Right};
use domain::{Definition, Field, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use serde_json::{Map, Value};

use super::{columns, is_number};
use crate::api::records::{self, Item, Page};
use crate::api::{self, Mounted};
use crate::resource::{address, cells, form, labels, record, touches};
use crate::ui::table::{Column, Grid, Row};
use crate::ui::{Load, toast_error};
use crate::{dom, format, net, session, t};

type Navigate = Box<dyn Fn(&str, NavigateOptions)>;

#[derive(Clone, Copy)]
pub struct ListState {
    pub definition: &'static Definition,
    pub listing: Memo<Listing>,
    /// Whether the address says something that nobody can read. Then nothing is listed: all records would be taken for
    /// those that it means.
    pub unreadable: Memo<bool>,
    pub page: RwSignal<Page>,
    pub load: RwSignal<Load>,
    pub fields: Signal<Vec<&'static Field>>,
    pub chosen_columns: RwSignal<Vec<String>>,
    pub grid: Grid,
    pub sort: Signal<Option<(String, bool)>>,
    pub total: Signal<String>,
    /// Whether the total is an estimate, which can be counted.
    pub estimated: Signal<bool>,
    /// The exact number, once somebody asked for it, and the view that it is of.
    counted: RwSignal<Option<(Listing, i64)>>,
    pub has_previous: Signal<bool>,
    pub has_next: Signal<bool>,
    /// Whether the filter drawer is open.
    pub filtering: RwSignal<bool>,
    /// Whether everything that matches is selected, beyond what is on the page.
    pub all_matching: RwSignal<bool>,
    pub scope: Mounted,
    asked: StoredValue<u32>,
    go: StoredValue<Navigate, LocalStorage>,
}

impl ListState {
    pub fn start(definition: &'static Definition) -> Self {
        let location = use_location();
        let asked = Memo::new(move |_| location.search.with(|search| read(search)));
        let listing = Memo::new(move |_| asked.get().unwrap_or_default());
        let unreadable = Memo::new(move |_| asked.with(Option::is_none));
        let counted = RwSignal::new(None::<(Listing, i64)>);
        let exact = Memo::new(move |_| {
            counted.with(|counted| {
                let (view, count) = counted.as_ref()?;
                listing.with(|listing| *view == view_of(listing)).then_some(*count)
            })
        });
        let page = RwSignal::new(Page::default());
        let chosen_columns = RwSignal::new(columns::remembered(definition));
        let fields = Signal::derive(move || chosen_columns.with(|keys| columns::fields(definition, keys)));
        let may_edit = Memo::new(move |_| session::may(definition.name, Action::Update));
        let heads = Signal::derive(move || {
            fields.with(|fields| {
                fields.iter().map(|field| head(definition, field, may_edit.get() && !net::is_lost())).collect()
            })
        });
        let rows =
            Signal::derive(move || page.with(|page| page.items.iter().map(|item| row(definition, item)).collect()));
        let list = Self {
            definition,
            listing,
            unreadable,
            page,
            load: RwSignal::new(Load::Waiting),
            fields,
            chosen_columns,
            grid: Grid::new(heads, rows),
            sort: Signal::derive(move || {
                listing.with(|listing| listing.sort.first().map(|sort| (sort.field.clone(), sort.descending)))
            }),
            total: Signal::derive(move || page.with(|page| total(page, exact.get()))),
            estimated: Signal::derive(move || exact.get().is_none() && page.with(|page| page.info.estimated)),
            counted,
            has_previous: Signal::derive(move || page.with(|page| page.info.prev_cursor.is_some())),
            has_next: Signal::derive(move || page.with(|page| page.info.has_more || page.info.next_cursor.is_some())),
            filtering: RwSignal::new(false),
            all_matching: RwSignal::new(false),
            scope: Mounted::here(),
            asked: StoredValue::new(0),
            go: StoredValue::new_local(Box::new(use_navigate())),
        };
        let touched = touches(definition.name);
        Effect::new(move || {
            listing.with(|_| ());
            unreadable.with(|_| ());
            touched.get();
            fields.with(|_| ());
            list.reload();
        });
        // What was counted is no more so when a record changes.
        Effect::watch(move || touched.get(), move |_, _, _| counted.set(None), false);
        // Another view has another selection.
        Effect::watch(move || listing.get(), move |_, _, _| list.clear_selection(), false);
        list
    }

    /// Ask for the page again. What is shown stays until the answer is there.
    pub fn reload(self) {
        let number = self.asked.get_value() + 1;
        self.asked.set_value(number);
        if self.unreadable.get_untracked() {
            self.page.set(Page::default());
            return self.load.set(Load::Ready);
        }
        if self.load.get_untracked() != Load::Ready {
            self.load.set(Load::Waiting);
        }
        let mut listing = self.listing.get_untracked();
        listing.count = Count::Estimate;
        listing.expand = self.fields.with_untracked(|fields| {
            let leading = fields.iter().filter(|field| cells::leads(self.definition, field));
            leading.map(|field| cells::expansion(field)).take(5).collect()
        });
        spawn_local(async move {
            let answer = records::list(self.definition.name, &listing, Some(self.scope)).await;
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            match answer {
                Ok(page) => {
                    remember_walk(self.definition, &page);
                    self.page.set(page);
                    self.load.set(Load::Ready);
                }
                Err(problem) if api::is_aborted(&problem) => {}
                // A cursor of yesterday: begin at the first page instead of showing an error.
                Err(problem) if problem.code == "invalid_cursor" => self.change(|listing| listing.cursor = None),
                Err(problem) => self.load.set(record::failed(&problem)),
            }
        });
    }

    /// Count what is listed, however long it takes.
    pub fn count(self) {
        let view = self.listing.with_untracked(view_of);
        let listing = Listing { limit: Some(1), count: Count::Exact, fields: Some(vec!["id".into()]), ..view.clone() };
        spawn_local(async move {
            match records::list(self.definition.name, &listing, Some(self.scope)).await {
                Ok(page) => self.counted.set(page.info.total.map(|total| (view, total))),
                Err(problem) if api::is_aborted(&problem) => {}
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        });
    }

    /// Show another view: the address changes and everything follows.
    pub fn change(self, edit: impl FnOnce(&mut Listing)) {
        self.visit(edit, false);
    }

    /// As `change`, without a step in the browser's history: for typing.
    pub fn refine(self, edit: impl FnOnce(&mut Listing)) {
        self.visit(edit, true);
    }

    fn visit(self, edit: impl FnOnce(&mut Listing), replace: bool) {
        let mut listing = self.listing.get_untracked();
        edit(&mut listing);
        let target = address::showing(self.definition.name, &listing);
        self.go.with_value(|go| go(&target, NavigateOptions { replace, scroll: false, ..NavigateOptions::default() }));
    }

    pub fn reset(self) {
        self.change(|listing| *listing = Listing::default());
    }

    pub fn set_filter(self, filter: Filter) {
        self.change(|listing| {
            listing.filter = filter;
            listing.cursor = None;
        });
    }

    /// Rising, falling, and back to the list's own order.
    pub fn sort_by(self, key: &str) {
        let next = match self.sort.get_untracked() {
            Some((by, false)) if by == key => Some(true),
            Some((by, true)) if by == key => None,
            _ => Some(false),
        };
        self.change(|listing| {
            listing.sort = next.map(|descending| Sort { field: key.to_owned(), descending }).into_iter().collect();
            listing.cursor = None;
        });
    }

    /// Turn to the first (-2), previous, next or last (2) page; says whether there is one.
    pub fn turn(self, turn: i8) -> bool {
        let info = self.page.with_untracked(|page| page.info.clone());
        let cursor = match turn {
            -2 => None,
            -1 if info.prev_cursor.is_some() => info.prev_cursor,
            1 if info.next_cursor.is_some() => info.next_cursor,
            2 if info.last_cursor.is_some() => info.last_cursor,
            _ => return false,
        };
        self.change(|listing| listing.cursor = cursor);
        true
    }

    /// Put a changed record in its place on the page.
    pub fn replace(self, item: &Item) {
        self.page.update(|page| {
            if let Some(own) = page.items.iter_mut().find(|own| own.id == item.id) {
                // What was embedded before stays, because the answer to a change embeds nothing.
                let mut document = own.document.clone();
                document.extend(item.document.clone());
                *own = Item { document, ..item.clone() };
            }
        });
    }

    pub fn clear_selection(self) {
        self.grid.selected.update(std::collections::HashSet::clear);
        self.grid.picking.set(false);
        self.all_matching.set(false);
    }

    /// The selected records that are on the page.
    pub fn selected_items(self) -> Vec<Item> {
        let selected = self.grid.selected.get_untracked();
        self.page.with_untracked(|page| page.items.iter().filter(|item| selected.contains(&item.id)).cloned().collect())
    }

    /// What the view's conditions say of every record in it, for a new one: `customer_id = x`.
    pub fn known_members(self) -> Map<String, Value> {
        let mut known = Map::new();
        self.listing.with_untracked(|listing| collect_equalities(&listing.filter, &mut known));
        known.retain(|key, value| {
            self.definition.own_fields().any(|field| field.key == key) && value.is_string() && value != "@me"
        });
        known
    }
}

fn collect_equalities(filter: &Filter, known: &mut Map<String, Value>) {
    match filter {
        Filter::And(parts) => parts.and.iter().for_each(|part| collect_equalities(part, known)),
        Filter::Test(test) if test.op == domain::filter::Op::Eq => {
            known.insert(test.field.clone(), test.value.clone());
        }
        _ => {}
    }
}

/// What decides which records are in a list, and so how many.
pub fn view_of(listing: &Listing) -> Listing {
    Listing { filter: listing.filter.clone(), q: listing.q.clone(), ..Listing::default() }
}

/// The request of an address, if it can be read.
fn read(search: &str) -> Option<Listing> {
    Listing::from_query(&address::pairs(search)).ok()
}

fn head(definition: &'static Definition, field: &'static Field, may_edit: bool) -> Column {
    Column {
        key: field.key.to_owned(),
        title: labels::field(definition, field),
        number: is_number(field.kind),
        sortable: field.sortable && session::reads(definition.name, field),
        editable: may_edit
            && field.access == Access::Writable
            && field.kind != domain::Kind::Id
            && session::right(definition.name, field) == Right::Write,
    }
}

fn row(definition: &'static Definition, item: &Item) -> Row {
    let mut hasher = DefaultHasher::new();
    item.etag.hash(&mut hasher);
    item.document.iter().for_each(|(key, value)| (key, value.to_string()).hash(&mut hasher));
    Row {
        id: item.id.clone(),
        name: form::name_of(definition, item).unwrap_or_default(),
        href: address::record(definition.name, &item.id),
        revision: hasher.finish(),
    }
}

/// How many there are: as counted, as the page says, or as many as are seen.
fn total(page: &Page, counted: Option<i64>) -> String {
    match counted.or(page.info.total) {
        Some(total) if counted.is_none() && page.info.estimated => t!("list.about", count = format::count(total)),
        Some(total) => t!("list.total", count = format::count(total)),
        None => t!("list.shown", count = page.items.len()),
    }
}

/// The order of the list one came from, for "previous" and "next" on a record.
fn remember_walk(definition: &Definition, page: &Page) {
    let ids: Vec<&str> = page.items.iter().map(|item| item.id.as_str()).collect();
    dom::remember(&format!("walk.{}", definition.name), &ids.join(" "));
}
