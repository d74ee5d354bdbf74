use leptos::prelude::*;

use super::{Bell, Brand, Panels};
use crate::i18n::{self, Language};
use crate::keys::{self, Act};
use crate::prefs::{Theme, prefs};
use crate::ui::{Icon, IconButton, Kind, Menu, MenuItem};
use crate::{dom, session, t};

/// Search, create, notices, help, me.
#[component]
pub fn TopBar(panels: Panels) -> impl IntoView {
    view! {
        <header class="topbar no-print">
            <div class="phone-only"><a href="/" aria-label=t!("app.name")><Brand/></a></div>
            <button type="button" class="search-button" on:click=move |_| panels.palette.set(true)>
                <Icon name="search"/>
                <span class="ellipsis">{t!("shell.search")}</span>
                <kbd>{keys::caps("Mod+k").join(" ")}</kbd>
            </button>
            <span class="grow"></span>
            <div class="desk-only">
                <IconButton label=t!("shell.help") icon="circle-question-mark" keys="F1" side="end" on_press=move |()| panels.help.set(true)/>
                <IconButton label=t!("shell.keys") icon="keyboard" keys="?" side="end" on_press=move |()| panels.keys.set(true)/>
            </div>
            <Bell/>
            <Me panels/>
        </header>
    }
}

/// The menu of the person: looks, language, help, way out.
#[component]
fn Me(panels: Panels) -> impl IntoView {
    let prefs = prefs();
    let me = session::session().me;
    view! {
        <Menu label=t!("shell.me") icon="circle-user" icon_only=true kind=Kind::Quiet end=true>
            <p class="menu-head">{me.with(|me| format!("{} · {}", me.name, me.username))}</p>
            <MenuItem label=t!("page.me") icon="user" on_press=move |()| dom::follow("/me")/>
            <hr class="menu-line"/>
            <p class="menu-head">{t!("prefs.theme")}</p>
            {Theme::ALL.map(|theme| view! {
                <MenuItem
                    label=t!(&format!("prefs.theme.{}", theme.name()))
                    icon=match theme { Theme::System => "monitor", Theme::Light => "sun", Theme::Dark => "moon" }
                    checked=Signal::derive(move || prefs.theme.get() == theme)
                    on_press=move |()| prefs.theme.set(theme)
                />
            }).collect_view()}
            <hr class="menu-line"/>
            <MenuItem label=t!("prefs.compact") icon="rows-3" checked=prefs.compact on_press=move |()| prefs.compact.update(|on| *on = !*on)/>
            <MenuItem label=t!("prefs.contrast") icon="contrast" checked=prefs.contrast on_press=move |()| prefs.contrast.update(|on| *on = !*on)/>
            <hr class="menu-line"/>
            {Language::ALL.map(|language| view! {
                <MenuItem
                    label=language.own_name()
                    icon="languages"
                    checked=Signal::derive(move || i18n::current() == language)
                    on_press=move |()| i18n::switch(language)
                />
            }).collect_view()}
            <hr class="menu-line"/>
            <MenuItem label=t!("shell.help") icon="circle-question-mark" on_press=move |()| panels.help.set(true)/>
            <MenuItem label=t!("shell.keys") icon="keyboard" keys=keys::keys_of(Act::Keys).unwrap_or_default() on_press=move |()| panels.keys.set(true)/>
            <MenuItem label=t!("page.gallery") icon="shapes" on_press=move |()| dom::follow("/gallery")/>
            <hr class="menu-line"/>
            <MenuItem label=t!("shell.leave") icon="log-out" on_press=move |()| leptos::task::spawn_local(session::leave())/>
        </Menu>
    }
}
