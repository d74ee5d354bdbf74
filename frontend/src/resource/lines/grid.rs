//! The grid in which lines are edited, fetched when the first document with lines is opened.

use domain::lines::{Columns, Fill};
use domain::money::{self, Currency, Decimal};
use domain::sales::lines::parts;
use domain::{Definition, Field, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::{LineEntry, is_typed};
use crate::api::records;
use crate::lazy;
use crate::resource::entry::{Speaks, Typed};
use crate::resource::{editor, labels};
use crate::ui::{self, Button, IconButton};
use crate::{dom, format, t};

/// What a grid edits.
#[derive(Clone, Copy)]
pub struct Grid {
    pub definition: &'static Definition,
    pub columns: &'static Columns,
    pub lines: RwSignal<Vec<LineEntry>>,
    /// As the document does; amounts are rounded to the places of its currency.
    speaks: Speaks,
}

type Draw = fn(Grid) -> AnyView;

#[leptos::wasm_split::wasm_split(lines, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|grid| view! { <LineGrid grid/> }.into_any())
}

/// The grid, as soon as its code is there.
pub fn grid(definition: &'static Definition, columns: &'static Columns, lines: RwSignal<Vec<LineEntry>>) -> AnyView {
    let plain = || Speaks { currency: Signal::stored(Currency::Renminbi), prices_include_tax: Signal::stored(false) };
    let speaks = use_context().unwrap_or_else(plain);
    lazy::part(draw, move |draw: Draw| draw(Grid { definition, columns, lines, speaks }))
}

type DrawSum = fn(Sum) -> AnyView;

/// The amount of a document that its lines make.
#[derive(Clone)]
struct Sum {
    /// That of the control which it stands for.
    id: String,
    key: &'static str,
    lines: RwSignal<Vec<LineEntry>>,
    speaks: Speaks,
}

#[leptos::wasm_split::wasm_split(lines, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw_sum() -> Result<DrawSum, lazy::Missing> {
    Ok(|Sum { id, key, lines, speaks }| {
        let text = move || {
            let sum: Decimal = lines.with(|lines| lines.iter().filter_map(|line| worked_out(line, key, speaks)).sum());
            format::group_digits(&sum.to_string())
        };
        view! { <input class="input number" id=id type="text" readonly prop:value=text/> }.into_any()
    })
}

/// What one column of the lines comes to, for reading.
pub fn sum(id: String, key: &'static str, lines: RwSignal<Vec<LineEntry>>, speaks: Speaks) -> AnyView {
    lazy::part(draw_sum, move |draw: DrawSum| draw(Sum { id: id.clone(), key, lines, speaks }))
}

#[component]
fn LineGrid(grid: Grid) -> impl IntoView {
    let Grid { columns, lines, .. } = grid;
    let add = move || {
        let line = LineEntry::of(columns, &Map::new());
        let first = format!("#{} input, #{0} button", line.key);
        lines.update(|lines| lines.push(line));
        dom::focus_soon(&first);
    };
    // Enter in a cell would send the form, with lines that are still being written.
    let stay = |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && !event.ctrl_key() && !event.meta_key() && dom::is_typing(&event) {
            event.prevent_default();
        }
    };
    view! {
        <div class="line-grid" on:keydown=stay>
            <table class="line-table" hidden=move || lines.with(Vec::is_empty)>
                <thead><tr>
                    {columns.fields.iter().map(|field| view! {
                        <th scope="col" class=breadth(field)>{labels::column(field)}</th>
                    }).collect_view()}
                    <th scope="col"><span class="sr-only">{t!("lines.what")}</span></th>
                </tr></thead>
                <tbody>
                    <For each=move || lines.get() key=|line| line.key.clone() let:line><Row grid line/></For>
                </tbody>
            </table>
            <Button label=t!("lines.add") icon="plus" kind=ui::Kind::Quiet on_press=move |()| add()/>
        </div>
    }
}

#[component]
fn Row(grid: Grid, line: LineEntry) -> impl IntoView {
    let Grid { definition, columns, lines, speaks } = grid;
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
    let told = |field: &'static Field| {
        let line = line.clone();
        move || {
            let amount = worked_out(&line, field.key, speaks);
            amount.map_or_else(|| format::EMPTY.to_owned(), |amount| format::group_digits(&amount.to_string()))
        }
    };
    view! {
        <tr id=line.key.clone()>
            {columns.fields.iter().map(|field| {
                let name = labels::column(field);
                let cell = line.entry(field.key).filter(|_| is_typed(field)).map(|entry| view! {
                    {editor::control(definition, entry, Some(name.clone()))}
                    {move || entry.fault.get().map(|fault| view! { <p class="field-error" role="alert">{fault}</p> })}
                });
                let told = cell.is_none().then(|| told(field));
                view! { <td data-label=name class=breadth(field)>{cell}{told}</td> }
            }).collect_view()}
            <td class="line-ways">
                <IconButton label=t!("lines.up") icon="arrow-up" small=true side="end" disabled=Signal::derive(move || at() == Some(0)) on_press=move |()| shift(-1)/>
                <IconButton label=t!("lines.remove") icon="trash-2" small=true side="end" on_press=move |()| remove()/>
            </td>
        </tr>
    }
}

/// How much room a column wants; the first one takes what is left.
fn breadth(field: &Field) -> &'static str {
    match field.kind {
        Kind::Amount => "number amount",
        kind if kind.is_number() => "number",
        Kind::Text if field.max > 40 => "words",
        _ => "",
    }
}

/// What is worked out of a line as far as it is typed; the server has the last word.
fn worked_out(line: &LineEntry, key: &str, speaks: Speaks) -> Option<Decimal> {
    let number = |key: &str| line.entry(key).and_then(|entry| entry.value().as_str()?.parse::<Decimal>().ok());
    let currency = speaks.currency.get();
    let priced = money::line_amount(number("quantity")?, number("price")?, number("discount"), currency);
    let rate = number("tax_rate").unwrap_or_default();
    let (net, tax) = parts(priced, rate, currency, speaks.prices_include_tax.get());
    Some(match key {
        "net" => net,
        "tax" => tax,
        _ => priced,
    })
}

/// Whoever chooses a record takes over what it says, where nothing was typed.
fn fill_in(fill: &'static Fill, line: &LineEntry) {
    let (Some(chosen), Some(filled)) = (line.entry(fill.chosen), line.entry(fill.into)) else { return };
    let (Typed::Picked(picked), Typed::Text(text)) = (chosen.typed, filled.typed) else { return };
    let Kind::Reference(resource) = chosen.field.kind else { return };
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
