//! Everything that is told of a record, latest first: what was spoken, what is to be done, what is sold, what changed.

use domain::{Definition, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::form::name_of;
use super::history::moment;
use super::record::failed;
use super::{address, cells, labels, said, touches};
use crate::api::records::{self, Told};
use crate::edition;
use crate::t;
use crate::ui::{Button, ChoiceChips, Hollow, Load, Loaded, Moment, Timeline, Tone};

/// The kind of the entries that tell what happened to the record itself.
const CHANGES: &str = "changes";

/// Whether records of a resource have a timeline: others tell of them.
pub fn is_told(definition: &Definition) -> bool {
    edition::catalogue().telling(definition.name).next().is_some()
}

/// The timeline of a record; `version` makes it read again after a change.
#[component]
pub fn RecordTimeline(
    definition: &'static Definition,
    #[prop(into)] id: String,
    #[prop(into)] version: Signal<u64>,
) -> impl IntoView {
    let load = RwSignal::new(Load::Waiting);
    let told = RwSignal::new(Vec::<Told>::new());
    let next = RwSignal::new(None::<String>);
    let kind = RwSignal::new(String::new());
    let id = StoredValue::new(id);
    let round = StoredValue::new(0_u32);
    let read = move |before: Option<String>| {
        let now = round.get_value() + 1;
        round.set_value(now);
        let wanted = kind.get_untracked();
        spawn_local(async move {
            let answer = records::timeline(definition.name, &id.get_value(), &wanted, before.as_deref()).await;
            // What was asked for meanwhile counts.
            if round.try_get_value() != Some(now) {
                return;
            }
            match answer {
                Ok((found, beyond)) => {
                    next.set(beyond);
                    told.update(|known| {
                        if before.is_none() {
                            known.clear();
                        }
                        known.extend(found);
                    });
                    load.set(Load::Ready);
                }
                Err(problem) => load.set(failed(&problem)),
            }
        });
    };
    let telling: Vec<_> = edition::catalogue().telling(definition.name).map(|of| touches(of.name)).collect();
    Effect::new(move || {
        for touched in &telling {
            touched.get();
        }
        kind.track();
        version.get();
        read(None);
    });
    let kinds = edition::catalogue().telling(definition.name).map(|of| (of.name.to_owned(), labels::plural(of.name)));
    let options = kinds.chain([(CHANGES.to_owned(), t!("timeline.changes"))]).collect::<Vec<_>>();
    view! {
        <div class="stack">
            <ChoiceChips value=kind options label=t!("timeline.kinds")/>
            <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(None); }>
                {move || view! { <Timeline moments=told.with(|told| told.iter().map(|told| moment_of(definition, told)).collect())/> }}
                {move || told.with(Vec::is_empty).then(|| view! { <Hollow text=t!("timeline.none") icon="history"/> })}
                {move || next.get().map(|next| view! {
                    <Button label=t!("history.more") small=true on_press=move |()| read(Some(next.clone()))/>
                })}
            </Loaded>
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
            link: None,
        };
    }
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
        link: Some((address::record(of.name, &item.id), title)),
    }
}

fn rest_of(long: &str, title: &str) -> String {
    let rest = long.trim_start().strip_prefix(title).unwrap_or(long);
    rest.trim_start_matches(['。', '.', '，', ',', '；', ';']).trim().to_owned()
}
