//! The files of a record: chosen, dropped on the page, pasted or photographed; pictures are shown.

use domain::Definition;
use domain::filter::{Filter, Op};
use domain::listing::{Count, Listing, Sort};
use domain::permission::Action;
use domain::platform::attachments::{LARGEST, is_picture};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::attachments;
use crate::api::records::{self, Item, Page};
use crate::resource::record::failed;
use crate::resource::{touch, touches};
use crate::ui::{Button, Dialog, Hollow, Icon, IconButton, Load, Loaded, Shape, toast, toast_error, toast_undo};
use crate::{dom, format, session, t};

const ATTACHMENTS: &str = "attachments";
/// The field of a record that names the picture by which it is known.
const IMAGE: &str = "image_id";
/// So many are shown; a record with more is a rare one.
const SHOWN: u16 = 100;
/// Pictures up to this size are shown small without being asked for.
const SMALL: u64 = 5 << 20;

#[derive(Clone, Copy)]
struct State {
    about: &'static Definition,
    id: StoredValue<String>,
    load: RwSignal<Load>,
    page: RwSignal<Page>,
    /// The names of those on their way, in the order in which they go.
    sending: RwSignal<Vec<String>>,
    /// Whether a file is held over the page.
    over: RwSignal<bool>,
    /// The picture that is looked at.
    shown: RwSignal<Option<Item>>,
    looking: RwSignal<bool>,
}

