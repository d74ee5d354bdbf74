//! The generic list of any resource. What it shows is in the address bar, in the words of the API.

mod bulk;
mod cell_editor;
mod columns;
mod export;
mod presets;
mod preview;
mod sort;
mod state;
mod sums;
mod toolbar;

use std::sync::Arc;

use domain::permission::Action;
use domain::{Definition, Kind};
use leptos::prelude::*;
use serde_json::Value;

use self::presets::Presets;
use self::preview::Preview;
use self::state::ListState;
use self::sums::Sums;
use self::toolbar::Toolbar;
use super::unreadable::Unreadable;
use super::views::{self, Shown};
use super::{address, cells, labels, quick, tick};
use crate::api::imports;
use crate::api::records::Item;
use crate::keys::{self, Act};
use crate::ui::table::Table;
use crate::ui::{Button, EmptyState, Kind as Loudness, LinkButton, Loaded, Page, Pager, SkeletonShape};
use crate::{dom, session, t};

#[component]
pub fn ListPage(definition: &'static Definition) -> impl IntoView {
    let list = ListState::start(definition);
    let sums = Sums::of(list);
    list_keys(list);
    let may_create = move || session::may(definition.name, Action::Create);
    let create = move || quick::create(definition, list.known_members());
    let selecting = Memo::new(move |_| list.grid.selected.with(|selected| !selected.is_empty()));
    let phone = dom::phone();
    view! {
        // On phones the bar under the thumb has the same button.
        <Page title=labels::plural(definition.name) actions=move || view! {
            {views::switch(definition, Shown::List, move || list.listing.get())}
            {may_create().then(|| view! {
                <div class="desk-only">
                    <Button
                        label=t!("form.create", resource = labels::singular(definition.name))
                        icon="plus" kind=Loudness::Primary writes=true on_press=move |()| create()
                    />
                </div>
            })}
        }>
            <Presets list/>
            // On phones the actions lie at the foot, and a list that jumps would be pressed in the wrong place.
            {move || (phone.get() || !selecting.get()).then(|| view! { <Toolbar list/> })}
            {move || selecting.get().then(|| bulk::bar(list))}
            <Loaded state=list.load shape=SkeletonShape::Table on_retry=move |()| list.reload()>
                <ListBody list sums/>
            </Loaded>
            <Preview list/>
        </Page>
    }
}

#[component]
fn ListBody(list: ListState, sums: Sums) -> impl IntoView {
    let empty = Memo::new(move |_| list.page.with(|page| page.items.is_empty()));
    let filtered = move || list.listing.with(|listing| listing.q.is_some() || !listing.filter.is_everything());
    move || match (empty.get(), filtered()) {
        _ if list.unreadable.get() => view! { <Unreadable on_reset=move |()| list.reset()/> }.into_any(),
        (true, true) => view! {
            <EmptyState title=t!("list.none-found") text=t!("list.none-found-text") icon="search">
                <Button label=t!("list.reset") on_press=move |()| list.reset()/>
            </EmptyState>
        }
        .into_any(),
        (true, false) => view! { <NothingYet list/> }.into_any(),
        _ => view! { <ListTable list sums/> }.into_any(),
    }
}

/// The list before its first record: what it is for, and the ways to fill it.
#[component]
fn NothingYet(list: ListState) -> impl IntoView {
    let definition = list.definition;
    let one = labels::singular(definition.name);
    let may = session::may(definition.name, Action::Create);
    view! {
        <EmptyState title=t!("list.empty", resource = one.clone()) text=t!("list.empty-text", resource = labels::plural(definition.name))>
            {may.then(|| view! {
                <Button label=t!("form.create", resource = one) icon="plus" on_press=move |()| quick::create(definition, list.known_members())/>
            })}
            {imports::may_import(definition.name).then(|| view! {
                <LinkButton label=t!("import.title", resource = labels::plural(definition.name)) icon="upload" href=address::import(definition.name)/>
            })}
        </EmptyState>
    }
}

