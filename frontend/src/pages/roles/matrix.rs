use std::sync::Arc;

use domain::Problem;
use domain::catalogue::{self, Grantable};
use domain::permission::{Action, Right, Scope};
use domain::viewer::RoleRights;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::fields::FieldRights;
use super::state::Draft;
use crate::api::{records, rights};
use crate::resource::form::name_of;
use crate::resource::guard::UnsavedGuard;
use crate::resource::{address, labels, record};
use crate::ui::{Banner, Button, Crumb, Field, Kind, Load, Loaded, Matrix, Page, SelectInput, Tone, toast};
use crate::{edition, session, t};

/// What a role gives: for each resource and action the rows it reaches, then the fields that differ.
#[component]
pub fn RightsPage(id: String) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let name = RwSignal::new(String::new());
    let found = RwSignal::new(None::<(RoleRights, String)>);
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            let Some(definition) = edition::find("roles") else { return };
            if let Ok(item) = records::find("roles", &id.get_value(), &[]).await {
                name.set(name_of(definition, &item).unwrap_or_default());
            }
            match rights::of_role(&id.get_value()).await {
                Ok(rights) => {
                    found.set(Some(rights));
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        })
    };
    read();
    let crumbs = vec![
        Crumb::new(labels::plural("roles"), address::list("roles")),
        Crumb::new(t!("rights.record"), address::record("roles", &id.get_value())),
    ];
    view! {
        <Page title=Signal::derive(move || t!("rights.of", name = name.get())) crumbs note=t!("rights.text")>
            <Loaded state=load on_retry=move |()| read()>
                {move || found.get().map(|(rights, etag)| view! { <Rights id=id.get_value() rights etag/> })}
            </Loaded>
        </Page>
    }
}

#[component]
fn Rights(id: String, rights: RoleRights, etag: String) -> impl IntoView {
    let draft = Draft::of(&rights);
    let kept = RwSignal::new(untrack(|| draft.rights()));
    let etag = StoredValue::new(etag);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<Problem>);
    let dirty = Memo::new(move |_| draft.rights() != kept.get());
    let may = session::may("roles", Action::Update);
    let id = StoredValue::new(id);
    let save = move || {
        let wanted = untrack(|| draft.rights());
        busy.set(true);
        problem.set(None);
        spawn_local(async move {
            match rights::set_of_role(&id.get_value(), &etag.get_value(), &wanted).await {
                Ok(fresh) => {
                    etag.set_value(fresh);
                    kept.set(wanted);
                    toast(t!("form.saved"));
                }
                Err(refused) => problem.set(Some(refused)),
            }
            busy.set(false);
        });
    };
    let personal =
        Right::WORDS.iter().map(|word| ((*word).to_owned(), t!(&format!("right.{word}")))).collect::<Vec<_>>();
    view! {
        <UnsavedGuard dirty on_discard=|()| {}/>
        {move || problem.get().map(|problem| view! { <Banner tone=Tone::Bad>{format!("{} {}", problem.title, problem.detail)}</Banner> })}
        {grants(draft)}
        <div class="form-grid">
            <Field label=t!("rights.personal") hint=t!("rights.personal-hint")>
                <SelectInput value=draft.personal options=Signal::stored(personal)/>
            </Field>
        </div>
        <FieldRights draft/>
        {may.then(|| view! {
            <div class="form-foot">
                <Button label=t!("action.save") kind=Kind::Primary busy writes=true disabled=Signal::derive(move || !dirty.get()) on_press=move |()| save()/>
            </div>
        })}
    }
}

/// What is granted down, actions across, in each cell the rows that are reached. Where an action means nothing there is
/// nothing to choose.
fn grants(draft: Draft) -> AnyView {
    let actions: Vec<Action> = Action::WORDS.iter().filter_map(|word| Action::from_word(word)).collect();
    let columns = actions.iter().map(|action| t!(&format!("action.{}", action.word()))).collect();
    let granted: Vec<Grantable> = catalogue::grantable().collect();
    let rows = granted.iter().map(|granted| labels::plural(granted.name)).collect();
    let cell = Arc::new(move |row: usize, column: usize| {
        let (granted, action) = (&granted[row], actions[column]);
        let Some(value) = draft.grant(granted.name, action) else { return ().into_any() };
        let label = format!("{} {}", labels::plural(granted.name), t!(&format!("action.{}", action.word())));
        let word = |scope: &Scope| (scope.word().to_owned(), t!(&format!("scope.{}", scope.word())));
        let options = Signal::stored(granted.scopes.iter().map(word).collect::<Vec<_>>());
        view! { <SelectInput value options label empty=t!("rights.none")/> }.into_any()
    });
    view! { <Matrix caption=t!("rights.title") corner=t!("rights.resource") columns rows cell/> }.into_any()
}