#[component]
pub fn Files(definition: &'static Definition, id: String) -> impl IntoView {
    let state = State {
        about: definition,
        id: StoredValue::new(id),
        load: RwSignal::new(Load::Waiting),
        page: RwSignal::new(Page::default()),
        sending: RwSignal::new(Vec::new()),
        over: RwSignal::new(false),
        shown: RwSignal::new(None),
        looking: RwSignal::new(false),
    };
    let touched = touches(ATTACHMENTS);
    Effect::new(move || {
        touched.get();
        state.read();
    });
    let may = session::may(definition.name, Action::Update);
    if may {
        state.listen();
    }
    let count = move || state.page.with(|page| page.info.total).map(|total| total.to_string()).unwrap_or_default();
    view! {
        <section class="card" id="attachments" data-over=move || state.over.get().then_some("true")>
            <header class="card-head"><h2>{t!("attach.title")}" "<span class="meta">{count}</span></h2></header>
            <div class="card-body stack">
                {may.then(|| state.ways_in())}
                <ul class="files" aria-live="polite">
                    {move || state.sending.get().into_iter().map(|name| view! {
                        <li class="file"><span class="spinner" aria-hidden="true"></span><span class="ellipsis">{t!("attach.sending", name = name)}</span></li>
                    }).collect_view()}
                </ul>
                <Loaded state=state.load on_retry=move |()| state.read()>
                    <ul class="files">
                        <For each=move || state.page.get().items key=|item| (item.id.clone(), item.etag.clone()) let:item>
                            {state.one(item, may)}
                        </For>
                    </ul>
                    {move || state.page.with(|page| page.items.is_empty()).then(|| view! { <Hollow text=t!("attach.none")/> })}
                </Loaded>
            </div>
            {state.preview()}
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
            limit: Some(SHOWN),
            count: Count::Exact,
            ..Listing::default()
        };
        spawn_local(async move {
            match records::list(ATTACHMENTS, &listing, None).await {
                Ok(found) => {
                    self.page.try_set(found);
                    self.load.try_set(Load::Ready);
                }
                Err(problem) => drop(self.load.try_set(failed(&problem))),
            }
        });
    }

    /// Files that are dropped anywhere on the page, or pasted, belong to the record that it shows.
    fn listen(self) {
        let holds_files = |event: &web_sys::DragEvent| {
            event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
        };
        let over = window_event_listener(leptos::ev::dragover, move |event| {
            if holds_files(&event) {
                event.prevent_default();
                self.over.try_set(true);
            }
        });
        let out = window_event_listener(leptos::ev::dragleave, move |event| {
            // Between two elements of the page there is somebody to go to.
            if event.related_target().is_none() {
                self.over.try_set(false);
            }
        });
        let drop = window_event_listener(leptos::ev::drop, move |event| {
            if holds_files(&event) {
                event.prevent_default();
                self.over.try_set(false);
                self.take(event.data_transfer().and_then(|data| data.files()));
            }
        });
        let paste = window_event_listener(leptos::ev::paste, move |event| {
            let files = event.clipboard_data().and_then(|data| data.files()).filter(|files| files.length() > 0);
            if files.is_some() {
                event.prevent_default();
                self.take(files);
            }
        });
        on_cleanup(move || {
            over.remove();
            out.remove();
            drop.remove();
            paste.remove();
        });
    }

    fn ways_in(self) -> impl IntoView {
        let (picker, camera) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
        let press = |input: NodeRef<html::Input>| {
            if let Some(input) = input.get_untracked() {
                input.click();
            }
        };
        let taken = move |input: NodeRef<html::Input>| {
            if let Some(input) = input.get_untracked() {
                self.take(input.files());
                // The same file can be chosen once more.
                input.set_value("");
            }
        };
        view! {
            <div class="composer-foot">
                <Button label=t!("attach.pick") icon="paperclip" small=true writes=true on_press=move |()| press(picker)/>
                <span class="phone-only">
                    <Button label=t!("attach.photo") small=true writes=true on_press=move |()| press(camera)/>
                </span>
                <span class="meta grow">{t!("attach.hint", max = format!("{} MB", LARGEST >> 20))}</span>
            </div>
            <input
                class="sr-only" type="file" multiple=true tabindex="-1" aria-label=t!("attach.pick") node_ref=picker
                on:change=move |_| taken(picker)
            />
            <input
                class="sr-only" type="file" accept="image/*" capture="environment" tabindex="-1" aria-label=t!("attach.photo")
                node_ref=camera on:change=move |_| taken(camera)
            />
        }
    }

    /// One after the other: each fails or comes by itself.
    fn take(self, files: Option<web_sys::FileList>) {
        let Some(files) = files else { return };
        let files: Vec<web_sys::File> = (0..files.length()).filter_map(|at| files.get(at)).collect();
        let (fitting, large): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| file.size() <= LARGEST as f64);
        for file in large {
            toast_error(t!("attach.too-large", name = file.name(), max = format!("{} MB", LARGEST >> 20)));
        }
        self.sending.update(|sending| sending.extend(fitting.iter().map(web_sys::File::name)));
        spawn_local(async move {
            for file in fitting {
                let name = file.name();
                let id = self.id.try_get_value().unwrap_or_default();
                if let Err(problem) = attachments::attach(self.about.name, &id, file).await {
                    let why = problem.errors.first().map(|fault| fault.detail.clone()).filter(|why| !why.is_empty());
                    toast_error(t!("attach.failed", name = name, why = why.unwrap_or(problem.detail)));
                }
                self.sending
                    .try_update(|sending| sending.iter().position(|known| *known == name).map(|at| sending.remove(at)));
                touch(ATTACHMENTS);
            }
        });
    }

    fn one(self, item: Item, may: bool) -> AnyView {
        let name = text_of(&item, "name");
        let size = item.document.get("size").and_then(Value::as_u64).unwrap_or_default();
        let picture = is_picture(&text_of(&item, "media_type"));
        let (looked_at, saved, doomed) = (item.clone(), item.clone(), item.clone());
        let (title, at) = (name.clone(), text_of(&item, "created_at"));
        let facts = view! {
            <span class="lines grow">
                <span class="ellipsis" title=title>{name.clone()}</span>
                <span class="meta">{sized(size)}" · "{format::relative(&at)}</span>
            </span>
        };
        let open = match picture {
            true => {
                let label = t!("attach.show", name = name.clone());
                view! {
                    <button type="button" class="file-open" aria-label=label on:click=move |_| self.look(looked_at.clone())>
                        {if size <= SMALL { thumbnail(&item) } else { mark("eye") }}
                        {facts}
                    </button>
                }
                .into_any()
            }
            false => view! { <span class="file-open">{mark("file-text")}{facts}</span> }.into_any(),
        };
        view! {
            <li class="file">
                {open}
                {(may && picture && self.about.own_field(IMAGE).is_some()).then(|| self.image_button(&item, name.clone()))}
                <IconButton label=t!("attach.save", name = name.clone()) icon="download" small=true side="end" on_press=move |()| save(saved.clone())/>
                {may.then(|| view! {
                    <IconButton label=t!("attach.delete", name = name) icon="trash-2" small=true side="end" on_press=move |()| delete(doomed.clone())/>
                })}
            </li>
        }
        .into_any()
    }

    /// Makes a picture the one by which the record is known.
    fn image_button(self, item: &Item, name: String) -> AnyView {
        let picture = item.id.clone();
        let choose = move || {
            let (about, id, picture) = (self.about.name, self.id.get_value(), picture.clone());
            spawn_local(async move {
                let chosen = async {
                    let record = records::find(about, &id, &[]).await?;
                    records::update(about, &id, &record.etag, &records::one(IMAGE, picture.into())).await
                };
                match chosen.await {
                    Ok(_) => {
                        toast(t!("attach.is-image"));
                        touch(about);
                    }
                    Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
                }
            });
        };
        view! { <IconButton label=t!("attach.as-image", name = name) icon="star" small=true side="end" on_press=move |()| choose()/> }.into_any()
    }

    fn look(self, item: Item) {
        self.shown.set(Some(item));
        self.looking.set(true);
    }

    fn preview(self) -> impl IntoView {
        let open = self.looking;
        let title = Signal::derive(move || {
            self.shown.with(|item| item.as_ref().map(|item| text_of(item, "name")).unwrap_or_default())
        });
        view! {
            <Dialog open title shape=Shape::Wide footer=move || view! {
                <Button label=t!("attach.download") icon="download" on_press=move |()| if let Some(item) = self.shown.get_untracked() { save(item) }/>
            }>
                {move || self.shown.get().map(|item| {
                    let alt = text_of(&item, "name");
                    let address = picture_of(&item);
                    move || match address.get() {
                        Some(address) => view! { <img class="picture" src=address alt=alt.clone()/> }.into_any(),
                        None => view! { <p class="muted" role="status">{t!("state.loading")}</p> }.into_any(),
                    }
                })}
            </Dialog>
        }
    }
}

