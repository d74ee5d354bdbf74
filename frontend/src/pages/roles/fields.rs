use domain::Definition;
use domain::permission::Governed;
use domain::permission::Right;
use leptos::prelude::*;

use super::state::Draft;
use crate::edition;
use crate::resource::labels;
use crate::t;
use crate::ui::{Field, SelectInput, Tab, TabPanel, Tabs};

/// Rights to single fields, where they differ from the rule; one tab a resource.
#[component]
pub fn FieldRights(draft: Draft) -> impl IntoView {
    let chosen =
        RwSignal::new(edition::catalogue().iter().next().map(|resource| resource.name.to_owned()).unwrap_or_default());
    let governed = edition::catalogue().iter().filter(|resource| resource.governed == Governed::ByRoles);
    let tabs = governed.map(|resource| Tab::new(resource.name, labels::plural(resource.name))).collect();
    view! {
        <section class="stack">
            <h2>{t!("rights.fields")}</h2>
            <p class="muted">{t!("rights.fields-text")}</p>
            <Tabs tabs chosen on_choose=move |key| chosen.set(key) label=t!("rights.fields")/>
            {move || edition::find(&chosen.get()).map(|definition| view! {
                <TabPanel key=definition.name>{fields(draft, definition)}</TabPanel>
            })}
        </section>
    }
}

fn fields(draft: Draft, definition: &'static Definition) -> AnyView {
    let rights: Vec<(String, String)> =
        Right::WORDS.iter().map(|word| ((*word).to_owned(), t!(&format!("right.{word}")))).collect();
    let controls = definition.governed_fields().filter_map(|field| {
        let value = draft.field(definition.name, field.key)?;
        let options = Signal::stored(rights.clone());
        let usual = if field.personal { t!("rights.as-personal") } else { t!("rights.as-rule") };
        Some(view! {
            <Field label=labels::field(definition, field)>
                <SelectInput value options empty=usual/>
            </Field>
        })
    });
    view! { <div class="grid-cards">{controls.collect_view()}</div> }.into_any()
}
