//! Which columns a list shows, remembered on this device.

use domain::permission::Right;
use domain::{Definition, Field, Kind};
use leptos::prelude::*;

use super::ListState;
use crate::resource::{cells, labels};
use crate::ui::{Button, Checkbox, Dialog, Kind as Loudness, Shape};
use crate::{dom, lazy, session, t};

/// What a list shows unless one has chosen.
fn usual(definition: &Definition) -> Vec<String> {
    let listed = definition.own_fields().chain(definition.beside).filter(|field| field.listed);
    listed.chain(definition.usual_stamp()).map(|field| field.key.to_owned()).collect()
}

pub fn remembered(definition: &Definition) -> Vec<String> {
    let kept = dom::recall(&format!("columns.{}", definition.name)).unwrap_or_default();
    let kept: Vec<String> = kept.split_whitespace().map(str::to_owned).collect();
    if kept.is_empty() { usual(definition) } else { kept }
}

/// The fields of the chosen keys: the title first, the others in the order of the field list.
pub fn fields(definition: &'static Definition, keys: &[String]) -> Vec<&'static Field> {
    let title = definition.field(definition.title);
    let chosen =
        choosable(definition).filter(|field| field.key != definition.title && keys.iter().any(|key| key == field.key));
    title.into_iter().chain(chosen).collect()
}

/// The resource's own fields first, then what every record has.
fn choosable(definition: &'static Definition) -> impl Iterator<Item = &'static Field> {
    let stamp = definition.all_fields().filter(|field| !definition.own_fields().any(|own| own.key == field.key));
    let shown = |field: &&'static Field| {
        let bare = matches!(field.kind, Kind::Id | Kind::ExternalIds) && !cells::leads(definition, field);
        let technical = bare || field.key == "version";
        !technical && session::right(definition.name, field) > Right::None
    };
    definition.own_fields().chain(definition.beside).chain(stamp).filter(shown)
}

type Draw = fn(ListState, RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(filter, wasm_split_path = ::leptos::wasm_split, fallible)]
fn column_chooser() -> Result<Draw, lazy::Missing> {
    Ok(|list, open| view! { <Chooser list open/> }.into_any())
}

/// The dialog in which columns are chosen, fetched when somebody first wants it.
#[component]
pub fn ColumnChooser(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, column_chooser, move |draw: Draw| draw(list, open))
}

#[component]
fn Chooser(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    let definition = list.definition;
    let keep = move |keys: Vec<String>| {
        dom::remember(&format!("columns.{}", definition.name), &keys.join(" "));
        list.chosen_columns.set(keys);
    };
    let toggle = move |key: &'static str, on: bool| {
        let mut keys = list.chosen_columns.get_untracked();
        keys.retain(|known| known != key);
        if on {
            keys.push(key.to_owned());
        }
        keep(keys);
    };
    view! {
        <Dialog open title=t!("action.columns") shape=Shape::Drawer footer=move || view! {
            <Button label=t!("columns.usual") kind=Loudness::Quiet on_press=move |()| keep(usual(definition))/>
            <Button label=t!("action.close") on_press=move |()| open.set(false)/>
        }>
            <div class="stack">
                {choosable(definition).map(|field| {
                    let key = field.key;
                    let is_title = key == definition.title;
                    view! {
                        <Checkbox
                            label=labels::field(definition, field)
                            checked=Signal::derive(move || is_title || list.chosen_columns.with(|keys| keys.iter().any(|known| known == key)))
                            disabled=is_title
                            on_change=move |on| toggle(key, on)
                        />
                    }
                }).collect_view()}
            </div>
        </Dialog>
    }
}