fn text_of(item: &Item, key: &str) -> String {
    item.document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The picture of an attachment, as long as the view that asks for it is there.
fn picture_of(item: &Item) -> RwSignal<Option<String>> {
    fetched(item.id.clone(), text_of(item, "media_type"))
}

/// The picture in an attachment of which nothing but the id is known.
pub fn picture(id: String) -> AnyView {
    let address = fetched(id, "image/*".to_owned());
    (move || address.get().map(|address| view! { <img class="fact-picture" src=address alt=""/> })).into_any()
}

fn fetched(id: String, kind: String) -> RwSignal<Option<String>> {
    let address = RwSignal::new(None::<String>);
    spawn_local(async move {
        match attachments::picture(&id, &kind).await {
            Ok(found) => {
                if address.try_set(Some(found.clone())).is_some() {
                    dom::revoke(&found);
                }
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
    on_cleanup(move || {
        if let Some(Some(known)) = address.try_get_untracked() {
            dom::revoke(&known);
        }
    });
    address
}

fn thumbnail(item: &Item) -> AnyView {
    let address = picture_of(item);
    (move || match address.get() {
        Some(address) => view! { <img class="file-mark" src=address alt=""/> }.into_any(),
        None => mark("eye"),
    })
    .into_any()
}

fn mark(icon: &'static str) -> AnyView {
    view! { <span class="file-mark"><Icon name=icon/></span> }.into_any()
}

fn sized(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes / 1_024),
        _ => format!("{}.{} MB", bytes >> 20, ((bytes % (1 << 20)) * 10) >> 20),
    }
}

fn save(item: Item) {
    spawn_local(async move {
        if let Err(problem) = attachments::save(&item.id, &text_of(&item, "name")).await {
            toast_error(format!("{} {}", problem.title, problem.detail));
        }
    });
}

/// At once, with the way back.
fn delete(item: Item) {
    spawn_local(async move {
        match records::delete(ATTACHMENTS, &item.id, &item.etag).await {
            Ok(()) => {
                touch(ATTACHMENTS);
                let id = item.id.clone();
                toast_undo(t!("attach.deleted", name = text_of(&item, "name")), move || restore(id.clone()));
            }
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}

fn restore(id: String) {
    spawn_local(async move {
        match records::restore(ATTACHMENTS, &id).await {
            Ok(_) => touch(ATTACHMENTS),
            Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
        }
    });
}
