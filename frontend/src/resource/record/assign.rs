use domain::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::RecordState;
use crate::api::records;
use crate::resource::{entry, touch};
use crate::t;
use crate::ui::{Banner, Button, Choice, Combobox, Dialog, Field, Kind, Tone, toast};

/// Hands a record to another person; its department follows.
#[component]
pub fn Assign(state: RecordState, open: RwSignal<bool>) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let problem = RwSignal::new(None::<Problem>);
    let nobody = Signal::derive(move || chosen.with(Vec::is_empty));
    let hand_over = move || {
        let Some(owner) = chosen.with_untracked(|chosen| chosen.first().cloned()) else { return };
        let item = state.item.get_untracked();
        problem.set(None);
        spawn_local(async move {
            match records::assign(state.definition.name, &item.id, &item.etag, &owner.value).await {
                Ok(_) => {
                    open.set(false);
                    touch(state.definition.name);
                    toast(t!("assign.done", name = owner.text));
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    view! {
        <Dialog open title=t!("action.assign") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("action.assign") kind=Kind::Primary writes=true disabled=nobody on_press=move |()| hand_over()/>
        }>
            {move || problem.get().map(|problem| view! { <Banner tone=Tone::Bad>{format!("{} {}", problem.title, problem.detail)}</Banner> })}
            <Field label=t!("assign.owner") required=true><Combobox chosen search=entry::searching("users")/></Field>
        </Dialog>
    }
}
