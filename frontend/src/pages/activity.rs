//! The stream: what happened lately to all that one sees, of everybody or of one department. The address says which.

use domain::permission::Action;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::api::records::{self, Happened};
use crate::resource::stream::Stream;
use crate::resource::{address, entry, labels, names};
use crate::ui::{Choice, Combobox, Field, Hollow, Loaded, Moment, Page, Timeline, Tone};
use crate::{edition, lazy, session, t};

lazy!(activity, page, |_| view! { <Activity/> }.into_any());

const DEPARTMENT: &str = "department_id";

#[component]
fn Activity() -> impl IntoView {
    let search = use_location().search;
    let department = Memo::new(move |_| search.with(|search| asked(search)));
    let stream = Stream::of(move |before, limit| async move {
        records::activity(department.get_untracked().as_deref(), before.as_deref(), limit).await
    });
    Effect::new(move || {
        department.track();
        department.get();
        stream.read(true);
    });
    let items = stream.items;
    view! {
        <Page title=t!("page.activity") note=t!("activity.what")>
            <section class="card">
                <div class="card-body stack">
                    {session::may("departments", Action::Read).then(|| view! { <Departments department/> })}
                    <Loaded state=stream.load on_retry=move |()| stream.retry()>
                        {move || view! { <Timeline moments=items.with(|items| items.iter().map(moment).collect())/> }}
                        {move || items.with(Vec::is_empty).then(|| view! { <Hollow text=t!("activity.none") icon="history"/> })}
                        {stream.end()}
                    </Loaded>
                </div>
            </section>
        </Page>
    }
}

/// Of which department the stream tells; of all where none is chosen.
#[component]
fn Departments(department: Memo<Option<String>>) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let go = StoredValue::new_local(use_navigate());
    Effect::new(move || {
        let named = department.get().map(|id| {
            let text = names::name_of("departments", &id).get();
            Choice { value: id, text, ..Choice::default() }
        });
        chosen.set(named.into_iter().collect());
    });
    Effect::watch(
        move || chosen.with(|chosen| chosen.first().map(|choice| choice.value.clone())),
        move |id, _, _| {
            if *id != department.get_untracked() {
                let path = id.as_ref().map_or("/activity".to_owned(), |id| format!("/activity?{DEPARTMENT}={id}"));
                go.with_value(|go| go(&path, NavigateOptions { scroll: false, ..NavigateOptions::default() }));
            }
        },
        false,
    );
    view! {
        <div class="activity-of">
            <Field label=t!("activity.department")><Combobox chosen search=entry::searching("departments")/></Field>
        </div>
    }
}

fn asked(search: &str) -> Option<String> {
    address::pairs(search).into_iter().find(|(key, _)| key == DEPARTMENT).map(|(_, id)| id)
}

fn moment(happened: &Happened) -> Moment {
    let changed = edition::find(&happened.resource).map(|of| {
        let names = happened.fields.iter().filter_map(|key| of.field(key)).map(|field| labels::field(of, field));
        names.collect::<Vec<_>>().join(t!("list.comma").as_str())
    });
    let (icon, tone) = match happened.operation.as_str() {
        "create" => ("plus", Tone::Ok),
        "restore" => ("undo-2", Tone::Accent),
        _ => ("pencil", Tone::Plain),
    };
    Moment {
        icon,
        tone,
        who: happened.actor_name.clone().unwrap_or_else(|| t!("history.system")),
        what: format!("{} · {}", t!(&format!("history.{}", happened.operation)), labels::singular(&happened.resource)),
        at: happened.at.clone(),
        changes: Vec::new(),
        text: changed.unwrap_or_default(),
        way: None,
        link: Some((address::record(&happened.resource, &happened.record_id), happened.title.clone())),
    }
}
