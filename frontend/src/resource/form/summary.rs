use leptos::prelude::*;

use super::Form;
use crate::resource::{editor, labels};
use crate::ui::{Banner, Tone};
use crate::{dom, t};

/// After a failed save: everything that is wrong, each with a way to its field. Takes the focus.
#[component]
pub fn Summary(form: Form) -> impl IntoView {
    let faults = move || {
        form.entries.with_value(|entries| {
            let wrong = entries.iter().filter_map(|entry| entry.fault.get().map(|text| (entry.field, text)));
            wrong.collect::<Vec<_>>()
        })
    };
    // Fields tell their fault as soon as they are left; the summary waits for an attempt to save.
    let general = move || {
        form.problem.get().map(|problem| {
            let known = problem
                .errors
                .iter()
                .any(|fault| form.definition.field(fault.pointer.trim_start_matches('/')).is_some());
            if known { t!("form.refused") } else { format!("{} {}", problem.title, problem.detail) }
        })
    };
    move || {
        let (faults, general) = (faults(), general());
        if faults.is_empty() && general.is_none() {
            return ().into_any();
        }
        let links = faults
            .into_iter()
            .map(|(field, text)| {
                let id = editor::input_id(field.key);
                let href = format!("#{id}");
                view! {
                    <li>
                        <a href=href on:click=move |event| { event.prevent_default(); dom::focus(&format!("#{id}")); }>
                            {labels::field(form.definition, field)}
                        </a>
                        {t!("form.colon")}{text}
                    </li>
                }
            })
            .collect_view();
        view! {
            <div class="form-summary" tabindex="-1" role="alert">
                <Banner tone=Tone::Bad>
                    <p>{general.unwrap_or_else(|| t!("form.refused"))}</p>
                    <ul>{links}</ul>
                </Banner>
            </div>
        }
        .into_any()
    }
}
