//! What the house has to tell: stays above every page until it was taken note of, or is over.

use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

use crate::api::account::{self, Notice};
use crate::ui::{Banner, Button, Kind, Tone, toast_error};
use crate::{format, t};

/// How often a page that stays open asks for news.
const ROUND: Duration = Duration::from_secs(60);

#[component]
pub fn Notices() -> impl IntoView {
    let notices = RwSignal::new(Vec::<Notice>::new());
    let read = move || {
        spawn_local(async move {
            // Without an answer what is known stays; that the server is gone is said elsewhere.
            if let Ok(found) = account::notices().await {
                notices.try_set(found);
            }
        })
    };
    read();
    if let Ok(round) = set_interval_with_handle(read, ROUND) {
        on_cleanup(move || round.clear());
    }
    let noted = Callback::new(move |id: String| {
        spawn_local(async move {
            match account::note(&id).await {
                Ok(()) => read(),
                Err(problem) => toast_error(format!("{} {}", problem.title, problem.detail)),
            }
        })
    });
    view! {
        {move || {
            let told: Vec<_> = notices.get().into_iter().filter_map(|notice| one(notice, noted)).collect();
            (!told.is_empty()).then(|| view! { <div class="stack" role="alert">{told}</div> })
        }}
    }
}

/// One in words; nothing of a kind that this page does not know yet.
fn one(notice: Notice, noted: Callback<String>) -> Option<impl IntoView> {
    let text = match notice.kind.as_str() {
        "session_stolen" => {
            let (at, address) = (format::date_time(&notice.at.unwrap_or_default()), notice.address.unwrap_or_default());
            t!("notice.session_stolen", at = at, address = address)
        }
        "storage_full" => t!("notice.storage_full"),
        _ => return None,
    };
    let acknowledge = notice.id.map(|id| {
        view! {
            <a href="/me">{t!("notice.to-sessions")}</a>" "
            <Button label=t!("notice.noted") small=true kind=Kind::Quiet on_press=move |()| noted.run(id.clone())/>
        }
    });
    Some(view! { <Banner tone=Tone::Bad>{text}" "{acknowledge}</Banner> })
}
