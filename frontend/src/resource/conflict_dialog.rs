//! Shown when somebody else changed the same fields meanwhile: three columns, one choice a field.

use domain::Definition;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::conflict::Merge;
use super::{cells, labels};
use crate::api::records::Item;
use crate::ui::{Banner, Button, Dialog, Diff, DiffRow, Kind, Shape, Side, Tone};
use crate::{lazy, t};

/// What there is to decide.
#[derive(Debug, Clone)]
pub struct Conflict {
    pub before: Map<String, Value>,
    pub theirs: Item,
    pub merge: Merge,
}

/// The patch to lay over theirs.
type Resolved = Callback<(Item, Map<String, Value>)>;
type Draw = fn(&'static Definition, RwSignal<Option<Conflict>>, Resolved) -> AnyView;

#[leptos::wasm_split::wasm_split(making, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|definition, conflict, on_resolved| view! { <Question definition conflict on_resolved/> }.into_any())
}

/// Asks, by what is fetched when there is something to ask.
#[component]
pub fn ConflictDialog(
    definition: &'static Definition,
    conflict: RwSignal<Option<Conflict>>,
    #[prop(into)] on_resolved: Resolved,
) -> impl IntoView {
    let needed = RwSignal::new(false);
    Effect::new(move || needed.set(conflict.with(Option::is_some)));
    lazy::overlay(needed, draw, move |draw: Draw| draw(definition, conflict, on_resolved))
}

#[component]
fn Question(
    definition: &'static Definition,
    conflict: RwSignal<Option<Conflict>>,
    on_resolved: Resolved,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let picks = StoredValue::new(Vec::<(String, RwSignal<Side>)>::new());
    Effect::new(move || open.set(conflict.with(Option::is_some)));
    let resolve = move || {
        let Some(Conflict { theirs, merge, .. }) = conflict.get_untracked() else { return };
        let mut patch = merge.patch;
        picks.with_value(|picks| {
            for (key, pick) in picks {
                if pick.get_untracked() == Side::Theirs {
                    patch.remove(key);
                }
            }
        });
        conflict.set(None);
        on_resolved.run((theirs, patch));
    };
    let rows = move || {
        let Some(conflict) = conflict.get() else { return Vec::new() };
        let rows: Vec<(String, DiffRow)> =
            conflict.merge.disputed.iter().filter_map(|key| row(definition, key, &conflict)).collect();
        picks.set_value(rows.iter().map(|(key, row)| (key.clone(), row.pick)).collect());
        rows.into_iter().map(|(_, row)| row).collect()
    };
    view! {
        <Dialog
            open
            title=t!("conflict.title")
            shape=Shape::Wide
            may_close=move |()| { conflict.set(None); true }
            footer=move || view! {
                <Button label=t!("action.cancel") on_press=move |()| conflict.set(None)/>
                <Button label=t!("conflict.save") kind=Kind::Primary on_press=move |()| resolve()/>
            }
        >
            <Banner tone=Tone::Warn>{t!("conflict.text")}</Banner>
            <Diff rows=rows()/>
        </Dialog>
    }
}

fn row(definition: &'static Definition, key: &str, conflict: &Conflict) -> Option<(String, DiffRow)> {
    let field = definition.field(key)?;
    let shown = |document: &Map<String, Value>| cells::text(definition, field, document);
    let row = DiffRow {
        name: labels::field(definition, field),
        before: shown(&conflict.before),
        mine: shown(&conflict.merge.patch),
        theirs: shown(&conflict.theirs.document),
        pick: RwSignal::new(Side::Mine),
    };
    Some((key.to_owned(), row))
}
