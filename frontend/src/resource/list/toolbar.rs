use std::time::Duration;

use domain::Filter;
use domain::permission::Action;
use leptos::prelude::*;

use super::ListState;
use super::columns::ColumnChooser;
use super::export::ExportDialog;
use super::sort::SortSheet;
use crate::api::imports;
use crate::keys::{self, Act};
use crate::prefs::prefs;
use crate::resource::address;
use crate::resource::filter::{self, FilterDrawer};
use crate::ui::{Button, FilterChips, IconButton, Kind, LinkButton, Menu, MenuItem, SearchInput, ViewBar};
use crate::{dom, session, t};

/// Search, filter, columns and density of a list, and the conditions in force.
#[component]
pub fn Toolbar(list: ListState) -> impl IntoView {
    let (choosing, exporting) = (RwSignal::new(false), RwSignal::new(false));
    let definition = list.definition;
    let may_export = definition.transferred && session::may(definition.name, Action::Export);
    let may_import = imports::may_import(definition.name);
    let has_bin = session::may(definition.name, Action::Delete);
    let compact = prefs().compact;
    let changed = move || {
        list.listing.with(|listing| listing.q.is_some() || !listing.filter.is_everything() || !listing.sort.is_empty())
    };
    keys::on_if(Act::Search, || dom::focus("#list-search"));
    view! {
        <div class="stack">
            <ViewBar>
                <ListSearch list/>
                <Button label=t!("action.filter") icon="funnel" kind=Kind::Quiet compact=true on_press=move |()| list.filtering.set(true)/>
                <div class="desk-only">
                    {move || changed().then(|| view! {
                        <Button label=t!("list.reset") kind=Kind::Quiet on_press=move |()| list.reset()/>
                    })}
                </div>
                <div class="phone-only"><PhoneMenu list choosing exporting=may_export.then_some(exporting)/></div>
                <span class="grow"></span>
                <div class="desk-only">
                    {may_import.then(|| view! { <LinkButton label=t!("action.import") icon="upload" kind=Kind::Quiet href=address::import(definition.name)/> })}
                    {may_export.then(|| view! { <Button label=t!("action.export") icon="download" kind=Kind::Quiet on_press=move |()| exporting.set(true)/> })}
                    {has_bin.then(|| view! { <IconButton label=t!("action.bin") icon="trash-2" side="end" on_press=move |()| dom::follow(&address::bin(definition.name))/> })}
                    <IconButton label=t!("prefs.compact") icon="rows-3" side="end" on_press=move |()| compact.update(|on| *on = !*on)/>
                    <IconButton label=t!("action.columns") icon="columns-3" side="end" on_press=move |()| choosing.set(true)/>
                </div>
            </ViewBar>
            <FilterChips
                chips=Signal::derive(move || list.listing.with(|listing| filter::chips(list.definition, &listing.filter)))
                on_edit=move |_| list.filtering.set(true)
                on_remove=move |key: String| list.set_filter(without(list, &key))
            />
            <ColumnChooser list open=choosing/>
            {may_export.then(|| view! { <ExportDialog list open=exporting/> })}
            <FilterDrawer
                definition=list.definition
                open=list.filtering
                filter=Signal::derive(move || list.listing.with(|listing| listing.filter.clone()))
                on_apply=move |filter| list.set_filter(filter)
            />
        </div>
    }
}

/// What stands beside the search at a desk, and what columns and rows are pressed for there, in one menu.
#[component]
fn PhoneMenu(list: ListState, choosing: RwSignal<bool>, exporting: Option<RwSignal<bool>>) -> impl IntoView {
    let name = list.definition.name;
    let sorting = RwSignal::new(false);
    let picking = list.grid.picking;
    view! {
        <Menu label=t!("action.more") icon="ellipsis" icon_only=true end=true kind=Kind::Quiet>
            <MenuItem label=t!("list.sort") icon="arrow-up" on_press=move |()| sorting.set(true)/>
            <MenuItem label=t!("list.pick") icon="list-todo" checked=picking on_press=move |()| picking.update(|on| *on = !*on)/>
            <MenuItem label=t!("action.columns") icon="columns-3" on_press=move |()| choosing.set(true)/>
            <MenuItem label=t!("list.reset") icon="undo-2" on_press=move |()| list.reset()/>
            {imports::may_import(name).then(|| view! { <MenuItem label=t!("action.import") icon="upload" on_press=move |()| dom::follow(&address::import(name))/> })}
            {session::may(name, Action::Delete).then(|| view! { <MenuItem label=t!("action.bin") icon="trash-2" on_press=move |()| dom::follow(&address::bin(name))/> })}
            {exporting.map(|exporting| view! { <MenuItem label=t!("action.export") icon="download" on_press=move |()| exporting.set(true)/> })}
        </Menu>
        <SortSheet list open=sorting/>
    }
}

/// Searches as one types: a moment after the last letter, without filling the browser's history.
#[component]
fn ListSearch(list: ListState) -> impl IntoView {
    let typed = RwSignal::new(list.listing.with_untracked(|listing| listing.q.clone().unwrap_or_default()));
    let round = StoredValue::new(0_u32);
    Effect::watch(
        move || typed.get(),
        move |typed, _, _| {
            let now = round.get_value() + 1;
            round.set_value(now);
            let q = Some(typed.trim().to_owned()).filter(|q| !q.is_empty());
            set_timeout(
                move || {
                    let before = list.listing.try_with_untracked(|listing| listing.q.clone());
                    if round.try_get_value() == Some(now) && before.is_some_and(|before| before != q) {
                        list.refine(|listing| {
                            listing.q = q;
                            listing.cursor = None;
                        });
                    }
                },
                Duration::from_millis(150),
            );
        },
        false,
    );
    // The address may change by other ways: back, reset, a link.
    Effect::watch(
        move || list.listing.with(|listing| listing.q.clone().unwrap_or_default()),
        move |q, _, _| {
            if typed.with_untracked(|typed| typed.trim() != q) {
                typed.set(q.clone());
            }
        },
        false,
    );
    let has_phones =
        list.definition.own_fields().any(|field| matches!(field.kind, domain::Kind::Phone | domain::Kind::Phones));
    let label = if has_phones { t!("list.search") } else { t!("list.search-name") };
    view! { <SearchInput value=typed label id="list-search"/> }
}

/// The filter in force without the condition of one chip.
fn without(list: ListState, key: &str) -> Filter {
    let filter = list.listing.with_untracked(|listing| listing.filter.clone());
    filter::without(filter, key.parse().unwrap_or_default())
}
