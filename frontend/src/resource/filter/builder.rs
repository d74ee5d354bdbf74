//! A filter under construction: the same tree as the filter, with a signal wherever something can change.

use domain::{Definition, Filter};
use leptos::prelude::*;

use super::related::{self, Related};
use super::rule::{self, Rule};
use crate::t;
use crate::ui::{Button, Checkbox, IconButton, Kind, SelectInput};

#[derive(Clone, Copy)]
pub struct Group {
    definition: &'static Definition,
    /// `and` or `or`.
    joined: RwSignal<String>,
    negated: RwSignal<bool>,
    parts: RwSignal<Vec<Part>>,
}

#[derive(Clone, Copy)]
pub enum Part {
    Rule(Rule),
    Group(Group),
    Related(Related),
}

impl Group {
    pub fn of(definition: &'static Definition, filter: &Filter) -> Self {
        let group = |joined: &str, negated: bool, parts: Vec<Part>| Self {
            definition,
            joined: RwSignal::new(joined.to_owned()),
            negated: RwSignal::new(negated),
            parts: RwSignal::new(parts),
        };
        let part = |filter: &Filter| match filter {
            Filter::Test(test) => Part::Rule(Rule::of(definition, test)),
            Filter::Some(has) => Part::Related(Related::of(definition, "some", &has.some, &has.filter)),
            Filter::None(has) => Part::Related(Related::of(definition, "none", &has.none, &has.filter)),
            nested => Part::Group(Self::of(definition, nested)),
        };
        match filter {
            Filter::And(parts) => group("and", false, parts.and.iter().map(part).collect()),
            Filter::Or(parts) => group("or", false, parts.or.iter().map(part).collect()),
            Filter::Not(inner) => {
                let inner = Self::of(definition, &inner.not);
                inner.negated.update(|negated| *negated = !*negated);
                inner
            }
            Filter::Test(_) | Filter::Some(_) | Filter::None(_) => group("and", false, vec![part(filter)]),
        }
    }

    /// Marks the conditions that lack a value and tells whether there are any. A single one that nobody touched is no
    /// condition yet.
    pub fn is_unfinished(self) -> bool {
        let alone = self.parts.with(|parts| match parts.as_slice() {
            [Part::Rule(rule)] => rule.is_blank(),
            _ => false,
        });
        !alone && self.mark_missing()
    }

    fn mark_missing(self) -> bool {
        let mark = |part: &Part| match part {
            Part::Rule(rule) => {
                rule.marked.set(true);
                rule.filter().is_none()
            }
            Part::Group(group) => group.mark_missing(),
            Part::Related(related) => related.mark_missing(),
        };
        // Each of them is marked, also behind the first.
        self.parts.with(|parts| parts.iter().filter(|part| mark(part)).count() > 0)
    }

    /// The filter as it stands; conditions without a value are left out.
    pub fn filter(self) -> Filter {
        let parts: Vec<Filter> = self.parts.with(|parts| {
            let filters = parts.iter().filter_map(|part| match part {
                Part::Rule(rule) => rule.filter(),
                Part::Group(group) => Some(group.filter()).filter(|filter| !filter.is_everything()),
                Part::Related(related) => Some(related.filter()),
            });
            filters.collect()
        });
        let any = self.joined.with(|joined| joined == "or") && parts.len() > 1;
        let joined = if any { Filter::any(parts) } else { Filter::all(parts) };
        if self.negated.get() && !joined.is_everything() { Filter::negate(joined) } else { joined }
    }

    fn add_rule(self) {
        self.parts.update(|parts| parts.push(Part::Rule(Rule::first(self.definition))));
    }

    fn add_related(self) {
        self.parts.update(|parts| parts.push(Part::Related(Related::first(self.definition))));
    }

    fn add_group(self) {
        let group = Self::of(self.definition, &Filter::everything());
        group.add_rule();
        group.joined.set("or".to_owned());
        self.parts.update(|parts| parts.push(Part::Group(group)));
    }
}

/// A group with its conditions; `remove` is missing for the outermost.
pub fn group_view(group: Group, remove: Option<Callback<()>>) -> AnyView {
    let joins = vec![("and".to_owned(), t!("filter.all")), ("or".to_owned(), t!("filter.any"))];
    if group.parts.with_untracked(Vec::is_empty) {
        group.add_rule();
    }
    let parts = move || {
        group
            .parts
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, part)| {
                let remove = Callback::new(move |()| {
                    group.parts.update(|parts| {
                        parts.remove(at);
                    })
                });
                match part {
                    Part::Rule(rule) => rule::rule_view(rule, remove),
                    Part::Group(inner) => group_view(inner, Some(remove)),
                    Part::Related(inner) => related::view(inner, remove),
                }
            })
            .collect_view()
    };
    view! {
        <div class="rule-group" role="group" aria-label=t!("filter.group")>
            <div class="rule-head">
                <SelectInput value=group.joined options=Signal::stored(joins) label=t!("filter.join")/>
                <Checkbox label=t!("filter.not") checked=group.negated on_change=move |on| group.negated.set(on)/>
                {remove.map(|remove| view! { <IconButton label=t!("filter.remove-group") icon="trash-2" small=true side="end" on_press=remove/> })}
            </div>
            {parts}
            <div class="button-group">
                <Button label=t!("filter.add") icon="plus" small=true kind=Kind::Quiet on_press=move |()| group.add_rule()/>
                {related::is_possible(group.definition).then(|| view! {
                    <Button label=t!("filter.add-related") icon="link" small=true kind=Kind::Quiet on_press=move |()| group.add_related()/>
                })}
                <Button label=t!("filter.add-group") icon="git-merge" small=true kind=Kind::Quiet on_press=move |()| group.add_group()/>
            </div>
        </div>
    }.into_any()
}
