use leptos::prelude::*;

use super::Form;
use crate::resource::entry::{self, Typed};
use crate::resource::{editor, labels, lines};
use crate::ui::{Banner, Tone};
use crate::{dom, t};

/// Something that is wrong: what it is about, where that can be mended, and what it is.
struct Wrong {
    name: String,
    place: String,
    text: String,
}

/// After a failed save: everything that is wrong, each with a way to its field. Takes the focus.
#[component]
pub fn Summary(form: Form) -> impl IntoView {
    // Fields tell their fault as soon as they are left; the summary waits for an attempt to save.
    let general = move || {
        form.problem.get().map(|problem| match problem.errors.is_empty() {
            false => t!("form.refused"),
            true => format!("{} {}", problem.title, problem.detail),
        })
    };
    move || {
        let (wrong, strange, general) = (wrong(form), strange(form), general());
        if wrong.is_empty() && general.is_none() {
            return ().into_any();
        }
        let links = wrong.into_iter().map(|Wrong { name, place, text }| {
            let href = place.clone();
            view! {
                <li>
                    <a href=href on:click=move |event| { event.prevent_default(); dom::focus(&place); }>{name}</a>
                    {t!("form.colon")}{text}
                </li>
            }
        });
        let links = links.collect_view();
        let strange = strange.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        view! {
            <div class="form-summary" tabindex="-1" role="alert">
                <Banner tone=Tone::Bad>
                    <p>{general.unwrap_or_else(|| t!("form.refused"))}</p>
                    <ul>{links}{strange}</ul>
                </Banner>
            </div>
        }
        .into_any()
    }
}

/// What is wrong in the fields of the form and in the cells of its lines. Tracks every fault.
fn wrong(form: Form) -> Vec<Wrong> {
    let mut all = Vec::new();
    for entry in form.entries.get_value() {
        let (name, place) =
            (labels::field(form.definition, entry.field), format!("#{}", editor::input_id(entry.field.key)));
        all.extend(entry.fault.get().map(|text| Wrong { name, place, text }));
        if let (domain::Kind::Lines(columns), Typed::Lines(typed)) = (entry.field.kind, entry.typed) {
            let cells = typed.with(|typed| lines::faults(columns, typed));
            all.extend(cells.into_iter().map(|(name, place, text)| Wrong { name, place, text }));
        }
    }
    all
}

/// What the server says of members that the form does not ask for.
fn strange(form: Form) -> Vec<String> {
    let faults = form.problem.get().map(|problem| problem.errors).unwrap_or_default();
    form.entries.with_value(|entries| {
        let asks = |key: &str| entries.iter().any(|entry| entry.field.key == key);
        let of_none = faults.iter().filter(|fault| !asks(fault.pointer.split('/').nth(1).unwrap_or_default()));
        of_none.map(|fault| entry::reason(form.definition.name, fault)).collect()
    })
}
