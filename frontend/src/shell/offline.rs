use leptos::prelude::*;

use crate::t;
use crate::ui::Icon;

/// Says that the network is gone, and since when, until it is back.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    let offline = RwSignal::new(!window().navigator().on_line());
    for (event, gone) in [("offline", true), ("online", false)] {
        let listener = window_event_listener_untyped(event, move |_| {
            offline.try_set(gone);
        });
        on_cleanup(move || listener.remove());
    }
    view! {
        <div role="status">
            {move || offline.get().then(|| {
                let now = js_sys::Date::new_0();
                let clock = format!("{:02}:{:02}", now.get_hours(), now.get_minutes());
                view! { <p class="offline"><Icon name="wifi-off"/>{t!("shell.offline", clock = clock)}</p> }
            })}
        </div>
    }
}
