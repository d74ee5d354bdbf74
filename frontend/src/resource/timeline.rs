//! Everything that is told of a record, latest first: what was spoken, what is to be done, what is sold, what changed. It
//! goes on as one scrolls.

use domain::{Definition, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::composer::Composer;
use super::form::name_of;
use super::history::moment;
use super::record::failed;
use super::{address, cells, labels, said, tick, touches};
use crate::api::records::{self, Told};
use crate::ui::{Button, ChoiceChips, Hollow, Load, Loaded, Moment, Timeline, Tone};
use crate::{dom, edition, t};

/// The kind of the entries that tell what happened to the record itself.
const CHANGES: &str = "changes";

/// Whether records of a resource have a timeline: others tell of them.
pub fn is_told(definition: &Definition) -> bool {
    edition::catalogue().telling(definition.name).next().is_some()
}

/// Entries that are asked for at once, and most that are read anew after a change.
const PAGE: usize = 20;
const MOST: usize = 200;

/// What a timeline knows.
#[derive(Clone, Copy)]
struct State {
    definition: &'static Definition,
    id: StoredValue<String>,
    kind: RwSignal<String>,
    told: RwSignal<Vec<Told>>,
    next: RwSignal<Option<String>>,
    load: RwSignal<Load>,
    /// Why the entries that should have followed did not come.
    missed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    round: StoredValue<u32>,
}

impl State {
    /// Reads from the latest on, as many as were there already.
    fn read(self, afresh: bool) {
        let known = if afresh { 0 } else { self.told.with_untracked(Vec::len) };
        self.ask(None, known.clamp(PAGE, MOST));
    }

    /// Reads on, unless that is under way.
    fn read_on(self) {
        let next = self.next.get_untracked();
        if let Some(next) = next.filter(|_| !self.busy.get_untracked()) {
            self.ask(Some(next), PAGE);
        }
    }

    fn ask(self, before: Option<String>, limit: usize) {
        let now = self.round.get_value() + 1;
        self.round.set_value(now);
        self.busy.set(true);
        self.missed.set(None);
        let wanted = self.kind.get_untracked();
        spawn_local(async move {
            let id = self.id.get_value();
            let answer = records::timeline(self.definition.name, &id, &wanted, before.as_deref(), limit).await;
            // What was asked for meanwhile counts.
            if self.round.try_get_value() != Some(now) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok((found, beyond)) => {
                    self.told.update(|known| {
                        if before.is_none() {
                            known.clear();
                        }
                        known.extend(found);
                    });
                    self.next.set(beyond);
                    self.load.set(Load::Ready);
                }
                // What is shown stays.
                Err(problem) if before.is_some() => self.missed.set(Some(problem.detail)),
                Err(problem) => self.load.set(failed(&problem)),
            }
        });
    }
}

/// The timeline of a record; `version` makes it read again after a change.
#[component]
pub fn RecordTimeline(
    definition: &'static Definition,
    #[prop(into)] id: String,
    #[prop(into)] version: Signal<u64>,
) -> impl IntoView {
    let state = State {
        definition,
        id: StoredValue::new(id.clone()),
        kind: RwSignal::default(),
        told: RwSignal::default(),
        next: RwSignal::default(),
        load: RwSignal::new(Load::Waiting),
        missed: RwSignal::default(),
        busy: RwSignal::new(false),
        round: StoredValue::new(0),
    };
    let telling: Vec<_> = edition::catalogue().telling(definition.name).map(|of| touches(of.name)).collect();
    let kind = state.kind;
    Effect::new(move |before: Option<String>| {
        for touched in &telling {
            touched.get();
        }
        version.get();
        let kind = kind.get();
        state.read(before.is_some_and(|before| before != kind));
        kind
    });
    let kinds = edition::catalogue().telling(definition.name).map(|of| (of.name.to_owned(), labels::plural(of.name)));
    let options = kinds.chain([(CHANGES.to_owned(), t!("timeline.changes"))]).collect::<Vec<_>>();
    let (told, more) = (state.told, Memo::new(move |_| state.next.with(Option::is_some)));
    view! {
        <div class="stack">
            <Composer definition id/>
            <ChoiceChips value=kind options label=t!("timeline.kinds")/>
            <Loaded state=state.load on_retry=move |()| { state.load.set(Load::Waiting); state.read(true); }>
                {move || view! { <Timeline moments=told.with(|told| told.iter().map(|told| moment_of(definition, told)).collect())/> }}
                {move || told.with(Vec::is_empty).then(|| view! { <Hollow text=t!("timeline.none") icon="history"/> })}
                {move || more.get().then(|| view! { <Further state/> })}
            </Loaded>
        </div>
    }
}

