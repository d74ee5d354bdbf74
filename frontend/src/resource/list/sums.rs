//! What the listed records come to: the sums of all of them, not only of the page, at the foot of their columns.

use domain::filter::Op;
use domain::listing::Listing;
use domain::summary::{Measure, Summary};
use domain::{Definition, Field, Filter};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::state::{ListState, view_of};
use crate::api::records;
use crate::resource::{address, labels, touches};
use crate::{format, session, t};

/// Most figures that are asked for at once.
const MOST: usize = 5;

/// The sum of a field, as it is told: of an amount one for each currency.
type Sum = (&'static Field, Value);

#[derive(Clone, Copy)]
pub struct Sums {
    definition: &'static Definition,
    listing: Memo<Listing>,
    told: RwSignal<Vec<Sum>>,
}

impl Sums {
    /// Follows the list. Until the sums of another view are known there are none.
    pub fn of(list: ListState) -> Self {
        let definition = list.definition;
        let view = Memo::new(move |_| list.listing.with(view_of));
        let summed = move |field: &&'static Field| field.summed && session::reads(definition.name, field);
        let fields: Memo<Vec<_>> = Memo::new(move |_| {
            list.fields.with(|fields| fields.iter().copied().filter(|field| summed(field)).take(MOST).collect())
        });
        let (told, touched) = (RwSignal::new(Vec::new()), touches(definition.name));
        let known = StoredValue::new(None);
        Effect::new(move || {
            touched.get();
            let (listing, fields) = (view.get(), fields.get());
            let asked = (listing.clone(), fields.clone());
            if known.get_value().as_ref() != Some(&asked) {
                told.set(Vec::new());
            }
            known.set_value(Some(asked.clone()));
            if fields.is_empty() {
                return;
            }
            let of = fields.iter().map(|field| Measure::Sum(field.key.to_owned())).collect();
            let summary = Summary { filter: listing.filter, q: listing.q, of, ..Summary::default() };
            spawn_local(async move {
                let answer = records::summary(definition.name, &summary, Some(list.scope)).await;
                let Ok(mut summed) = answer else { return };
                // Somebody may look at something else by now.
                if known.try_get_value().flatten().as_ref() == Some(&asked) {
                    let figures = fields.iter().enumerate();
                    told.set(figures.map(|(at, field)| (*field, summed["totals"]["figures"][at].take())).collect());
                }
            });
        });
        Self { definition, listing: view, told }
    }

    pub fn any(self) -> bool {
        self.told.with(|told| !told.is_empty())
    }

    /// What stands at the foot of a column.
    pub fn cell(self, field: &Field) -> AnyView {
        let sum = self.told.with(|told| told.iter().find(|(summed, _)| *summed == field).map(|(_, sum)| sum.clone()));
        sum.map(|sum| self.figure(&sum)).into_any()
    }

    /// The same where there are no columns.
    pub fn lines(self) -> AnyView {
        let line = |(field, sum): &Sum| {
            let label = t!("list.sum-of", field = labels::field(self.definition, field));
            view! { <li class="sum-line"><span>{label}</span><span class="sum-figures">{self.figure(sum)}</span></li> }
        };
        let lines = self.told.with(|told| told.iter().map(line).collect_view());
        self.any().then(|| view! { <ul class="sums">{lines}</ul> }).into_any()
    }

    fn figure(self, sum: &Value) -> AnyView {
        let Value::Object(amounts) = sum else {
            return view! { <span>{format::group_digits(sum.as_str().unwrap_or_default())}</span> }.into_any();
        };
        if amounts.is_empty() {
            return view! { <span>"0"</span> }.into_any();
        }
        let is_one = amounts.len() == 1;
        let figure = |(currency, amount): (&String, &Value)| {
            let text = format::amount(amount.as_str().unwrap_or_default(), currency);
            if is_one {
                return view! { <span>{text}</span> }.into_any();
            }
            // Each of several opens the records that it is of.
            let listing = self.listing.get_untracked();
            let filter = listing.filter.narrowed(vec![Filter::test("currency", Op::Eq, currency.as_str())]);
            let href = address::showing(self.definition.name, &Listing { filter, ..listing });
            view! { <a href=href>{text}</a> }.into_any()
        };
        amounts.iter().map(figure).collect_view().into_any()
    }
}
