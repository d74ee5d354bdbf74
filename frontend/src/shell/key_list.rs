use leptos::prelude::*;

use crate::keys::{self, Place, SHORTCUTS};
use crate::ui::Dialog;
use crate::{lazy, t};

type Draw = fn(RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(help, wasm_split_path = ::leptos::wasm_split, fallible)]
fn key_list() -> Result<Draw, lazy::Missing> {
    Ok(|open| view! { <Shortcuts open/> }.into_any())
}

/// All shortcuts, read from the one table; fetched when somebody first wants them.
#[component]
pub fn KeyList(open: RwSignal<bool>) -> impl IntoView {
    lazy::overlay(open, key_list, move |draw: Draw| draw(open))
}

#[component]
fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title=t!("shell.keys")>
            <div class="key-list">
                {group(Place::Everywhere, t!("keys.everywhere"))}
                {group(Place::Lists, t!("keys.lists"))}
                {group(Place::Boards, t!("keys.boards"))}
                {group(Place::Records, t!("keys.records"))}
                {group(Place::Forms, t!("keys.forms"))}
            </div>
        </Dialog>
    }
}

fn group(place: Place, title: String) -> impl IntoView {
    view! {
        <section>
            <h3>{title}</h3>
            <dl>
                {SHORTCUTS.iter().filter(|shortcut| shortcut.place == place).map(|shortcut| view! {
                    <div class="key-row">
                        <dt>{t!(shortcut.label)}</dt>
                        <dd>{keys::caps(shortcut.keys).into_iter().map(|cap| view! { <kbd>{cap}</kbd> }).collect_view()}</dd>
                    </div>
                }).collect_view()}
            </dl>
        </section>
    }
}
