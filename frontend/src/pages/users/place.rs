//! Where a person works, and the move elsewhere: an act with a right of its own, because rows are reached by departments.

use domain::Problem;
use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::records::{self, Item};
use crate::resource::{entry, record, touch};
use crate::ui::{Banner, Button, Choice, Combobox, Dialog, Field, Kind, Load, Loaded, Tone, toast};
use crate::{session, t};

#[component]
pub fn Place(id: String) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let person = RwSignal::new(Item::default());
    let open = RwSignal::new(false);
    let id = StoredValue::new(id);
    let read = move || {
        spawn_local(async move {
            match records::find("users", &id.get_value(), &["department".to_owned()]).await {
                Ok(found) => {
                    person.set(found);
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        });
    };
    read();
    let may = session::may("users", Action::Assign) && session::may("departments", Action::Read);
    let department =
        move || person.with(|person| person.document.get("department")?.get("name")?.as_str().map(str::to_owned));
    view! {
        <section class="card">
            <header class="card-head"><h2>{t!("field.department_id")}</h2></header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    <div class="stack">
                        <p>{move || department().unwrap_or_else(|| t!("users.no-department"))}</p>
                        {may.then(|| view! {
                            <div><Button label=t!("users.move") icon="network" writes=true on_press=move |()| open.set(true)/></div>
                        })}
                    </div>
                </Loaded>
            </div>
        </section>
        <Move person open on_done=move |()| read()/>
    }
}

#[component]
fn Move(person: RwSignal<Item>, open: RwSignal<bool>, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    let chosen = RwSignal::new(Vec::<Choice>::new());
    let problem = RwSignal::new(None::<Problem>);
    let nowhere = Signal::derive(move || chosen.with(Vec::is_empty));
    Effect::new(move || {
        if open.get() {
            chosen.set(Vec::new());
            problem.set(None);
        }
    });
    let go = move || {
        let Some(department) = chosen.with_untracked(|chosen| chosen.first().cloned()) else { return };
        let item = person.get_untracked();
        spawn_local(async move {
            match records::move_to("users", &item.id, &item.etag, &department.value).await {
                Ok(_) => {
                    open.set(false);
                    touch("users");
                    toast(t!("users.moved", department = department.text));
                    on_done.run(());
                }
                Err(refused) => problem.set(Some(refused)),
            }
        });
    };
    let why = move || {
        problem.get().map(|problem| {
            let reason = problem.errors.first().map_or(problem.detail, entry::sentence);
            view! { <Banner tone=Tone::Bad>{format!("{} {reason}", problem.title)}</Banner> }
        })
    };
    view! {
        <Dialog open title=t!("users.move") footer=move || view! {
            <Button label=t!("action.cancel") on_press=move |()| open.set(false)/>
            <Button label=t!("users.move") kind=Kind::Primary writes=true disabled=nowhere on_press=move |()| go()/>
        }>
            {why}
            <p class="muted">{t!("users.move-text")}</p>
            <Field label=t!("field.department_id") required=true><Combobox chosen search=entry::searching("departments")/></Field>
        </Dialog>
    }
}
