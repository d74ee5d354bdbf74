use leptos::prelude::*;

use crate::pages::sign_in;
use crate::session::{State, session};
use crate::t;
use crate::ui::Dialog;

/// When the session has ended: sign in over the page, so that nothing typed on it is lost.
#[component]
pub fn SessionDialog() -> impl IntoView {
    let open = RwSignal::new(false);
    let session = session();
    Effect::new(move || open.set(session.state.get() == State::Ended));
    view! {
        <Dialog open title=t!("session.ended") may_close=move |()| { session.state.set(State::Out); true }>
            <p class="muted">{t!("session.ended-text")}</p>
            {move || open.get().then(|| sign_in::form(session.me.with_untracked(|me| me.username.clone())))}
        </Dialog>
    }
}
