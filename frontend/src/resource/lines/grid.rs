//! The grid in which lines are edited, fetched when the first document with lines is opened.

use domain::lines::{Columns, Fill};
use domain::money::{self, Currency, Decimal};
use domain::{Definition, Field};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::{LineEntry, is_typed, label};
use crate::api::records;
use crate::lazy;
use crate::resource::editor;
use crate::resource::entry::{Speaks, Typed};
use crate::ui::{Button, IconButton, Kind};
use crate::{dom, format, t};

/// What a grid edits.
#[derive(Clone, Copy)]
pub struct Grid {
    pub definition: &'static Definition,
    pub columns: &'static Columns,
    pub lines: RwSignal<Vec<LineEntry>>,
    /// That of the document; amounts are rounded to its places.
    pub currency: Signal<Currency>,
}

type Draw = fn(Grid) -> AnyView;

#[leptos::wasm_split::wasm_split(lines, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|grid| view! { <LineGrid grid/> }.into_any())
}

/// The grid, as soon as its code is there.
pub fn grid(definition: &'static Definition, columns: &'static Columns, lines: RwSignal<Vec<LineEntry>>) -> AnyView {
    let currency = use_context::<Speaks>().map_or(Signal::stored(Currency::Renminbi), |Speaks(currency)| currency);
    lazy::part(draw, move |draw: Draw| draw(Grid { definition, columns, lines, currency }))
}

#[component]
fn LineGrid(grid: Grid) -> impl IntoView {
    let Grid { definition, columns, lines, .. } = grid;
    let add = move || {
        let line = LineEntry::of(columns, &Map::new());
        let first = format!("#{} input, #{0} button", line.key);
        lines.update(|lines| lines.push(line));
        dom::focus_soon(&first);
    };
    let number = |field: &Field| field.kind.is_number().then_some("number");
    view! {
        <div class="line-grid">
            <table class="line-table" hidden=move || lines.with(Vec::is_empty)>
                <thead><tr>
                    {columns.fields.iter().map(|field| view! {
                        <th scope="col" class=number(field)>{label(definition, field)}</th>
                    }).collect_view()}
                    <th scope="col"><span class="sr-only">{t!("lines.what")}</span></th>
                </tr></thead>
                <tbody>
                    <For each=move || lines.get() key=|line| line.key.clone() let:line><Row grid line/></For>
                </tbody>
            </table>
            <Button label=t!("lines.add") icon="plus" kind=Kind::Quiet on_press=move |()| add()/>
        </div>
    }
}

#[component]
fn Row(grid: Grid, line: LineEntry) -> impl IntoView {
    let Grid { definition, columns, lines, currency } = grid;
    let place = {
        let key = line.key.clone();
        move || lines.with(|lines| lines.iter().position(|line| line.key == key))
    };
    let place = StoredValue::new_local(place);
    let at = move || place.with_value(|place| place());
    let shift = move |by: isize| {
        let Some(from) = untrack(at) else { return };
        lines.update(|lines| {
            if let Some(to) = from.checked_add_signed(by).filter(|to| *to < lines.len()) {
                lines.swap(from, to);
            }
        });
    };
    let remove = move || {
        if let Some(at) = untrack(at) {
            lines.update(|lines| drop(lines.remove(at)));
        }
    };
    columns.fills.iter().for_each(|fill| fill_in(fill, &line));
    let sum = line.clone();
    let sum = move || sum_of(&sum, currency.get());
    view! {
        <tr id=line.key.clone()>
            {columns.fields.iter().map(|field| {
                let name = label(definition, field);
                let cell = line.entry(field.key).filter(|_| is_typed(field)).map(|entry| view! {
                    {editor::control(definition, entry, Some(name.clone()))}
                    {move || entry.fault.get().map(|fault| view! { <p class="field-error" role="alert">{fault}</p> })}
                });
                let worked_out = cell.is_none().then(|| sum.clone());
                view! { <td data-label=name class=field.kind.is_number().then_some("number")>{cell}{worked_out}</td> }
            }).collect_view()}
            <td class="line-ways">
                <IconButton label=t!("lines.up") icon="arrow-up" small=true side="end" disabled=Signal::derive(move || at() == Some(0)) on_press=move |()| shift(-1)/>
                <IconButton label=t!("lines.remove") icon="trash-2" small=true side="end" on_press=move |()| remove()/>
            </td>
        </tr>
    }
}

/// What the line comes to as far as it is typed; the server has the last word.
fn sum_of(line: &LineEntry, currency: Currency) -> String {
    let number = |key: &str| line.entry(key).and_then(|entry| entry.value().as_str()?.parse::<Decimal>().ok());
    match (number("quantity"), number("price")) {
        (Some(quantity), Some(price)) => {
            let amount = money::line_amount(quantity, price, number("discount"), currency);
            format::group_digits(&amount.to_string())
        }
        _ => format::EMPTY.to_owned(),
    }
}

/// Whoever chooses a record takes over what it says, where nothing was typed.
fn fill_in(fill: &'static Fill, line: &LineEntry) {
    let (Some(chosen), Some(filled)) = (line.entry(fill.chosen), line.entry(fill.into)) else { return };
    let (Typed::Picked(picked), Typed::Text(text)) = (chosen.typed, filled.typed) else { return };
    let domain::Kind::Reference(resource) = chosen.field.kind else { return };
    let id = move || picked.with(|picked| picked.first().map(|choice| choice.value.clone()));
    Effect::watch(
        id,
        move |id, _, _| {
            let Some(id) = id.clone().filter(|_| text.with_untracked(String::is_empty)) else { return };
            spawn_local(async move {
                let Ok(record) = records::find(resource, &id, &[]).await else { return };
                let said = record.document.get(fill.from).and_then(Value::as_str).unwrap_or_default().to_owned();
                text.maybe_update(|text| {
                    let empty = text.is_empty();
                    if empty {
                        *text = said;
                    }
                    empty
                });
            });
        },
        false,
    );
}
