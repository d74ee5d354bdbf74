use leptos::prelude::*;

use crate::ui::Icon;
use crate::{net, t};

/// Says that the server cannot be reached, and since when, until it can.
#[component]
pub fn OfflineBanner() -> impl IntoView {
    view! {
        <div role="status">
            {move || net::lost_since().get().map(|clock| {
                view! { <p class="offline"><Icon name="wifi-off"/>{t!("shell.offline", clock = clock)}</p> }
            })}
        </div>
    }
}
