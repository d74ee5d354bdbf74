//! Whose records the workbench tells of: one's own, those of one's department, or all that one sees. It stands in the
//! address, so that a reload and a link show the same.

use domain::Filter;
use domain::filter::Op;
use domain::permission::{Action, Scope as Reach};
use domain::preset::mine;
use leptos::prelude::WithUntracked;

use crate::resource::address;
use crate::{edition, session, t};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Mine,
    Department,
    All,
}

const NAME: &str = "scope";

impl Scope {
    const EACH: [Self; 3] = [Self::Mine, Self::Department, Self::All];

    const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Department => "department",
            Self::All => "all",
        }
    }

    pub fn label(self) -> String {
        match self {
            Self::Mine => t!("workbench.scope.mine"),
            Self::Department => t!("workbench.scope.department"),
            Self::All => t!("workbench.scope.all"),
        }
    }

    pub const fn icon(self) -> &'static str {
        match self {
            Self::Mine => "user",
            Self::Department => "users",
            Self::All => "building-2",
        }
    }

    /// What holds of the records in it.
    pub fn filter(self) -> Option<Filter> {
        match self {
            Self::Mine => Some(mine()),
            Self::Department => Some(Filter::test("department_id", Op::Eq, department()?)),
            Self::All => None,
        }
    }

    /// Those that say something to the person: nobody is offered what holds no more than the one before.
    pub fn offered() -> Vec<Self> {
        let reach = session::session().me.with_untracked(|me| {
            let told =
                |resource: &str| edition::find(resource).is_some_and(|of| of.presets.iter().any(|preset| preset.told));
            let reads = me.grants.iter().filter(|grant| grant.action == Action::Read && told(&grant.resource));
            reads.map(|grant| grant.scope).max()
        });
        let reaches = |scope: &Self| match scope {
            Self::Mine => true,
            Self::Department => reach >= Some(Reach::Team) && department().is_some(),
            Self::All => reach > Some(Reach::Team),
        };
        Self::EACH.into_iter().filter(reaches).collect()
    }

    /// The one that an address names, as far as it is offered.
    pub fn of(search: &str) -> Self {
        let asked = address::pairs(search).into_iter().find(|(key, _)| key == NAME).map(|(_, word)| word);
        let named = Self::offered().into_iter().find(|scope| Some(scope.word()) == asked.as_deref());
        named.unwrap_or(Self::Mine)
    }

    pub fn href(self) -> String {
        if self == Self::Mine { "/".to_owned() } else { format!("/?{NAME}={}", self.word()) }
    }
}

fn department() -> Option<String> {
    session::session().me.with_untracked(|me| me.department_id.clone())
}
