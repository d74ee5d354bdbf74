//! Everything that is told of a record, latest first: what was spoken, what is to be done, what is sold, what changed. It
//! goes on as one scrolls.

use domain::{Definition, Kind};
use leptos::prelude::*;

use super::composer::Composer;
use super::form::name_of;
use super::history::moment;
use super::stream::Stream;
use super::{address, cells, labels, said, tick, touches};
use crate::api::records::{self, Told};
use crate::ui::{ChoiceChips, Hollow, Loaded, Moment, Timeline, Tone};
use crate::{edition, t};

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
    let kind = RwSignal::new(String::new());
    let of = StoredValue::new(id.clone());
    let stream = Stream::of(move |before, limit| async move {
        let (id, kind) = (of.get_value(), kind.get_untracked());
        records::timeline(definition.name, &id, &kind, before.as_deref(), limit).await
    });
    let telling: Vec<_> = edition::catalogue().telling(definition.name).map(|of| touches(of.name)).collect();
    Effect::new(move |before: Option<String>| {
        for touched in &telling {
            touched.get();
        }
        version.get();
        let kind = kind.get();
        stream.read(before.is_some_and(|before| before != kind));
        kind
    });
    let kinds = edition::catalogue().telling(definition.name).map(|of| (of.name.to_owned(), labels::plural(of.name)));
    let options = kinds.chain([(CHANGES.to_owned(), t!("timeline.changes"))]).collect::<Vec<_>>();
    let told = stream.items;
    view! {
        <div class="stack">
            <Composer definition id/>
            <ChoiceChips value=kind options label=t!("timeline.kinds")/>
            <Loaded state=stream.load on_retry=move |()| stream.retry()>
                {move || view! { <Timeline moments=told.with(|told| told.iter().map(|told| moment_of(definition, told)).collect())/> }}
                {move || told.with(Vec::is_empty).then(|| view! { <Hollow text=t!("timeline.none") icon="history"/> })}
                {stream.end()}
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
