//! The filter of a view: the drawer in which it is built, and the chips that tell it.

mod builder;
mod chips;
mod related;
mod rule;

use domain::{Definition, Filter};
use leptos::prelude::*;

use self::builder::Group;
pub use self::chips::{chips, without};
use crate::ui::{Banner, Button, Dialog, Kind, Shape, Tone};
use crate::{lazy, t};

/// What a drawer edits.
#[derive(Clone, Copy)]
struct Drawer {
    definition: &'static Definition,
    open: RwSignal<bool>,
    filter: Signal<Filter>,
    on_apply: Callback<Filter>,
}

type Draw = fn(Drawer) -> AnyView;

#[leptos::wasm_split::wasm_split(filter, wasm_split_path = ::leptos::wasm_split, fallible)]
fn draw() -> Result<Draw, lazy::Missing> {
    Ok(|drawer| view! { <Builder drawer/> }.into_any())
}

/// The drawer, fetched when somebody first wants it.
#[component]
pub fn FilterDrawer(
    definition: &'static Definition,
    open: RwSignal<bool>,
    #[prop(into)] filter: Signal<Filter>,
    #[prop(into)] on_apply: Callback<Filter>,
) -> impl IntoView {
    lazy::overlay(open, draw, move |draw: Draw| draw(Drawer { definition, open, filter, on_apply }))
}

/// Builds a filter: groups of conditions, all or any of which must hold, nested and turned round at will.
#[component]
fn Builder(drawer: Drawer) -> impl IntoView {
    let Drawer { definition, open, filter, on_apply } = drawer;
    let group = RwSignal::new(None::<Group>);
    let unfinished = RwSignal::new(false);
    // Each opening begins with the filter in force. What was under construction goes with the dialog that showed it: its
    // parts lived there.
    Effect::new(move || {
        group.set(open.get().then(|| Group::of(definition, &filter.get_untracked())));
        unfinished.set(false);
    });
    let apply = move || {
        if let Some(group) = group.get_untracked() {
            // Left out, it would be taken for one that everything passes.
            if untrack(|| group.is_unfinished()) {
                unfinished.set(true);
                return;
            }
            on_apply.run(untrack(|| group.filter()));
        }
        open.set(false);
    };
    view! {
        <Dialog open title=t!("action.filter") shape=Shape::Drawer footer=move || view! {
            <Button label=t!("filter.clear") kind=Kind::Quiet on_press=move |()| { on_apply.run(Filter::everything()); open.set(false); }/>
            <Button label=t!("filter.apply") kind=Kind::Primary on_press=move |()| apply()/>
        }>
            {move || unfinished.get().then(|| view! { <Banner tone=Tone::Warn>{t!("filter.unfinished")}</Banner> })}
            {move || group.get().map(|group| builder::group_view(group, None))}
        </Dialog>
    }
}
