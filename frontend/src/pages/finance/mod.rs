//! What customers owe: by its age at any day, and the statement of one of them.

mod ageing;
mod owing;
mod statement;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use self::ageing::Ageing;
use self::owing::Owing;
use self::statement::StatementPage;
use crate::resource::{RecordPage, address};
use crate::{lazy, routes};

lazy!(finance, ageing, |_| view! { <Ageing/> }.into_any());
lazy!(finance, statement, |mut params| view! { <StatementPage id=params.remove(0)/> }.into_any());
lazy!(finance, customer, |mut params| record(params.remove(0)));

fn record(id: String) -> AnyView {
    let extra = |id: String| view! { <Owing id/> }.into_any();
    routes::resource("customers", |definition| view! { <RecordPage definition id extra/> }.into_any())
}

/// A day that the address says: what is typed goes there, and what stands there is shown.
fn day_of_address(key: &'static str, usual: String) -> (Memo<String>, RwSignal<String>) {
    let search = use_location().search;
    let said = Memo::new(move |_| {
        let found = search.with(|search| address::pairs(search)).into_iter().find(|(name, _)| name == key);
        found.map_or_else(|| usual.clone(), |(_, day)| day)
    });
    let typed = RwSignal::new(said.get_untracked());
    let (go, location) = (StoredValue::new_local(use_navigate()), use_location());
    Effect::new(move || typed.set(said.get()));
    Effect::watch(
        move || typed.get(),
        move |day, _, _| {
            if day.parse::<chrono::NaiveDate>().is_err() || *day == said.get_untracked() {
                return;
            }
            let others = address::pairs(&location.search.get_untracked()).into_iter().filter(|(name, _)| name != key);
            let pairs = others.chain([(key.to_owned(), day.clone())]).map(|(name, value)| format!("{name}={value}"));
            let path = format!("{}?{}", location.pathname.get_untracked(), pairs.collect::<Vec<_>>().join("&"));
            go.with_value(|go| {
                go(&path, NavigateOptions { scroll: false, replace: true, ..NavigateOptions::default() })
            });
        },
        false,
    );
    (said, typed)
}
