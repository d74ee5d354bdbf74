use leptos::prelude::*;

use super::ListState;
use crate::resource::{address, form, record};
use crate::t;
use crate::ui::{Dialog, Kind, LinkButton, Shape};

/// The facts of one row at the side, without leaving the list.
#[component]
pub fn Preview(list: ListState) -> impl IntoView {
    let definition = list.definition;
    let open = RwSignal::new(false);
    let opened = list.grid.opened;
    Effect::new(move || open.set(opened.with(Option::is_some)));
    let item = move || {
        opened.with(|id| {
            let id = id.as_ref()?;
            list.page.with(|page| page.items.iter().find(|item| item.id == *id).cloned())
        })
    };
    let title = Signal::derive(move || item().and_then(|item| form::name_of(definition, &item)).unwrap_or_default());
    view! {
        <Dialog open title shape=Shape::Drawer may_close=move |()| { opened.set(None); true }>
            {move || item().map(|item| view! {
                <div><LinkButton label=t!("record.open") icon="external-link" kind=Kind::Default href=address::record(definition.name, &item.id)/></div>
                {record::facts(definition, &item)}
            })}
        </Dialog>
    }
}
