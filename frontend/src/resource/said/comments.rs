//! The comments of a record, newest first, under the place where one writes them.

use domain::Definition;
use domain::filter::{Filter, Op};
use domain::listing::{Count, Listing, Sort};
use domain::permission::Action;
use domain::platform::comments::{Stretch, stretches};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::composer::Composer;
use super::words::Words;
use crate::api::records::{self, Item, Page};
use crate::asking::Asking;
use crate::resource::record::failed;
use crate::resource::{touch, touches};
use crate::ui::{Avatar, Button, Hollow, IconButton, Load, Loaded, toast_error, toast_undo};
use crate::{dom, format, session, t};

const COMMENTS: &str = "comments";
/// So many at first, and more each time.
const SHOWN: u16 = 10;

#[derive(Clone, Copy)]
struct State {
    about: &'static Definition,
    id: StoredValue<String>,
    load: RwSignal<Load>,
    page: RwSignal<Page>,
    limit: RwSignal<u16>,
    /// The one that is being written anew.
    editing: RwSignal<Option<String>>,
}

#[component]
pub fn Comments(definition: &'static Definition, id: String) -> impl IntoView {
    let state = State {
        about: definition,
        id: StoredValue::new(id),
        load: RwSignal::new(Load::Waiting),
        page: RwSignal::new(Page::default()),
        limit: RwSignal::new(SHOWN),
        editing: RwSignal::new(None),
    };
    let touched = touches(COMMENTS);
    Effect::new(move || {
        touched.get();
        state.limit.track();
        state.read();
    });
    let count = move || state.page.with(|page| page.info.total).map(|total| total.to_string()).unwrap_or_default();
    view! {
        <section class="card" id="comments">
            <header class="card-head"><h2>{t!("comment.title")}" "<span class="meta">{count}</span></h2></header>
            <div class="card-body stack">
                {session::may(COMMENTS, Action::Create).then(|| state.writing())}
                <Loaded state=state.load on_retry=move |()| state.read()>
                    <ol class="comments">
                        <For each=move || state.page.get().items key=|item| (item.id.clone(), item.etag.clone()) let:item>
                            {state.one(item)}
                        </For>
                    </ol>
                    {move || state.page.with(|page| page.items.is_empty()).then(|| view! { <Hollow text=t!("comment.none")/> })}
                    {move || state.page.with(|page| page.info.has_more).then(|| view! {
                        <Button label=t!("comment.more") small=true on_press=move |()| state.limit.update(|limit| *limit = (*limit * 3).min(500))/>
                    })}
                </Loaded>
            </div>
        </section>
    }
}

impl State {
    fn read(self) {
        let filter = Filter::all(vec![
            Filter::test("about_type", Op::Eq, self.about.name),
            Filter::test("about_id", Op::Eq, self.id.get_value()),
        ]);
        let listing = Listing {
            filter,
            sort: vec![Sort { field: "created_at".to_owned(), descending: true }],
            limit: Some(self.limit.get_untracked()),
            count: Count::Exact,
            expand: vec!["created_by".to_owned()],
            ..Listing::default()
        };
        spawn_local(async move {
            match records::list(COMMENTS, &listing, None).await {
                Ok(found) => {
                    // Whoever asked may have gone on to another page.
                    let first = self.load.try_with_untracked(|load| matches!(load, Load::Waiting)) == Some(true);
                    self.page.try_set(found);
                    self.load.try_set(Load::Ready);
                    if first {
                        to_the_one_in_the_address();
                    }
                }
                Err(problem) => drop(self.load.try_set(failed(&problem))),
            }
        });
    }

    /// Where a new one is written. What is typed is kept until it is sent.
    fn writing(self) -> AnyView {
        let draft = self.id.with_value(|id| format!("draft.comments.{}.{id}", self.about.name));
        let kept = dom::recall(&draft).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let words: RwSignal<Words> = RwSignal::new(kept);
        let draft = StoredValue::new(draft);
        Effect::new(move || {
            words.with(|words| match words.text.trim().is_empty() {
                true => draft.with_value(|name| dom::forget(name)),
                false => {
                    let text = serde_json::to_string(words).unwrap_or_default();
                    draft.with_value(|name| dom::remember(name, &text));
                }
            });
        });
        let asking = Asking::new();
        let send = move || {
            let mut body = records::one("text", words.with_untracked(Words::sent).into());
            body.insert("about_type".to_owned(), self.about.name.into());
            body.insert("about_id".to_owned(), self.id.get_value().into());
            asking.send(async move { records::create(COMMENTS, &body).await }, move |_| {
                words.set(Words::default());
                asking.busy.set(false);
                touch(COMMENTS);
            });
        };
        view! {
            <div>
                <Composer words label=t!("comment.write") send=t!("comment.send") busy=asking.busy on_send=move |()| send()/>
                {refused(asking)}
            </div>
        }
        .into_any()
    }

