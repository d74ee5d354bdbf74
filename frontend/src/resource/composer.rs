//! Where a follow-up is written on top of a timeline: a line that becomes the short form when it is pressed.

use domain::Definition;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::{Form, FormFields, Restored, name_of};
use super::notes::NOTES;
use super::quick;
use crate::api::records::{self, Item};
use crate::keys::{self, Act};
use crate::ui::{Button, Kind, toast_error};
use crate::{dom, t};

/// The composer of a record's timeline; nothing where nobody speaks with whom it stands for, or one may not write it.
#[component]
pub fn Composer(definition: &'static Definition, #[prop(into)] id: String) -> impl IntoView {
    let fits = NOTES.iter().any(|note| note.act == Act::FollowUp && note.fits(definition));
    let about = RwSignal::new(None::<Item>);
    let busy = RwSignal::new(false);
    let id = StoredValue::new(id);
    // What belongs to the record, such as the customer of a contact, is read when somebody writes.
    let begin = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let id = id.get_value();
        spawn_local(async move {
            match records::find(definition.name, &id, &[]).await {
                Ok(item) => drop(about.try_set(Some(item))),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
            busy.try_set(false);
        });
    };
    fits.then_some(move || match about.get() {
            Some(item) => view! { <Written definition item on_end=move |()| about.set(None)/> }.into_any(),
            None => view! {
                <button type="button" class="input timeline-begin" aria-busy=move || busy.get().then_some("true") on:click=move |_| begin()>
                    {t!("timeline.write")}
                </button>
            }
            .into_any(),
        }
    )
}

/// The short form of a follow-up about a record.
#[component]
fn Written(definition: &'static Definition, item: Item, #[prop(into)] on_end: Callback<()>) -> impl IntoView {
    let note = NOTES.iter().find(|note| note.act == Act::FollowUp)?;
    let (of, known) = note.begun(definition, &item)?;
    let about = name_of(definition, &item).unwrap_or_default();
    let saved = Callback::new(move |saved: Item| {
        quick::told(of, &saved);
        on_end.run(());
    });
    let round = RwSignal::new(0_u32);
    let (known, about) = (StoredValue::new(known), StoredValue::new(about));
    let form = move || {
        round.track();
        let form = Form::quick(of, known.get_value(), Some(about.get_value()), saved);
        let restored = form.take_draft();
        form.keep_draft();
        keys::on(Act::Submit, move || form.save());
        dom::focus_soon(".timeline-composer textarea");
        let on_dropped = Callback::new(move |()| round.update(|round| *round += 1));
        view! {
            <form class="form timeline-composer" novalidate aria-label=note.label() on:submit=move |event| { event.prevent_default(); form.save(); }>
                {restored.then(|| view! { <Restored form on_dropped/> })}
                <FormFields form/>
                <div class="form-foot">
                    <Button label=t!("action.cancel") on_press=move |()| { form.forget_draft(); on_end.run(()); }/>
                    <Button label=t!("action.save") kind=Kind::Primary submit=true busy=form.busy/>
                </div>
            </form>
        }
    };
    Some(form)
}
