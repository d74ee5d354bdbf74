//! Quick create: the few fields that a new record needs, over whatever page one is on.

use std::cell::Cell;

use domain::Definition;
use domain::permission::Action;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::form::{Form, FormFields, Restored};
use super::{address, labels, removal, touch};
use crate::api::records::Item;
use crate::keys::{self, Act};
use crate::ui::{Button, Dialog, Kind, LinkButton};
use crate::{dom, edition, session, t};

/// What is to be created, with what is known already.
#[derive(Clone)]
struct Wish {
    definition: &'static Definition,
    known: Map<String, Value>,
    /// For a note: what is done, and the title of the record that it is about.
    about: Option<(String, String)>,
}

thread_local! {
    static WISH: Cell<Option<RwSignal<Option<Wish>>>> = const { Cell::new(None) };
}

/// Ask for a new record of the resource.
pub fn create(definition: &'static Definition, known: Map<String, Value>) {
    ask(Wish { definition, known, about: None });
}

/// Ask for a note about a record, whose title is told.
pub fn note(definition: &'static Definition, known: Map<String, Value>, label: String, about: String) {
    ask(Wish { definition, known, about: Some((label, about)) });
}

fn ask(wanted: Wish) {
    if let Some(wish) = WISH.get() {
        wish.set(Some(wanted));
    }
}

/// The dialog; once on the page.
#[component]
pub fn QuickCreate(#[prop(into)] path: Signal<String>) -> impl IntoView {
    let wish = RwSignal::new(None::<Wish>);
    WISH.set(Some(wish));
    keys::on_if(Act::Create, move || {
        let here = path.with_untracked(|path| fitting(path));
        here.is_some_and(|definition| {
            create(definition, Map::new());
            true
        })
    });
    let open = RwSignal::new(false);
    let again = StoredValue::new(false);
    let round = RwSignal::new(0_u32);
    Effect::new(move || open.set(wish.with(Option::is_some)));
    let title = Signal::derive(move || match wish.get() {
        Some(Wish { about: Some((label, about)), .. }) => format!("{label}{}{about}", t!("form.colon")),
        Some(Wish { definition, .. }) => t!("form.create", resource = labels::singular(definition.name)),
        None => String::new(),
    });
    let saved = Callback::new(move |item: Item| {
        if let Some(Wish { definition, .. }) = wish.get_untracked() {
            told(definition, &item);
        }
        if again.get_value() {
            return round.update(|round| *round += 1);
        }
        let next = wish.with_untracked(|wish| address::next_after_creation(wish.as_ref()?.definition.name, &item.id));
        wish.set(None);
        if let Some(next) = next {
            dom::follow(&next);
        }
    });
    view! {
        <Dialog open title may_close=move |()| { wish.set(None); true }>
            {move || {
                round.track();
                wish.get_untracked().map(|Wish { definition, known, about }| {
                    let form = Form::quick(definition, known, about.map(|(_, about)| about), saved);
                    if form.is_note() {
                        // One begins to write at once; the dialog would take the first control.
                        request_animation_frame(|| dom::focus_soon("dialog[open] .dialog-body textarea"));
                    }
                    let restored = form.take_draft();
                    form.keep_draft();
                    let save = move |and_again: bool| { again.set_value(and_again); form.save(); };
                    let on_dropped = Callback::new(move |()| round.update(|round| *round += 1));
                    // The link is still needed while it is being followed.
                    let all_fields = move |_| {
                        form.hand_draft_over();
                        request_animation_frame(move || wish.set(None));
                    };
                    keys::on(Act::Submit, move || save(false));
                    view! {
                        <form class="form" novalidate on:submit=move |event| { event.prevent_default(); save(false); }>
                            {restored.then(|| view! { <Restored form on_dropped/> })}
                            <FormFields form/>
                            <div class="form-foot">
                                <span class="lead" on:click=all_fields><LinkButton label=t!("form.all-fields") href=address::create(definition.name) kind=Kind::Link/></span>
                                <Button label=t!("form.save-again") writes=true on_press=move |()| save(true)/>
                                <Button label=t!("action.save") kind=Kind::Primary submit=true busy=form.busy/>
                            </div>
                        </form>
                    }
                })
            }}
        </Dialog>
    }
}

/// Tells of a new record, and those of whom it may have changed something, as of a customer whose next contact was agreed
/// on.
pub fn told(definition: &'static Definition, item: &Item) {
    removal::created(definition, item);
    definition.references().for_each(|(_, to)| touch(to));
}

/// The resource of the page one is on if one may create there, else the first that one may create.
fn fitting(path: &str) -> Option<&'static Definition> {
    let first = path.split('/').find(|part| !part.is_empty()).unwrap_or_default();
    let may = |definition: &&'static Definition| session::may(definition.name, Action::Create);
    untrack(|| edition::find(first).filter(may).or_else(|| edition::catalogue().iter().find(may)))
}
