use domain::filter::Op;
use domain::listing::{Listing, Sort};
use domain::permission::Action;
use domain::sales::visits::Visit;
use domain::{Act, Definition, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::records::{self, Item};
use crate::api::sales;
use crate::resource::{acts, record, touches};
use crate::ui::{Icon, Load, Loaded};
use crate::{edition, session, t};

/// A stage on the way of an opportunity.
#[derive(Clone, Debug, PartialEq)]
struct Station {
    id: String,
    name: String,
    standing: Standing,
    /// How long it stood there in all, if it ever did.
    seconds: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Behind,
    Here,
    Ahead,
}

/// The stages that an opportunity goes through: how long it stood in each, and one press to the next.
#[component]
pub fn Way(id: String) -> impl IntoView {
    let definition = edition::find("opportunities")?;
    let readable = |key: &str| definition.field(key).is_some_and(|field| session::reads(definition.name, field));
    // Who may not see where it stands is shown nothing of its way.
    if !(readable("stage_id") && readable("status") && session::may("stages", Action::Read)) {
        return None;
    }
    let load = RwSignal::new(Load::Waiting);
    let known = RwSignal::new((Item::default(), Vec::<Station>::new()));
    let id = StoredValue::new(id);
    let read = move || {
        let id = id.get_value();
        spawn_local(async move {
            match stations(&id).await {
                Ok(found) => {
                    known.try_set(found);
                    load.try_set(Load::Ready);
                }
                Err(problem) => drop(load.try_set(record::failed(&problem))),
            }
        });
    };
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.get();
        read();
    });
    Some(view! {
        <section class="card">
            <header class="card-head"><h2>{t!("way.title")}</h2></header>
            <div class="card-body">
                <Loaded state=load on_retry=move |()| read()>
                    <ol class="way">{move || {
                        let (item, stations) = known.get();
                        stations.into_iter().map(|station| line(definition, &item, station)).collect_view()
                    }}</ol>
                </Loaded>
            </div>
        </section>
    })
}

fn line(definition: &'static Definition, item: &Item, station: Station) -> AnyView {
    let Station { id, name, standing, seconds } = station;
    let possible = acts::possible(definition, &item.document);
    let advance = possible.into_iter().find(|act| act.asks_for("stage_id")).filter(|_| standing != Standing::Here);
    let face = match advance {
        Some(act) => {
            let (item, label) = (item.clone(), t!("way.advance", stage = name));
            let go = move |_| advance_to(definition, act, item.clone(), &id);
            view! { <button type="button" class="way-name" aria-label=label.clone() title=label on:click=go>{name}</button> }.into_any()
        }
        None => view! { <span class="way-name">{name}</span> }.into_any(),
    };
    let (mark, icon) = match standing {
        Standing::Behind => ("behind", "check"),
        Standing::Here => ("here", "map-pin"),
        Standing::Ahead => ("ahead", "chevron-right"),
    };
    view! {
        <li data-standing=mark aria-current=(standing == Standing::Here).then_some("step")>
            <span class="way-mark"><Icon name=icon/></span>
            {face}
            <span class="meta">{seconds.map(days)}</span>
        </li>
    }
    .into_any()
}

fn advance_to(definition: &'static Definition, act: &'static Act, item: Item, stage: &str) {
    acts::send(definition, act, item, records::one("stage_id", stage.into()));
}

/// A time in whole days.
fn days(seconds: i64) -> String {
    match seconds / 86_400 {
        0 => t!("way.today"),
        days => t!("way.days", count = days),
    }
}

async fn stations(id: &str) -> crate::api::Result<(Item, Vec<Station>)> {
    let item = records::find("opportunities", id, &[]).await?;
    let text = |item: &Item, key: &str| item.document.get(key).and_then(Value::as_str).map(str::to_owned);
    let Some(here) = text(&item, "stage_id") else { return Ok((item, Vec::new())) };
    let pipeline = text(&records::find("stages", &here, &[]).await?, "pipeline_id").unwrap_or_default();
    let all = Listing {
        filter: Filter::test("pipeline_id", Op::Eq, pipeline),
        sort: vec![Sort::from("position".to_owned())],
        limit: Some(100),
        ..Listing::default()
    };
    let stages = records::list("stages", &all, None).await?.items;
    let visits = sales::visits(id).await?;
    let names = stages.iter().map(|stage| (stage.id.clone(), text(stage, "name").unwrap_or_default()));
    Ok((item, placed(names.collect(), &here, &visits)))
}

/// The stages in their order, with what is known of the way so far.
fn placed(stages: Vec<(String, String)>, here: &str, visits: &[Visit]) -> Vec<Station> {
    let at = stages.iter().position(|(id, _)| id == here);
    let place = |(number, (id, name)): (usize, (String, String))| {
        let own = visits.iter().filter(|visit| visit.stage.id.to_string() == id).map(|visit| visit.seconds);
        let seconds = own.fold(None, |sum: Option<i64>, seconds| Some(sum.unwrap_or_default() + seconds));
        let standing = match at {
            // A stage that was skipped is not done.
            Some(at) if number < at && seconds.is_some() => Standing::Behind,
            Some(at) if number == at => Standing::Here,
            _ => Standing::Ahead,
        };
        Station { id, name, standing, seconds }
    };
    stages.into_iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_stage_tells_how_long_one_stood_there_in_all() {
        let ids = ["00000000-0000-0000-0000-000000000001", "2", "00000000-0000-0000-0000-000000000003", "4"];
        let visit = |stage: &str, seconds: i64| {
            let entered_at = "2026-11-29T02:00:00.000000Z";
            let visit = json!({"stage": {"id": stage, "name": "x"}, "entered_at": entered_at, "left_at": null, "outcome": null, "seconds": seconds});
            serde_json::from_value::<Visit>(visit).expect("a visit")
        };
        let visits = [visit(ids[0], 60), visit(ids[2], 5), visit(ids[0], 40)];
        let stages = ids.map(|id| (id.to_owned(), id.to_owned())).to_vec();
        let told: Vec<_> =
            placed(stages, ids[2], &visits).into_iter().map(|station| (station.standing, station.seconds)).collect();
        let skipped = (Standing::Ahead, None);
        assert_eq!(told, [(Standing::Behind, Some(100)), skipped, (Standing::Here, Some(5)), skipped]);
    }
}
