//! The lists that people ask for all day, one press away above the list of a resource.

use domain::Filter;
use domain::filter::Op;
use leptos::prelude::*;

use super::ListState;
use crate::t;

/// What is offered for a resource: the last part of the message key `preset.<resource>.<word>`, and what it shows.
fn of(resource: &str) -> Vec<(&'static str, Filter)> {
    let mine = || Filter::test("owner_id", Op::Eq, "@me");
    let is = |field: &str, word: &str| Filter::test(field, Op::Eq, word);
    let all = Filter::all;
    match resource {
        "customers" => vec![
            ("mine", mine()),
            ("due", all(vec![mine(), Filter::test("next_contact_on", Op::Lte, "@today")])),
            ("new", is("created_at", "@this_week")),
        ],
        "contacts" => vec![("mine", mine()), ("new", is("created_at", "@this_week"))],
        "contact-records" => vec![("mine", mine()), ("week", is("happened_at", "@this_week"))],
        "opportunities" => vec![
            ("mine", all(vec![mine(), is("status", "open")])),
            ("closing", all(vec![is("status", "open"), is("close_on", "@this_month")])),
            ("late", all(vec![is("status", "open"), Filter::test("close_on", Op::Lt, "@today")])),
            ("won", all(vec![is("status", "won"), is("closed_at", "@this_month")])),
        ],
        "tasks" => vec![
            ("mine", all(vec![mine(), is("status", "open")])),
            ("today", all(vec![mine(), is("status", "open"), is("due_on", "@today")])),
            ("late", all(vec![mine(), is("status", "open"), Filter::test("due_on", Op::Lt, "@today")])),
            ("done", is("status", "done")),
        ],
        _ => Vec::new(),
    }
}

/// All records, and what else is asked for all day. What one sees stands in the address like every filter.
#[component]
pub fn Presets(list: ListState) -> impl IntoView {
    let resource = list.definition.name;
    let offered = of(resource);
    (!offered.is_empty()).then(|| {
        let all = (t!("preset.all"), Filter::everything());
        let named = offered.into_iter().map(|(word, filter)| (t!(&format!("preset.{resource}.{word}")), filter));
        let tabs = [all].into_iter().chain(named).map(|(name, filter)| {
            let shown = filter.clone();
            let here = Memo::new(move |_| list.listing.with(|listing| listing.filter == shown));
            view! {
                <button type="button" class="preset" aria-pressed=move || here.get().to_string()
                    on:click=move |_| list.set_filter(filter.clone())>{name}</button>
            }
        });
        view! { <div class="presets" role="group" aria-label=t!("preset.label")>{tabs.collect_view()}</div> }
    })
}
