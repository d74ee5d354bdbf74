//! Records by what they have in common, as bars; each opens its list.

use domain::summary::{By, Summary};
use domain::{Definition, Field, Filter, Kind};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use crate::api::{self, Mounted, records};
use crate::resource::record::failed;
use crate::resource::{address, labels, touches};
use crate::t;
use crate::ui::{BarChart, Hollow, Load, Loaded, Point};

#[component]
pub fn ByField(
    definition: &'static Definition,
    key: &'static str,
    #[prop(into)] title: String,
    filter: Filter,
) -> impl IntoView {
    let field = definition.field(key)?;
    let (load, points) = (RwSignal::new(Load::Waiting), RwSignal::new(Vec::<Point>::new()));
    let by = vec![By::Field(key.to_owned())];
    let summary = StoredValue::new(Summary { by, filter, ..Summary::default() });
    let scope = Mounted::here();
    let read = move || {
        spawn_local(async move {
            let Some(summary) = summary.try_get_value() else { return };
            match records::summary(definition.name, &summary, Some(scope)).await {
                Ok(summed) => {
                    points.try_set(bars(definition, field, &summary.filter, &summed));
                    load.try_set(Load::Ready);
                }
                Err(problem) if api::is_aborted(&problem) => {}
                Err(problem) => drop(load.try_set(failed(&problem))),
            }
        });
    };
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.get();
        read();
    });
    let title = StoredValue::new(title);
    let view = view! {
        <section class="card" aria-label=title.get_value()>
            <div class="card-body chart-card">
                {move || (load.get() != Load::Ready || points.with(Vec::is_empty)).then(|| view! { <h2>{title.get_value()}</h2> })}
                <Loaded state=load on_retry=move |()| { load.set(Load::Waiting); read(); }>
                    {move || {
                        let points = points.get();
                        match points.is_empty() {
                            true => view! { <Hollow text=t!("related.none") icon="chart-line"/> }.into_any(),
                            false => view! { <BarChart title=title.get_value() points/> }.into_any(),
                        }
                    }}
                </Loaded>
            </div>
        </section>
    };
    Some(view)
}

/// A bar for each group; of a choice one for each word, also for those that no record bears.
fn bars(definition: &'static Definition, field: &'static Field, within: &Filter, summed: &Value) -> Vec<Point> {
    let groups = summed["groups"].as_array().map(Vec::as_slice).unwrap_or_default();
    let value = |group: &Value| group["figures"][0].as_f64().unwrap_or_default();
    let Kind::Choice(words) = field.kind else {
        let bar = |group: &Value| {
            let name = group["keys"][0]["title"].as_str().map_or_else(|| t!("value.none"), str::to_owned);
            let filter = serde_json::from_value(group["filter"].clone()).unwrap_or_default();
            Point { name, value: value(group), href: Some(address::filtered(definition.name, &filter)) }
        };
        return groups.iter().map(bar).collect();
    };
    let bar = |word: &&str| {
        let group = groups.iter().find(|group| group["keys"][0]["value"] == **word);
        let filter = within.narrowed(vec![Filter::test(field.key, domain::filter::Op::Eq, *word)]);
        Point {
            name: labels::choice(definition, field, word),
            value: group.map(value).unwrap_or_default(),
            href: Some(address::filtered(definition.name, &filter)),
        }
    };
    words.iter().map(bar).collect()
}
