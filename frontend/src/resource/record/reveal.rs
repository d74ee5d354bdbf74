use domain::{Field, Problem};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::RecordState;
use crate::api::records;
use crate::resource::entry::sentence;
use crate::resource::labels;
use crate::t;
use crate::ui::{Banner, Button, Dialog, Field as Labelled, Kind, TextInput, Tone};

/// Asks why a masked value is to be seen, and shows it until the page is left. Who looked stands in the history.
#[component]
pub fn Reveal(state: RecordState, field: &'static Field, open: RwSignal<bool>) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<Problem>);
    let busy = RwSignal::new(false);
    let ask = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            let id = state.item.with_untracked(|item| item.id.clone());
            match records::reveal(state.definition.name, &id, field.key, reason.get_untracked().trim()).await {
                Ok(value) => {
                    // The button that opened this goes away with the mask, so the dialog must close first.
                    open.set(false);
                    state.looks.update(|looks| *looks += 1);
                    state.item.update(|item| {
                        item.document.insert(field.key.to_owned(), value);
                    });
                }
                Err(refused) => {
                    busy.set(false);
                    problem.set(Some(refused));
                }
            }
        });
    };
    let fault = Signal::derive(move || {
        problem.with(|problem| problem.as_ref().and_then(|problem| problem.errors.first().map(sentence)))
    });
    let general = move || problem.get().filter(|problem| problem.errors.is_empty()).map(|problem| problem.detail);
    view! {
        <Dialog open title=t!("reveal.show", name = labels::field(state.definition, field)) footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("reveal.ask") kind=Kind::Primary busy on_press=move |()| ask()/>
        }>
            <form class="stack" novalidate on:submit=move |event| { event.prevent_default(); ask(); }>
                <p class="muted">{t!("reveal.text")}</p>
                {move || general().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
                <Labelled label=t!("reveal.reason") required=true error=fault><TextInput value=reason/></Labelled>
            </form>
        </Dialog>
    }
}
