//! What stands around every page: navigation, search, palette, help, notices.

mod bell;
mod bottom_bar;
mod brand;
mod help;
mod key_list;
mod nav;
mod news;
mod notices;
mod offline;
mod palette;
mod session_dialog;
mod topbar;
mod waiting;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use self::bell::Bell;
use self::bottom_bar::BottomBar;
pub use self::brand::Brand;
pub use self::help::Contents;
use self::help::HelpDrawer;
use self::key_list::KeyList;
use self::nav::Nav;
use self::notices::Notices;
use self::offline::OfflineBanner;
use self::palette::Palette;
use self::session_dialog::SessionDialog;
use self::topbar::TopBar;
use self::waiting::Waiting;
use crate::keys::{self, Act};
use crate::prefs::prefs;
use crate::resource::{ActDialog, InUse, QuickCreate};
use crate::ui::Toasts;
use crate::{dom, lazy, t, upkeep, work};

/// The panels that open over a page.
#[derive(Debug, Clone, Copy)]
pub struct Panels {
    pub palette: RwSignal<bool>,
    pub keys: RwSignal<bool>,
    pub help: RwSignal<bool>,
}

/// The product around a page.
#[component]
pub fn Shell(children: ChildrenFn) -> impl IntoView {
    let panels = Panels { palette: RwSignal::new(false), keys: RwSignal::new(false), help: RwSignal::new(false) };
    shell_keys(panels);
    work::resume();
    provide_context(Waiting::start());
    let narrow = prefs().narrow_nav;
    view! {
        <a class="skip-link" href="#main" on:click=move |event| { event.prevent_default(); dom::focus("#main"); }>
            {t!("shell.skip")}
        </a>
        <div class="shell" data-nav=move || if narrow.get() { "narrow" } else { "wide" }>
            <Nav/>
            <TopBar panels/>
            <main class="main" id="main" tabindex="-1">
                <OfflineBanner/>
                <Notices/>
                {children()}
            </main>
        </div>
        <BottomBar/>
        <Palette open=panels.palette/>
        <KeyList open=panels.keys/>
        <HelpDrawer open=panels.help/>
        <QuickCreate path=use_location().pathname/>
        <ActDialog/>
        <InUse/>
        <SessionDialog/>
        <Toasts/>
        <Announcer/>
    }
}

/// The frame of the pages before one is inside: a card in the middle of the window.
#[component]
pub fn Alone(children: ChildrenFn) -> impl IntoView {
    view! {
        <main class="alone">{children()}</main>
        <Toasts/>
        <Announcer/>
    }
}

/// After a change of page, once its code is there: focus its heading and say its title once, which no router does by itself.
#[component]
fn Announcer() -> impl IntoView {
    let path = use_location().pathname;
    let said = RwSignal::new(String::new());
    let seen = StoredValue::new(path.get_untracked());
    Effect::watch(move || path.get(), |_, _, _| request_animation_frame(upkeep::page_turned), false);
    Effect::new(move || {
        let (path, waiting) = (path.get(), lazy::waiting().get());
        if waiting || seen.with_value(|seen| *seen == path) {
            return;
        }
        seen.set_value(path);
        request_animation_frame(move || {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            dom::focus("h1");
            said.try_set(document().title());
        });
    });
    view! { <p class="sr-only" role="status">{move || said.get()}</p> }
}

fn shell_keys(panels: Panels) {
    keys::on(Act::Palette, move || panels.palette.set(true));
    keys::on(Act::Search, move || panels.palette.set(true));
    keys::on(Act::Keys, move || panels.keys.set(true));
    keys::on(Act::Help, move || panels.help.set(true));
    for (act, path) in nav::SHORTCUTS {
        keys::on(act, move || dom::follow(path));
    }
}
