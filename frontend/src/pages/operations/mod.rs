//! What was done to many records at once: who, what, how many, and the way back.

mod panel;

use leptos::prelude::*;
use leptos::task::spawn_local;

pub use self::panel::{OperationPanel, tally_tags};
use crate::api::operations::{self, Operation, PAGE};
use crate::resource::{labels, names, record};
use crate::ui::{Button, Crumb, EmptyState, Load, Loaded, Page, SkeletonShape, Tag, Tone};
use crate::{format, lazy, t};

lazy!(transfer, page, |_| view! { <Operations/> }.into_any());
lazy!(transfer, one, |mut params| view! { <OperationPage id=params.remove(0)/> }.into_any());

/// All operations one may see, newest first.
#[component]
fn Operations() -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let list = RwSignal::new(Vec::<Operation>::new());
    let more = RwSignal::new(false);
    let read = move |before: Option<String>| {
        spawn_local(async move {
            match operations::list(before.as_deref()).await {
                Ok(found) => {
                    more.set(found.len() == PAGE);
                    list.update(|list| {
                        if before.is_none() {
                            list.clear();
                        }
                        list.extend(found);
                    });
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(record::failed(&problem)),
            }
        });
    };
    read(None);
    let last = move || list.with_untracked(|list| list.last().map(|operation| operation.id.clone()));
    view! {
        <Page title=t!("page.operations") note=t!("operations.note")>
            <Loaded state=load shape=SkeletonShape::Table on_retry=move |()| { load.set(Load::Waiting); read(None); }>
                {move || if list.with(Vec::is_empty) {
                    view! { <EmptyState title=t!("operations.none") text=t!("operations.none-text") icon="history"/> }.into_any()
                } else {
                    view! { <ul class="card">{move || list.get().into_iter().map(line).collect_view()}</ul> }.into_any()
                }}
                {move || more.get().then(|| view! { <Button label=t!("history.more") on_press=move |()| read(last())/> })}
            </Loaded>
        </Page>
    }
}

/// One operation.
#[component]
fn OperationPage(id: String) -> impl IntoView {
    let seen = RwSignal::new(None::<Operation>);
    let title = Signal::derive(move || seen.with(|seen| seen.as_ref().map_or_else(|| t!("page.operations"), name_of)));
    view! {
        <Page title crumbs=vec![Crumb::new(t!("page.operations"), "/operations")]>
            <OperationPanel id seen/>
        </Page>
    }
}

/// What was done, in words: 导入客户.
fn name_of(operation: &Operation) -> String {
    let name = t!(&format!("operation.{}", operation.kind), resource = labels::plural(&operation.resource));
    if operation.dry_run { t!("operation.rehearsal", name = name) } else { name }
}

fn line(operation: Operation) -> AnyView {
    let who = operation.user_id.as_deref().map(|id| names::name_of("users", id));
    view! {
        <li class="card-row">
            <a class="lines grow" href=format!("/operations/{}", operation.id)>
                <span class="card-title">{name_of(&operation)}</span>
                <span class="meta">
                    {move || who.as_ref().map(|who| format!("{} · ", who.get()))}
                    <time datetime=operation.created_at.clone() title=format::date_time(&operation.created_at)>{format::relative(&operation.created_at)}</time>
                </span>
            </a>
            {state_tag(&operation)}
            {tally_tags(&operation.tally)}
        </li>
    }
    .into_any()
}

fn state_tag(operation: &Operation) -> Option<AnyView> {
    let (word, tone) = match operation.state.as_str() {
        "running" => (t!("operation.state.running"), Tone::Info),
        "failed" => (t!("operation.state.failed"), Tone::Bad),
        "undone" => (t!("operation.state.undone"), Tone::Plain),
        _ => return None,
    };
    Some(view! { <Tag text=word tone/> }.into_any())
}
