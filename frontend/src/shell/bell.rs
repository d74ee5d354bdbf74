use std::time::Duration;

use domain::filter::{Filter, Op};
use domain::listing::{Count, Listing};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::news;
use crate::api::records;
use crate::resource::touches;
use crate::ui::{Dialog, Icon, Shape, Tooltip};
use crate::{lazy, t, work};

/// How often a page that stays open asks whether there is something new.
const ROUND: Duration = Duration::from_secs(30);

/// What somebody should know of, what is under way in the background, and what came of the latest work.
#[component]
pub fn Bell() -> impl IntoView {
    let open = RwSignal::new(false);
    let jobs = work::jobs();
    let running = Memo::new(move |_| jobs.with(|jobs| jobs.iter().filter(|job| job.is_under_way()).count()));
    let unread = unread();
    let count = move || running.get() + unread.get();
    let label = move || match (unread.get(), running.get()) {
        (0, 0) => t!("bell.label"),
        (0, count) => t!("bell.running", count = count),
        (count, _) => t!("bell.unread", count = count),
    };
    view! {
        <Tooltip text=t!("bell.label") side="end">
            <button type="button" class="button bell" data-kind="quiet" data-icon-only="true" aria-label=label on:click=move |_| open.set(true)>
                <Icon name="bell"/>
                {move || (count() > 0).then(|| view! { <span class="bell-count" aria-hidden="true">{count}</span> })}
            </button>
        </Tooltip>
        <Dialog open title=t!("bell.label") shape=Shape::Drawer>
            {lazy::part(news::draw, move |draw: news::Draw| draw(open))}
        </Dialog>
    }
}

/// How many notifications wait to be looked at.
fn unread() -> RwSignal<usize> {
    let unread = RwSignal::new(0);
    let read = move || {
        let filter = Filter::test("read_at", Op::IsNull, true);
        let listing = Listing { filter, limit: Some(1), count: Count::Exact, ..Listing::default() };
        spawn_local(async move {
            // Without an answer what is known stays; that the server is gone is said elsewhere.
            if let Ok(page) = records::list(news::NOTIFICATIONS, &listing, None).await {
                unread.try_set(usize::try_from(page.info.total.unwrap_or_default()).unwrap_or_default());
            }
        });
    };
    let touched = touches(news::NOTIFICATIONS);
    Effect::new(move || {
        touched.get();
        read();
    });
    if let Ok(round) = set_interval_with_handle(read, ROUND) {
        on_cleanup(move || round.clear());
    }
    unread
}
