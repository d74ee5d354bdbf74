//! The lists that people ask for all day, one press away above the list of a resource, as the domain declares them.

use domain::Filter;
use leptos::prelude::*;

use super::ListState;
use crate::resource::labels;
use crate::t;

/// All records, and what else is asked for all day. What one sees stands in the address like every filter.
#[component]
pub fn Presets(list: ListState) -> impl IntoView {
    let definition = list.definition;
    (!definition.presets.is_empty()).then(|| {
        let all = (t!("preset.all"), Filter::everything());
        let named = definition.presets.iter().map(|preset| (labels::preset(definition, preset), preset.filter()));
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
