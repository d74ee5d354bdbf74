//! A numbering rule: how the numbers of one kind of document are made.

use serde::{Deserialize, Serialize};

use crate::catalogue::NAMES;
use crate::error::Fault;
use crate::field::{Field, Kind};
use crate::id::Id;
use crate::numbering::Series;
use crate::resource::{Area, Resource, Verb};
use chrono::NaiveDate;

pub type NumberRuleId = Id<NumberRule>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(
    feature = "store",
    derive(diesel::Queryable, diesel::Selectable, diesel::Insertable, diesel::AsChangeset, utoipa::ToSchema)
)]
#[cfg_attr(feature = "store", diesel(table_name = schema::number_rules, treat_none_as_null = true))]
pub struct NumberRule {
    pub name: String,
    /// Whose documents it numbers.
    pub resource: String,
    /// See [`crate::numbering`]. Under another pattern the count begins anew, and goes on where it was under the old one.
    pub pattern: String,
    /// The least count of a series that begins.
    pub begin_at: i64,
}

impl Default for NumberRule {
    fn default() -> Self {
        Self { name: String::new(), resource: String::new(), pattern: String::new(), begin_at: 1 }
    }
}

impl Resource for NumberRule {
    const NAME: &'static str = "number-rules";
    const TABLE: &'static str = "number_rules";
    const AREA: Area = Area::Platform;
    const OWNED: bool = false;
    /// There is one for each kind of document that is numbered.
    const VERBS: &'static [Verb] = &[Verb::List, Verb::Find, Verb::Update];
    const FIELDS: &'static [Field] = &[
        Field::new("name", Kind::Text).searched().required().max(60).filterable().sortable().listed(),
        Field::new("resource", Kind::Choice(NAMES)).required().read_only().filterable().listed(),
        Field::new("pattern", Kind::Text).required().max(60).listed(),
        Field::new("begin_at", Kind::Integer).required().default("1").range(1, 999_999_999).listed(),
    ];

    fn title(&self) -> &str {
        &self.name
    }

    fn check(&self, _before: Option<&Self>) -> Vec<Fault> {
        let makes_numbers = Series::of(&self.pattern, NaiveDate::default()).is_some();
        Vec::from_iter((!makes_numbers).then(|| Fault::field("pattern", "not_a_pattern")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::own;

    #[test]
    fn a_rule_keeps_to_what_makes_numbers() {
        let rule =
            NumberRule {
                name: "商机".into(), resource: "opportunities".into(), pattern: "O-{6}".into(), begin_at: 1
            };
        let say = |pattern: &str| {
            let patch = json!({"pattern": pattern});
            own::change(&rule, patch.as_object().expect("an object"), chrono::DateTime::default())
        };
        assert_eq!(say("SJ{year}{5}").map(|rule| rule.pattern), Ok("SJ{year}{5}".to_owned()));
        assert_eq!(say("SJ{year}"), Err(vec![Fault::field("pattern", "not_a_pattern")]));
    }
}
