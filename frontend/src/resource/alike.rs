//! What a form tells of records that are like the one that is being written, before it is saved. The code comes when the
//! form is there; until then, and where it does not come, the server still has the last word.

use domain::duplicates::Likeness;
use domain::permission::Action;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

use super::form::Form;
use super::{address, labels};
use crate::api::duplicates::{self, Alike};
use crate::ui::{Banner, Button, Kind, LinkButton, Tone};
use crate::{dom, edition, lazy, session, t};

/// Milliseconds after the last key.
const WAIT: i32 = 400;

type Draw = fn(Form) -> AnyView;

#[leptos::wasm_split::wasm_split(making, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|form| view! { <Told form/> }.into_any())
}

/// The warning of a form, where its records are compared at all.
pub fn told(form: Form) -> Option<AnyView> {
    form.definition.merged.then(|| lazy::overlay(RwSignal::new(true), draw, move |draw: Draw| draw(form)))
}

/// What is known of the draft as it is now.
#[derive(Clone, PartialEq)]
enum Known {
    Nothing,
    Found(Vec<Alike>),
    /// Too much was asked; one may go on without an answer.
    Later,
}

#[component]
fn Told(form: Form) -> impl IntoView {
    let known = RwSignal::new(Known::Nothing);
    let asked = StoredValue::new(0_u32);
    let draft = Memo::new(move |_| compared(form));
    Effect::new(move || {
        let draft = draft.get();
        let own = asked.get_value() + 1;
        asked.set_value(own);
        if draft.is_empty() {
            return known.set(Known::Nothing);
        }
        spawn_local(async move {
            dom::pause(WAIT).await;
            let is_newest = move || asked.try_get_value() == Some(own);
            if !is_newest() {
                return;
            }
            let id = form.item.try_with_value(|item| item.id.clone()).filter(|id| !id.is_empty());
            let answer = duplicates::check(form.definition.name, &draft, id).await;
            if !is_newest() {
                return;
            }
            known.try_set(match answer {
                Ok(found) if found.is_empty() => Known::Nothing,
                Ok(found) => Known::Found(found),
                Err(problem) if problem.status == 429 => Known::Later,
                Err(_) => Known::Nothing,
            });
        });
    });
    view! {
        <div aria-live="polite">
            {move || match known.get() {
                Known::Nothing => None,
                Known::Later => Some(view! { <p class="muted">{t!("alike.later")}</p> }.into_any()),
                Known::Found(found) => Some(list(form, &found)),
            }}
            {move || anyway(form)}
        </div>
    }
}

/// The members that are compared, as they are typed so far; of a record that is there those that differ from it.
fn compared(form: Form) -> Map<String, Value> {
    let mut draft = form.changes();
    if form.is_new() {
        draft = form.whole();
    }
    let is_blank = |value: &Value| {
        value.is_null() || value.as_str().is_some_and(str::is_empty) || value.as_array().is_some_and(Vec::is_empty)
    };
    draft.retain(|key, value| {
        form.definition.own_field(key).is_some_and(|field| Likeness::of(field).is_some()) && !is_blank(value)
    });
    draft
}

fn list(form: Form, found: &[Alike]) -> AnyView {
    let refused = found.iter().any(|alike| alike.strength == "refuse");
    let tone = if refused { Tone::Bad } else { Tone::Warn };
    let title = if refused { t!("alike.refused") } else { t!("alike.title") };
    let lines = found.iter().map(|alike| one(form, alike)).collect_view();
    view! {
        <Banner tone>
            <p>{title}</p>
            <ul>{lines}</ul>
        </Banner>
    }
    .into_any()
}

fn one(form: Form, alike: &Alike) -> AnyView {
    let rules = edition::find("duplicate-rules");
    let field = rules.and_then(|rules| Some((rules, rules.field("likeness")?)));
    let by = alike.by.iter().filter_map(|by| field.map(|(rules, field)| labels::choice(rules, field, by)));
    let by = by.collect::<Vec<_>>().join(t!("list.comma").as_str());
    let what = t!("alike.by", resource = labels::singular(&alike.resource), by = by);
    let owner = alike.owner.clone().map(|owner| t!("alike.owner", owner = owner));
    let title = match (&alike.id, &alike.title) {
        (Some(id), title) => {
            let text = title.clone().unwrap_or_else(|| t!("value.hidden"));
            view! { <a href=address::record(&alike.resource, id) target="_blank">{text}</a> }.into_any()
        }
        (None, _) => view! { <span>{t!("alike.unseen")}</span> }.into_any(),
    };
    let merge = form.item.with_value(|item| {
        let other = alike.id.clone().filter(|_| !item.id.is_empty() && alike.resource == form.definition.name)?;
        session::may(form.definition.name, Action::Merge)
            .then(|| format!("{}/merge?ids={},{other}", address::list(form.definition.name), item.id))
    });
    view! {
        <li>
            {title}" · "{what}{owner.map(|owner| format!(" · {owner}"))}
            {merge.map(|href| view! { " "<LinkButton label=t!("merge.compare") href kind=Kind::Link/> })}
        </li>
    }
    .into_any()
}

/// After a rule refused it: the way on for whoever puts duplicates together.
fn anyway(form: Form) -> Option<AnyView> {
    let refused = form.problem.with(|problem| problem.as_ref().is_some_and(duplicates::is_why));
    (refused && session::may(form.definition.name, Action::Merge)).then(|| {
        view! { <p><Button label=t!("alike.anyway") writes=true on_press=move |()| form.save_anyway()/></p> }.into_any()
    })
}