/// The end of what is shown: what follows comes when it is scrolled to, or by the button.
#[component]
fn Further(state: State) -> impl IntoView {
    let end = NodeRef::<leptos::html::Div>::new();
    let sight = StoredValue::new_local(None::<dom::Sight>);
    Effect::new(move || {
        // What came may have been too little to lead out of sight.
        state.told.track();
        let Some(end) = end.get() else { return };
        // After a failure nobody is asked again and again.
        let seen = move || {
            if state.missed.try_with_untracked(Option::is_none) == Some(true) {
                state.read_on();
            }
        };
        sight.set_value(dom::Sight::of(&end, seen));
    });
    let missed = move || state.missed.get().map(|why| t!("timeline.more-failed", why = why));
    let label = move || if state.missed.with(Option::is_some) { t!("action.retry") } else { t!("timeline.more") };
    view! {
        <div class="timeline-end" node_ref=end>
            <span role="alert">{missed}</span>
            <Button label=Signal::derive(label) small=true busy=state.busy on_press=move |()| state.read_on()/>
        </div>
    }
}

fn moment_of(definition: &'static Definition, told: &Told) -> Moment {
    let (Some(of), Some(item)) = (edition::find(&told.kind), &told.record) else {
        return moment(definition, &told.change);
    };
    let document = &item.document;
    let text = |field: &domain::Field| document.get(field.key).and_then(serde_json::Value::as_str).map(str::to_owned);
    let shown: Vec<&domain::Field> = of
        .fields
        .iter()
        .filter(|field| field.listed && !matches!(field.kind, Kind::Reference(_) | Kind::Instant))
        .collect();
    let long = of.fields.iter().find(|field| field.kind == Kind::LongText).and_then(text).unwrap_or_default();
    let title = name_of(of, item).unwrap_or_default();
    let owner = of.field("owner_id").and_then(|field| cells::referred_name(field, document));
    if matches!(of.name, "comments" | "attachments") {
        let who = document.get("created_by_ref").and_then(|named| named["name"].as_str().map(str::to_owned));
        return Moment {
            icon: if of.name == "comments" { "message-square-text" } else { "paperclip" },
            tone: Tone::Accent,
            who: who.unwrap_or_default(),
            what: labels::singular(of.name),
            at: told.at.clone(),
            changes: Vec::new(),
            text: if of.name == "comments" { said::plain(&long) } else { title },
            way: None,
            link: None,
        };
    }
    let ticked = item.clone();
    let way = tick::tick(of, item).map(|_| ViewFn::from(move || tick::tick(of, &ticked).into_any()));
    let done = document.get("status").is_some_and(|status| status == "done" || status == "won");
    Moment {
        icon: match told.kind.as_str() {
            "contact-records" => "message-square-text",
            "tasks" => "list-todo",
            "opportunities" => "handshake",
            _ => "list",
        },
        tone: if done { Tone::Ok } else { Tone::Accent },
        who: owner.unwrap_or_default(),
        what: cells::gist(of, &shown, document).join(" · "),
        at: told.at.clone(),
        changes: Vec::new(),
        // The title of a note is most often its first line.
        text: if long.trim_start().starts_with(&title) && !title.is_empty() { rest_of(&long, &title) } else { long },
        way,
        link: Some((address::record(of.name, &item.id), title)),
    }
}

fn rest_of(long: &str, title: &str) -> String {
    let rest = long.trim_start().strip_prefix(title).unwrap_or(long);
    rest.trim_start_matches(['。', '.', '，', ',', '；', ';']).trim().to_owned()
}
