//! A condition on the records that name those of the list: customers that have, or have not, an open opportunity.

use domain::filter::paths;
use domain::permission::Action;
use domain::{Definition, Filter};
use leptos::prelude::*;

use super::builder::{self, Group};
use crate::resource::{labels, related};
use crate::ui::{IconButton, SelectInput};
use crate::{i18n, session, t};

#[derive(Clone, Copy)]
pub struct Related {
    /// `some` or `none`.
    how: RwSignal<String>,
    /// The resource and its field, as a filter names them.
    what: RwSignal<String>,
    group: RwSignal<Option<Group>>,
    definition: &'static Definition,
}

/// What can be asked for: the words of the filter, and what people call it.
fn choices(definition: &'static Definition) -> Vec<(String, String)> {
    let all = related::relations(definition).into_iter().filter(|(other, _)| session::may(other.name, Action::Read));
    let choice = |(other, field): (&'static Definition, &'static domain::Field)| {
        let word = i18n::find(&format!("relation.{}.{}", other.name, field.key));
        (format!("{}.{}", other.name, field.key), word.unwrap_or_else(|| labels::plural(other.name)))
    };
    all.map(choice).collect()
}

/// Whether a resource has anything that names it.
pub fn is_possible(definition: &'static Definition) -> bool {
    !choices(definition).is_empty()
}

impl Related {
    pub fn first(definition: &'static Definition) -> Self {
        let what = choices(definition).into_iter().next().map(|(what, _)| what).unwrap_or_default();
        Self::of(definition, "some", &what, &Filter::everything())
    }

    pub fn of(definition: &'static Definition, how: &str, what: &str, filter: &Filter) -> Self {
        let found = paths::naming(definition, what);
        // As the choices write it.
        let what = found.map_or_else(|| what.to_owned(), |(field, of)| format!("{}.{}", of.name, field.key));
        let group = found.map(|(_, of)| Group::of(of, filter));
        Self { how: RwSignal::new(how.to_owned()), what: RwSignal::new(what), group: RwSignal::new(group), definition }
    }

    pub fn filter(self) -> Filter {
        let filter = Box::new(self.group.get().map_or_else(Filter::everything, Group::filter));
        match self.how.with(|how| how == "none") {
            true => Filter::None(domain::filter::HasNone { none: self.what.get(), filter }),
            false => Filter::Some(domain::filter::HasSome { some: self.what.get(), filter }),
        }
    }

    pub fn mark_missing(self) -> bool {
        self.group.get_untracked().is_some_and(Group::is_unfinished)
    }
}

pub fn view(related: Related, remove: Callback<()>) -> AnyView {
    let hows = vec![("some".to_owned(), t!("filter.some")), ("none".to_owned(), t!("filter.none"))];
    let definition = related.definition;
    // Other records have other fields.
    Effect::watch(
        move || related.what.get(),
        move |what, _, _| {
            let of = paths::naming(definition, what).map(|(_, of)| Group::of(of, &Filter::everything()));
            related.group.set(of);
        },
        false,
    );
    view! {
        <div class="rule-group" role="group" aria-label=t!("filter.related")>
            <div class="rule-head">
                <SelectInput value=related.how options=Signal::stored(hows) label=t!("filter.related")/>
                <SelectInput value=related.what options=Signal::stored(choices(definition)) label=t!("filter.related-what")/>
                <IconButton label=t!("filter.remove-group") icon="trash-2" small=true side="end" on_press=remove/>
            </div>
            {move || related.group.get().map(|group| builder::group_view(group, None))}
        </div>
    }
    .into_any()
}
