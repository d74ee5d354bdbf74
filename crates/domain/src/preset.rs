//! The preset: a list of a resource that people ask for all day, one press away, and the figure that is its length.
//!
//! Declared once by the resource. The tabs above its list and the figures of the workbench are the same filter, so that a
//! figure always opens as many records as it says.

use crate::filter::{Filter, Op};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// The end of the message key `preset.<resource>.<word>`.
    pub word: &'static str,
    /// Whether its records are those of whoever asks.
    pub own: bool,
    /// Whether the workbench tells how many there are.
    pub told: bool,
    /// Whether menus tell it beside the name of the resource, because these wait for somebody.
    pub counted: bool,
    /// What holds of each of its records.
    pub tests: &'static [Held],
}

/// A field that holds a value, or lies before or after it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    pub field: &'static str,
    pub op: Op,
    pub value: &'static str,
}

impl Preset {
    pub const fn new(word: &'static str, tests: &'static [Held]) -> Self {
        Self { word, own: false, told: false, counted: false, tests }
    }

    pub const fn own(self) -> Self {
        Self { own: true, ..self }
    }

    pub const fn told(self) -> Self {
        Self { told: true, ..self }
    }

    pub const fn counted(self) -> Self {
        Self { counted: true, ..self }
    }

    /// What its list shows.
    pub fn filter(&self) -> Filter {
        self.within(self.own.then(mine))
    }

    /// The same of the records of others, as far as `scope` goes; of all there are without one.
    pub fn within(&self, scope: Option<Filter>) -> Filter {
        let tests = self.tests.iter().map(|held| Filter::test(held.field, held.op, held.value));
        let mut parts: Vec<Filter> = scope.into_iter().chain(tests).collect();
        if parts.len() == 1 { parts.remove(0) } else { Filter::all(parts) }
    }
}

impl Held {
    pub const fn is(field: &'static str, value: &'static str) -> Self {
        Self { field, op: Op::Eq, value }
    }

    pub const fn before(field: &'static str, value: &'static str) -> Self {
        Self { field, op: Op::Lt, value }
    }

    pub const fn over(field: &'static str, value: &'static str) -> Self {
        Self { field, op: Op::Gt, value }
    }

    pub const fn until(field: &'static str, value: &'static str) -> Self {
        Self { field, op: Op::Lte, value }
    }
}

/// What belongs to whoever asks.
pub fn mine() -> Filter {
    Filter::test("owner_id", Op::Eq, "@me")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ones_own_is_told_of_a_department_or_of_all_too() {
        const DUE: Preset = Preset::new("due", &[Held::is("status", "open"), Held::until("due_on", "@today")]).own();
        let tests = || vec![Filter::test("status", Op::Eq, "open"), Filter::test("due_on", Op::Lte, "@today")];
        assert_eq!(DUE.filter(), Filter::all([vec![mine()], tests()].concat()));
        assert_eq!(DUE.within(None), Filter::all(tests()));
        let department = Filter::test("department_id", Op::Eq, "7");
        assert_eq!(DUE.within(Some(department.clone())), Filter::all([vec![department.clone()], tests()].concat()));
        assert_eq!(
            Preset::new("mine", &[]).own().within(Some(department.clone())),
            department,
            "no deeper than it has to be"
        );
        assert!(Preset::new("mine", &[]).own().within(None).is_everything());
    }
}
