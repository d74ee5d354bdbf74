use std::collections::HashMap;

use domain::{Definition, Field};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use serde_json::Value;

use super::{Form, FormFields};
use crate::api::records::{self, Item};
use crate::keys::{self, Act};
use crate::resource::guard::UnsavedGuard;
use crate::resource::{address, cells, labels};
use crate::ui::{Banner, Button, Crumb, Kind, LinkButton, Load, Loaded, Page, Tone, toast};
use crate::{dom, t};

/// The page that makes a record, or edits the one with this id.
#[component]
pub fn FormPage(definition: &'static Definition, id: Option<String>) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let item = RwSignal::new(Item::default());
    let id = StoredValue::new(id);
    let given = use_location().search.with_untracked(|search| prefilled(definition, search));
    let read = move || match id.get_value() {
        None => {
            item.set(Item {
                document: given.clone().into_iter().map(|(key, value)| (key, Value::String(value))).collect(),
                ..Item::default()
            });
            load.set(Load::Ready);
        }
        Some(id) => spawn_local(async move {
            match records::find(definition.name, &id, &expansions(definition)).await {
                Ok(found) => {
                    item.set(found);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(crate::resource::record::failed(&problem)),
            }
        }),
    };
    read();
    let round = RwSignal::new(0_u32);
    let title = Signal::derive(move || match item.with(|item| name_of(definition, item)) {
        Some(name) if id.with_value(Option::is_some) => t!("form.edit", name = name),
        _ => t!("form.create", resource = labels::singular(definition.name)),
    });
    view! {
        <Page title crumbs=vec![Crumb::new(labels::plural(definition.name), address::list(definition.name))]>
            <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(); }>
                {move || {
                    round.track();
                    view! { <FormBody definition item=item.get_untracked() on_dropped=move |()| round.update(|round| *round += 1)/> }
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn FormBody(
    definition: &'static Definition,
    item: Item,
    /// The draft is not wanted; the form begins anew.
    #[prop(into)]
    on_dropped: Callback<()>,
) -> impl IntoView {
    let stay = StoredValue::new(false);
    let clean = RwSignal::new(false);
    let is_new = item.id.is_empty();
    let saved = Callback::new(move |item: Item| {
        toast(t!("form.saved"));
        if !stay.get_value() {
            clean.set(true);
            let next = is_new.then(|| address::next_after_creation(definition.name, &item.id)).flatten();
            dom::follow(&next.unwrap_or_else(|| address::record(definition.name, &item.id)));
        }
    });
    let form = Form::new(definition, item, saved);
    // What a new record begins with is nobody's work yet.
    let blank = StoredValue::new(untrack(|| form.changes()));
    let restored = form.take_draft();
    form.keep_draft();
    let save = move |and_stay: bool| {
        stay.set_value(and_stay);
        form.save();
    };
    keys::on(Act::Submit, move || save(false));
    keys::on(Act::SaveStay, move || save(true));
    let dirty = Memo::new(move |_| !clean.get() && blank.with_value(|blank| form.changes() != *blank));
    let back = if form.is_new() {
        address::list(definition.name)
    } else {
        form.item.with_value(|item| address::record(definition.name, &item.id))
    };
    view! {
        <UnsavedGuard dirty on_discard=move |()| form.forget_draft()/>
        <form class="form" novalidate on:submit=move |event| { event.prevent_default(); save(false); }>
            {restored.then(|| view! { <Restored form on_dropped/> })}
            <FormFields form/>
            <div class="form-foot">
                <Button label=t!("action.save") kind=Kind::Primary submit=true busy=form.busy/>
                <LinkButton label=t!("action.cancel") href=back/>
            </div>
        </form>
    }
}

/// Tells that a draft was taken up again, and lets one begin without it.
#[component]
pub fn Restored(form: Form, on_dropped: Callback<()>) -> impl IntoView {
    let drop_draft = move |()| {
        form.forget_draft();
        on_dropped.run(());
    };
    view! {
        <Banner tone=Tone::Info>
            <span>{t!("form.draft-restored")}</span>
            " "
            <Button label=t!("form.draft-drop") kind=Kind::Link on_press=drop_draft/>
        </Banner>
    }
}

/// The references to embed so that the form can name what its fields refer to.
pub fn expansions(definition: &Definition) -> Vec<String> {
    let named = |field: &&Field| field.kind.referred().is_some() || matches!(field.kind, domain::Kind::Lines(_));
    let references = definition.all_fields().filter(named);
    let link = definition.link.map(|link| link.member().to_owned());
    link.into_iter().chain(references.map(cells::expansion)).collect()
}

pub fn name_of(definition: &Definition, item: &Item) -> Option<String> {
    item.document.get(definition.title).and_then(Value::as_str).map(str::to_owned)
}

/// Members given in the address, as `?customer_id=...` by a related list.
fn prefilled(definition: &Definition, search: &str) -> HashMap<String, String> {
    let params = web_sys::UrlSearchParams::new_with_str(search).ok();
    let fields = definition.own_fields();
    fields.filter_map(|field| Some((field.key.to_owned(), params.as_ref()?.get(field.key)?))).collect()
}