#[component]
fn ListTable(list: ListState, sums: Sums) -> impl IntoView {
    let definition = list.definition;
    let cell = Arc::new(move |row: usize, column: usize| draw_cell(list, row, column));
    let lead = Arc::new(move |row: usize| {
        let mark = |item: &Item| tick::tick(definition, item);
        list.page.with_untracked(|page| page.items.get(row).and_then(mark)).into_any()
    });
    let editor = Arc::new(move |row: usize, column: usize| cell_editor::cell_editor(list, row, column));
    let line = Arc::new(move |row: usize| {
        let fields = list.fields.get();
        let texts = list.page.with_untracked(|page| {
            let item = page.items.get(row)?;
            Some(cells::gist(definition, &fields, &item.document))
        });
        texts.unwrap_or_default().into_iter().map(|text| view! { <span>{text}</span> }).collect_view().into_any()
    });
    let foot = Arc::new(move |column: usize| {
        let field = list.fields.with_untracked(|fields| fields.get(column).copied());
        match field {
            Some(_) if column == 0 => t!("list.sum").into_any(),
            Some(field) => sums.cell(field),
            None => ().into_any(),
        }
    });
    // The table ends where the window does; the line of chips takes its share.
    let chips = move || list.listing.with(|listing| !listing.filter.is_everything());
    let height = move || if chips() { "calc(100dvh - 316px)" } else { "calc(100dvh - 272px)" };
    view! {
        <div style:--table-height=height>
            <Table
                grid=list.grid
                caption=labels::plural(definition.name)
                cell line lead editor
                selectable=true
                sort=list.sort
                on_sort=move |key: String| list.sort_by(&key)
                foot has_foot=Signal::derive(move || sums.any())
                footer=move || view! {
                    <div class="phone-only">{move || sums.lines()}</div>
                    <Pager
                        total=list.total countable=list.estimated on_count=move |()| list.count()
                        has_previous=list.has_previous has_next=list.has_next on_turn=move |turn| { list.turn(turn); }
                    />
                }
            />
        </div>
    }
}

fn draw_cell(list: ListState, row: usize, column: usize) -> AnyView {
    let definition = list.definition;
    let Some(field) = list.fields.with_untracked(|fields| fields.get(column).copied()) else { return ().into_any() };
    list.page.with_untracked(|page| {
        let Some(item) = page.items.get(row) else { return ().into_any() };
        if field.key == definition.title {
            let name = cells::text(definition, field, &item.document);
            return view! {
                <span class="person">
                    {tick::tick(definition, item)}
                    <a class="cell" href=address::record(definition.name, &item.id)>{name}</a>
                    {why(item).map(|why| view! { <span class="meta">{why}</span> })}
                </span>
            }
            .into_any();
        }
        cells::cell(definition, field, &item.document)
    })
}

/// How a search found the record, where the name itself does not show it.
fn why(item: &Item) -> Option<String> {
    let matches = item.document.get("matches")?.as_array()?;
    let words: Vec<String> = matches.iter().filter_map(why_one).collect();
    (!words.is_empty()).then(|| words.join(t!("list.comma").as_str()))
}

fn why_one(found: &Value) -> Option<String> {
    let how = found["kind"].as_str().filter(|kind| *kind != "text").map(|kind| t!(&format!("match.{kind}")));
    let Some(resource) = found["resource"].as_str() else { return how };
    // Of a record that belongs to this one: what it is, and what of it fits.
    let what = found["text"].as_str().map(str::to_owned).or(how)?;
    Some(t!("match.of", whose = t!(&format!("resource.{resource}.one")), what = what))
}

fn list_keys(list: ListState) {
    keys::on(Act::Filter, move || list.filtering.set(true));
    keys::on_if(Act::PageOn, move || list.turn(1));
    keys::on_if(Act::PageBack, move || list.turn(-1));
}

/// Whether a field's values stand at the right: numbers, which are compared by length.
fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Integer | Kind::Decimal | Kind::Amount | Kind::Percent)
}