    fn one(self, item: Item) -> AnyView {
        let own = item.id.clone();
        let place = format!("comment-{own}");
        let item = StoredValue::new(item);
        view! {
            <li class="comment" id=place tabindex="-1">
                {move || match self.editing.with(|editing| editing.as_deref() == Some(own.as_str())) {
                    true => self.rewriting(item.get_value()),
                    false => self.shown(item.get_value()),
                }}
            </li>
        }
        .into_any()
    }

    fn shown(self, item: Item) -> AnyView {
        let text = |key: &str| text_of(&item.document, key);
        let who = item.document.get("created_by_ref").and_then(|named| named["name"].as_str().map(str::to_owned));
        let who = who.unwrap_or_else(|| t!("value.hidden"));
        let (at, changed) = (text("created_at"), text("updated_at"));
        let mine = session::session().me.with_untracked(|me| me.id == text("created_by"));
        let may_delete = mine || session::may(self.about.name, Action::Delete);
        let (id, doomed) = (item.id.clone(), item.clone());
        view! {
            <div class="comment-head">
                <Avatar name=who.clone()/>
                <span class="lines grow">
                    <strong>{who}</strong>
                    <span class="meta">
                        <time datetime=at.clone() title=format::date_time(&at)>{format::relative(&at)}</time>
                        {(changed != at).then(|| format!(" · {}", t!("comment.edited")))}
                    </span>
                </span>
                {mine.then(|| view! { <IconButton label=t!("comment.edit") icon="pencil" small=true side="end" on_press=move |()| self.editing.set(Some(id.clone()))/> })}
                {may_delete.then(|| view! { <IconButton label=t!("comment.delete") icon="trash-2" small=true side="end" on_press=move |()| delete(doomed.clone())/> })}
            </div>
            <p class="comment-text">{stretches(&text("text")).into_iter().map(stretch).collect_view()}</p>
        }
        .into_any()
    }

    fn rewriting(self, item: Item) -> AnyView {
        let words = RwSignal::new(Words::of(&text_of(&item.document, "text")));
        let asking = Asking::new();
        let save = move || {
            let (item, patch) = (item.clone(), records::one("text", words.with_untracked(Words::sent).into()));
            asking.send(async move { records::update(COMMENTS, &item.id, &item.etag, &patch).await }, move |_| {
                self.editing.set(None);
                touch(COMMENTS);
            });
        };
        view! {
            <Composer
                words
                label=t!("comment.edit")
                send=t!("action.save")
                busy=asking.busy
                on_send=move |()| save()
                on_cancel=move |()| self.editing.set(None)
            />
            {refused(asking)}
        }
        .into_any()
    }
}

fn text_of(document: &Map<String, Value>, key: &str) -> String {
    document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn refused(asking: Asking) -> impl IntoView {
    let fault = asking.fault("text");
    view! {
        {move || fault.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> })}
        {asking.banner()}
    }
}

fn stretch(stretch: Stretch<'_>) -> AnyView {
    match stretch {
        Stretch::Words(words) => words.to_owned().into_any(),
        Stretch::Mention { name, .. } => view! { <span class="mention">"@"{name.to_owned()}</span> }.into_any(),
    }
}

/// At once, with the way back.
fn delete(item: Item) {
    spawn_local(async move {
        match records::delete(COMMENTS, &item.id, &item.etag).await {
            Ok(()) => {
                touch(COMMENTS);
                let id = item.id.clone();
                toast_undo(t!("comment.deleted"), move || restore(id.clone()));
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

fn restore(id: String) {
    spawn_local(async move {
        match records::restore(COMMENTS, &id).await {
            Ok(_) => touch(COMMENTS),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

/// Whoever comes from a notification sees what it is about.
fn to_the_one_in_the_address() {
    let hash = window().location().hash().unwrap_or_default();
    if hash.starts_with("#comment-") {
        dom::focus_soon(hash);
    }
}
