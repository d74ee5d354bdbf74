//! The head of a record: the way to its neighbours, what can be done with it, and its key figures.

use domain::permission::Action;
use domain::{Definition, Field, Kind};
use leptos::prelude::*;

use super::RecordState;
use super::assign::Assign;
use crate::resource::notes::NOTES;
use crate::resource::{acts, address, cells, labels, removal};
use crate::ui::{Button, IconButton, Kind as Loudness, LinkButton, Menu, MenuItem};
use crate::{dom, keys, net, session, t};

/// The way to the records before and after this one; nothing for a record that no list led to.
pub fn steps((previous, next): (Option<String>, Option<String>)) -> Option<AnyView> {
    if previous.is_none() && next.is_none() {
        return None;
    }
    let step = |label: String, icon: &'static str, target: Option<String>| {
        let href = target.clone();
        view! { <IconButton label icon small=true side="end" disabled=target.is_none() on_press=move |()| if let Some(href) = &href { dom::follow(href) }/> }
    };
    Some(
        view! {
            {step(t!("record.previous"), "chevron-left", previous)}
            {step(t!("record.next"), "chevron-right", next)}
        }
        .into_any(),
    )
}

pub fn actions(state: RecordState, edit: String) -> AnyView {
    let definition = state.definition;
    // What is out of the house is neither changed nor deleted.
    let issued = Memo::new(move |_| state.item.with(|item| definition.is_issued(&item.document)));
    let may_update = session::may(definition.name, Action::Update);
    let may_delete = session::may(definition.name, Action::Delete);
    let may_assign =
        definition.owned && session::may(definition.name, Action::Assign) && session::may("users", Action::Read);
    let assigning = RwSignal::new(false);
    let lost = Signal::derive(net::is_lost);
    let possible = Memo::new(move |_| state.item.with(|item| acts::possible(definition, &item.document)));
    let happen = move |act| acts::happen(definition, act, state.item.get_untracked());
    view! {
        {NOTES.iter().filter(|note| note.fits(definition)).take(1).map(|note| view! {
            <Button label=note.label() icon=note.icon on_press=move |()| state.item.with_untracked(|item| note.write(definition, item))/>
        }).collect_view()}
        // What most often comes next has a button, the rest stands in the menu.
        {move || possible.get().into_iter().take(1).map(|act| view! {
            <Button label=labels::act(definition, act) kind=Loudness::Primary writes=true on_press=move |()| happen(act)/>
        }).collect_view()}
        {move || (may_update && !issued.get()).then(|| view! { <LinkButton label=t!("action.update") icon="pencil" href=edit.clone()/> })}
        {(may_delete || may_assign || acts::allowed(definition).count() > 1).then(|| view! {
            <Menu label=t!("action.more") icon="ellipsis" icon_only=true end=true kind=Loudness::Default>
                {NOTES.iter().filter(|note| note.fits(definition)).skip(1).map(|note| view! {
                    <MenuItem label=note.label() icon=note.icon keys=keys::keys_of(note.act).unwrap_or_default() on_press=move |()| state.item.with_untracked(|item| note.write(definition, item))/>
                }).collect_view()}
                {move || possible.get().into_iter().skip(1).map(|act| view! {
                    <MenuItem label=labels::act(definition, act) disabled=lost on_press=move |()| happen(act)/>
                }).collect_view()}
                {may_assign.then(|| view! {
                    <MenuItem label=t!("action.assign") icon="user-plus" disabled=lost on_press=move |()| assigning.set(true)/>
                })}
                {move || (may_delete && !issued.get()).then(|| view! {
                    <MenuItem
                        label=t!("action.delete")
                        icon="trash-2"
                        danger=true
                        disabled=lost
                        on_press=move |()| removal::delete(definition, state.item.get_untracked(), true)
                    />
                })}
            </Menu>
        })}
        <Assign state open=assigning/>
    }.into_any()
}

/// The figures in the head: what one wants to know before anything else.
pub fn figures(state: RecordState) -> AnyView {
    let definition = state.definition;
    let own = definition.own_fields().filter(|field| {
        field.listed
            && matches!(field.kind, Kind::Choice(_) | Kind::Date | Kind::Decimal | Kind::Amount | Kind::Reference(_))
    });
    let shown: Vec<&'static Field> = own.take(4).chain(definition.usual_stamp()).collect();
    view! {
        <dl class="figures">
            {shown.into_iter().map(|field| view! {
                <div class="figure">
                    <dt>{labels::field(definition, field)}</dt>
                    <dd>{move || state.item.with(|item| cells::cell(definition, field, &item.document))}</dd>
                </div>
            }).collect_view()}
        </dl>
    }
    .into_any()
}

/// The records before and after this one in the list one came from.
pub fn neighbours(definition: &Definition, id: &str) -> (Option<String>, Option<String>) {
    let walk = dom::recall(&format!("walk.{}", definition.name)).unwrap_or_default();
    let ids: Vec<&str> = walk.split_whitespace().collect();
    let Some(here) = ids.iter().position(|known| *known == id) else { return (None, None) };
    let at =
        |place: Option<usize>| place.and_then(|place| ids.get(place)).map(|id| address::record(definition.name, id));
    (at(here.checked_sub(1)), at(Some(here + 1)))
}
