//! The figures of the workbench: each is the length of one of the lists that the domain declares, and leads to it.

use domain::summary::{Measure, Summary};
use domain::{Definition, Field, Filter, Preset};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::scope::Scope;
use crate::api::{self, Mounted, records};
use crate::resource::{address, labels, touches};
use crate::ui::{Button, Kind};
use crate::{format, i18n, session, t};

/// What is told of a resource, in a row.
#[component]
pub fn Figures(definition: &'static Definition, scope: Scope) -> impl IntoView {
    let told = definition.presets.iter().filter(|preset| preset.told);
    view! {
        <section class="figures-row" aria-label=labels::plural(definition.name)>
            <h2 class="figures-head">{labels::plural(definition.name)}</h2>
            <div class="figures">
                {told.map(|preset| view! {
                    <Figure definition label=label(definition, preset) filter=preset.within(scope.filter())/>
                }).collect_view()}
            </div>
        </section>
    }
}

/// What the list is called; under its resource one name may say more than above the list.
fn label(definition: &'static Definition, preset: &Preset) -> String {
    let own = i18n::find(&format!("figure.{}.{}", definition.name, preset.word));
    own.unwrap_or_else(|| labels::preset(definition, preset))
}

/// How far a figure has come.
#[derive(Clone, PartialEq)]
enum Told {
    Waiting,
    Known { count: i64, sums: String },
    Failed(String),
}

/// A number that is the length of a list, and leads to it. Of what has an amount it tells the sums too.
#[component]
fn Figure(definition: &'static Definition, label: String, filter: Filter) -> impl IntoView {
    let told = RwSignal::new(Told::Waiting);
    let href = StoredValue::new(address::filtered(definition.name, &filter));
    let label = StoredValue::new(label);
    let summed = definition.own_fields().find(|field| field.summed && session::reads(definition.name, field));
    let of = [Measure::Count].into_iter().chain(summed.map(|field| Measure::Sum(field.key.to_owned()))).collect();
    let summary = StoredValue::new(Summary { filter, of, ..Summary::default() });
    let scope = Mounted::here();
    let read = move || {
        spawn_local(async move {
            let Some(summary) = summary.try_get_value() else { return };
            let known = match records::summary(definition.name, &summary, Some(scope)).await {
                Ok(answer) => of_totals(&answer["totals"]["figures"], summed),
                Err(problem) if api::is_aborted(&problem) => return,
                Err(problem) => Told::Failed(problem.detail),
            };
            told.try_set(known);
        });
    };
    let touched = touches(definition.name);
    Effect::new(move || {
        touched.get();
        read();
    });
    move || {
        match told.get() {
        Told::Failed(why) => view! {
            <div class="figure" role="alert">
                <span class="meta">{label.get_value()}</span>
                <span class="figure-failed">
                    <span title=why>{t!("workbench.figure-failed")}</span>
                    <Button label=t!("action.retry") kind=Kind::Link on_press=move |()| { told.set(Told::Waiting); read(); }/>
                </span>
            </div>
        }
        .into_any(),
        known => {
            let (count, sums) = match known {
                Told::Known { count, sums } => (format::count(count), sums),
                _ => ("\u{2007}".to_owned(), String::new()),
            };
            view! {
                <a class="figure" href=href.get_value()>
                    <span class="meta">{label.get_value()}</span>
                    <strong class="figure-number">{count}</strong>
                    {summed.map(|_| view! { <span class="figure-sums">{sums}</span> })}
                </a>
            }
            .into_any()
        }
    }
    }
}

/// The number, and the sums in words, each in its currency.
fn of_totals(figures: &Value, summed: Option<&Field>) -> Told {
    let Some(count) = figures[0].as_i64() else { return Told::Failed(String::new()) };
    let amount = |(currency, sum): (&String, &Value)| {
        let sum = sum.as_str().unwrap_or_default();
        format::amount(sum.strip_suffix(".00").unwrap_or(sum), currency)
    };
    let sums = summed.and_then(|_| figures[1].as_object()).into_iter().flatten().map(amount);
    Told::Known { count, sums: sums.collect::<Vec<_>>().join(" + ") }
}
