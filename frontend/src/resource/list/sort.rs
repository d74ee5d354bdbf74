use leptos::prelude::*;

use super::ListState;
use crate::resource::labels;
use crate::ui::{Button, Dialog, Icon, Kind, Shape};
use crate::{lazy, session, t};

type Draw = fn(ListState, RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(filter, wasm_split_path = ::leptos::wasm_split, fallible)]
fn sort_sheet() -> Result<Draw, lazy::Missing> {
    Ok(|list, open| view! { <Sheet list open/> }.into_any())
}

/// The order of a list on a phone, where no column has a head to press: the same rising, falling and back. Fetched when
/// somebody first wants it.
#[component]
pub fn SortSheet(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, sort_sheet, move |draw: Draw| draw(list, open))
}

#[component]
fn Sheet(list: ListState, open: RwSignal<bool>) -> impl IntoView {
    let definition = list.definition;
    view! {
        <Dialog open title=t!("list.sort") shape=Shape::Drawer footer=move || view! {
            <Button label=t!("action.close") kind=Kind::Primary on_press=move |()| open.set(false)/>
        }>
            <p class="muted">{t!("list.sort-note")}</p>
            <ul class="article-list">
                {definition.all_fields().filter(|field| field.sortable && session::reads(definition.name, field)).map(|field| {
                    let key = field.key;
                    let falling = Memo::new(move |_| list.sort.with(|sort| sort.as_ref().filter(|(by, _)| by == key).map(|(_, falling)| *falling)));
                    view! {
                        <li>
                            <button type="button" class="article-link" aria-pressed=move || falling.get().is_some().to_string()
                                on:click=move |_| list.sort_by(key)>
                                <span class="grow">{labels::field(definition, field)}</span>
                                {move || falling.get().map(|falling| view! {
                                    <span class="meta">{if falling { t!("list.falling") } else { t!("list.rising") }}</span>
                                    <Icon name=if falling { "arrow-down" } else { "arrow-up" }/>
                                })}
                            </button>
                        </li>
                    }
                }).collect_view()}
            </ul>
        </Dialog>
    }
}
