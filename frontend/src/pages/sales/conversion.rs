use domain::permission::Action;
use domain::sales::visits::Passage;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::sales;
use crate::resource::{record, touches};
use crate::ui::{Hollow, Load, Loaded, SelectInput};
use crate::{format, session, t};

/// Of the opportunities that came to each stage of a pipeline, how many went on, and how long that took.
#[component]
pub fn Conversion(id: String) -> impl IntoView {
    if !session::may("opportunities", Action::Read) {
        return None;
    }
    let load = RwSignal::new(Load::Waiting);
    let passages = RwSignal::new(Vec::<Passage>::new());
    let since = RwSignal::new("90".to_owned());
    let id = StoredValue::new(id);
    let read = move || {
        let from = since.with_untracked(|days| first_day(&format::today(), days));
        let id = id.get_value();
        spawn_local(async move {
            match sales::conversion(&id, from.as_deref()).await {
                Ok(found) => {
                    passages.try_set(found);
                    load.try_set(Load::Ready);
                }
                Err(problem) => drop(load.try_set(record::failed(&problem))),
            }
        });
    };
    let touched = touches("stages");
    Effect::new(move || {
        since.get();
        touched.get();
        read();
    });
    let options = ["30", "90", "365", ""].map(|days| {
        let text = if days.is_empty() { t!("conversion.ever") } else { t!("conversion.days", count = days) };
        (days.to_owned(), text)
    });
    Some(view! {
        <section class="card">
            <header class="card-head">
                <h2>{t!("conversion.title")}</h2>
                <SelectInput value=since options=Signal::stored(options.to_vec()) label=t!("conversion.since")/>
            </header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    <ol class="funnel">{move || passages.with(|all| all.iter().map(|one| line(one, most(all))).collect_view())}</ol>
                    {move || passages.with(|all| most(all) == 0).then(|| view! { <Hollow text=t!("conversion.none")/> })}
                </Loaded>
            </div>
        </section>
    })
}

fn line(passage: &Passage, most: i64) -> AnyView {
    let Passage { stage, entered, advanced, won, lost, average_days } = passage;
    let share = percent(*advanced, *entered);
    let average =
        average_days.map(|days| t!("conversion.average", count = format::number((days * 10.0).round() / 10.0)));
    let figures = t!("conversion.figures", won = won, lost = lost);
    view! {
        <li>
            <p class="board-line">
                <strong>{stage.name.clone().unwrap_or_else(|| t!("value.hidden"))}</strong>
                <span>{t!("conversion.entered", count = entered)}</span>
            </p>
            <span class="funnel-bar" style:--share=format!("{}%", percent(*entered, most).unwrap_or(0))></span>
            <p class="board-line meta">
                <span>{share.map(|share| t!("conversion.advanced", count = advanced, share = share))}</span>
                <span>{[Some(figures), average].into_iter().flatten().collect::<Vec<_>>().join(" · ")}</span>
            </p>
        </li>
    }
    .into_any()
}

fn most(all: &[Passage]) -> i64 {
    all.iter().map(|passage| passage.entered).max().unwrap_or_default()
}

/// Of some so many, in whole per cent; nothing of nothing.
fn percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 200 + whole) / (whole * 2))
}

/// The first of the last so many days.
fn first_day(today: &str, days: &str) -> Option<String> {
    let today: chrono::NaiveDate = today.parse().ok()?;
    Some(today.checked_sub_days(chrono::Days::new(days.parse().ok()?))?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_and_nothing_has_none() {
        assert_eq!((percent(2, 3), percent(1, 200), percent(0, 5), percent(0, 0)), (Some(67), Some(1), Some(0), None));
    }

    #[test]
    fn the_last_days_begin_so_many_days_ago() {
        assert_eq!(first_day("2026-11-29", "30").as_deref(), Some("2026-10-30"));
        assert_eq!(first_day("2026-11-29", ""), None);
    }
}
