use leptos::prelude::*;

use crate::api::jobs::Job;
use crate::ui::{Button, Dialog, Hollow, Icon, Kind, Progress, Shape, Tag, Tone, Tooltip};
use crate::{dom, format, t, work};

/// What is under way in the background, and what came of the latest work.
#[component]
pub fn Bell() -> impl IntoView {
    let open = RwSignal::new(false);
    let jobs = work::jobs();
    let running = Memo::new(move |_| jobs.with(|jobs| jobs.iter().filter(|job| job.is_under_way()).count()));
    let label = move || match running.get() {
        0 => t!("bell.label"),
        count => t!("bell.running", count = count),
    };
    let go = move |path: String| {
        open.set(false);
        dom::follow(&path);
    };
    view! {
        <Tooltip text=t!("bell.label") side="end">
            <button type="button" class="button bell" data-kind="quiet" data-icon-only="true" aria-label=label on:click=move |_| open.set(true)>
                <Icon name="bell"/>
                {move || (running.get() > 0).then(|| view! { <span class="bell-count" aria-hidden="true">{running.get()}</span> })}
            </button>
        </Tooltip>
        <Dialog open title=t!("bell.label") shape=Shape::Drawer footer=move || view! {
            <Button label=t!("page.operations") icon="history" on_press=move |()| go("/operations".to_owned())/>
        }>
            <ul class="stack">
                {move || jobs.get().into_iter().map(|job| one(job, Callback::new(go))).collect_view()}
            </ul>
            {move || jobs.with(Vec::is_empty).then(|| view! { <Hollow text=t!("bell.nothing") icon="bell"/> })}
        </Dialog>
    }
}

fn one(job: Job, go: Callback<String>) -> AnyView {
    let name = work::name_of(&job);
    if job.is_under_way() {
        let percent = Signal::stored(job.percent());
        return view! {
            <li class="bell-job">
                <div class="grow"><Progress label=name percent/></div>
                <Button label=t!("work.stop") small=true kind=Kind::Quiet on_press=move |()| work::stop(job.id.clone())/>
            </li>
        }
        .into_any();
    }
    let (tone, word) = match job.state.as_str() {
        "succeeded" => (Tone::Ok, t!("work.state.succeeded")),
        "cancelled" => (Tone::Plain, t!("work.state.cancelled")),
        _ => (Tone::Bad, t!("work.state.failed")),
    };
    let download = job.download.is_some().then(|| job.clone());
    let operation = job.operation_id.clone();
    view! {
        <li class="bell-job">
            <span class="lines grow"><span>{name}</span><span class="meta">{format::relative(&job.created_at)}</span></span>
            <Tag text=word tone/>
            {download.map(|job| view! { <Button label=t!("work.download") small=true on_press=move |()| work::download(job.clone())/> })}
            {operation.map(|id| view! {
                <Button label=t!("work.look") small=true kind=Kind::Quiet on_press=move |()| go.run(format!("/operations/{id}"))/>
            })}
        </li>
    }
    .into_any()
}
