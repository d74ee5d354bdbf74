//! What the bell opens: who mentioned one, of what one wanted to be reminded, and the work in the background. Fetched when it is opened.

use domain::listing::Listing;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::jobs::Job;
use crate::api::records::{self, Item};
use crate::resource::record::failed;
use crate::resource::{address, said, touch, touches};
use crate::ui::{Button, Hollow, Icon, Kind, Load, Loaded, Progress, Tag, Tone, toast_error};
use crate::{dom, format, lazy, t, work};

pub const NOTIFICATIONS: &str = "notifications";

/// Draws the drawer that this signal opens and closes.
pub type Draw = fn(RwSignal<bool>) -> AnyView;

#[leptos::wasm_split::wasm_split(palette, wasm_split_path = ::leptos::wasm_split, fallible)]
pub fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|open| {
        let go = Callback::new(move |path: String| {
            open.set(false);
            dom::follow(&path);
        });
        view! { <div class="stack"><Mentions go/><Jobs go/></div> }.into_any()
    })
}

/// The latest notifications. One that was opened is read.
#[component]
fn Mentions(go: Callback<String>) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let items = RwSignal::new(Vec::<Item>::new());
    let read = move || {
        let expand = vec!["about".to_owned(), "comment".to_owned()];
        let listing = Listing { limit: Some(SHOWN), expand, ..Listing::default() };
        spawn_local(async move {
            match records::list(NOTIFICATIONS, &listing, None).await {
                Ok(page) => {
                    items.try_set(page.items);
                    load.try_set(Load::Ready);
                }
                Err(problem) => drop(load.try_set(failed(&problem))),
            }
        });
    };
    let touched = touches(NOTIFICATIONS);
    Effect::new(move || {
        touched.get();
        read();
    });
    let unread = move || items.with(|items| items.iter().filter(|item| is_unread(item)).cloned().collect::<Vec<_>>());
    view! {
        <section class="stack">
            <header class="news-head">
                <h3>{t!("news.title")}</h3>
                {move || (!unread().is_empty()).then(|| view! {
                    <Button label=t!("news.read-all") kind=Kind::Quiet small=true writes=true on_press=move |()| mark(unread())/>
                })}
            </header>
            <Loaded state=load on_retry=move |()| read()>
                <ul class="stack">{move || items.get().into_iter().map(|item| one_mention(item, go)).collect_view()}</ul>
                {move || items.with(Vec::is_empty).then(|| view! { <Hollow text=t!("news.none") icon="at-sign"/> })}
            </Loaded>
        </section>
    }
}

/// So many are shown.
const SHOWN: u16 = 30;

fn is_unread(item: &Item) -> bool {
    item.document.get("read_at").is_none_or(Value::is_null)
}

/// Notes that these were looked at.
fn mark(items: Vec<Item>) {
    spawn_local(async move {
        for item in items {
            let now = records::one("read_at", format::now().into());
            if let Err(problem) = records::update(NOTIFICATIONS, &item.id, &item.etag, &now).await {
                toast_error(format!("{} {}", problem.title, problem.detail));
                break;
            }
        }
        touch(NOTIFICATIONS);
    });
}

fn one_mention(item: Item, go: Callback<String>) -> AnyView {
    let part =
        |member: &str, key: &str| item.document.get(member).and_then(|value| value[key].as_str()).map(str::to_owned);
    let text = |key: &str| item.document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let words = part("comment", "name").map(|words| said::plain(&words)).unwrap_or_default();
    let about = part("about", "name");
    let target = part("about", "resource").zip(part("about", "id")).map(|(resource, id)| {
        let at = part("comment", "id").map(|comment| format!("#comment-{comment}")).unwrap_or_default();
        format!("{}{at}", address::record(&resource, &id))
    });
    let unread = is_unread(&item);
    let reason = text("reason");
    let reminds = matches!(reason.as_str(), "reminder" | "overdue");
    let (icon, who) = match reason.as_str() {
        "reminder" => ("list-todo", t!("news.reminder")),
        "overdue" => ("calendar-clock", t!("news.overdue")),
        "followed" => ("eye", t!("news.followed", who = text("title"))),
        _ => ("at-sign", t!("news.mention", who = text("title"))),
    };
    // Of a reminder the moment counts that was named, and its words are what is to be done.
    let when = format::relative(&text(if reminds { "remind_at" } else { "created_at" }));
    let words = if reminds { about.clone().unwrap_or_default() } else { words };
    let about = about.filter(|_| !reminds).map(|about| format!("{about} · "));
    let gone = target.is_none();
    let open = move |_| {
        if unread {
            mark(vec![item.clone()]);
        }
        if let Some(target) = &target {
            go.run(target.clone());
        }
    };
    view! {
        <li>
            <button type="button" class="news" data-unread=unread.then_some("true") on:click=open>
                <span class="moment-mark"><Icon name=icon/></span>
                <span class="lines grow">
                    <span>{who}{unread.then(|| view! { " "<Tag text=t!("news.unread") tone=Tone::Accent/> })}</span>
                    <span class="news-words">{words}</span>
                    <span class="meta">{if gone { Some(format!("{} · ", t!("news.gone"))) } else { about }}{when}</span>
                </span>
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn Jobs(go: Callback<String>) -> impl IntoView {
    let jobs = work::jobs();
    view! {
        <section class="stack">
            <header class="news-head">
                <h3>{t!("bell.jobs")}</h3>
                <Button label=t!("page.operations") icon="history" kind=Kind::Quiet small=true on_press=move |()| go.run("/operations".to_owned())/>
            </header>
            <ul class="stack">{move || jobs.get().into_iter().map(|job| one_job(job, go)).collect_view()}</ul>
            {move || jobs.with(Vec::is_empty).then(|| view! { <Hollow text=t!("bell.nothing") icon="bell"/> })}
        </section>
    }
}

fn one_job(job: Job, go: Callback<String>) -> AnyView {
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
