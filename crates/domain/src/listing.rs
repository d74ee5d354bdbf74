//! A request for a list, and the page that answers it. All lists behave the same.

use serde::{Deserialize, Serialize};

use crate::choice;
use crate::error::{Code, Error, Fault, Result};
use crate::filter::{Comparison, Filter, Op};
use crate::resource::{Definition, Verb};

pub const DEFAULT_LIMIT: u16 = 50;
pub const MAX_LIMIT: u16 = 500;
const MAX_SORTS: usize = 3;
const MAX_EXPANDS: usize = 20;
const MAX_SIMPLE_TESTS: usize = 10;
const MAX_WORDS: usize = 100;

/// A request for a list: the query string of `GET /{resource}` and the body of `POST /{resource}/search`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Listing {
    #[serde(skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    /// Words to look for in names, spellings and the ends of telephone numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<Sort>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// The members to return; `id`, `version` and `etag` always come along.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
    /// References to embed beside their ids.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expand: Vec<String>,
    #[serde(skip_serializing_if = "Count::is_none")]
    pub count: Count,
    /// The bin instead of what is there: what was deleted in the last thirty days, for who may delete and restore it. Who
    /// deleted a record, and when, are its last changes.
    #[serde(skip_serializing_if = "Deleted::is_without")]
    pub deleted: Deleted,
}

choice! {
    /// Whether a page tells how many records there are in all.
    pub enum Count { None = "none", Exact = "exact", Estimate = "estimate" }
}

choice! {
    /// Whether a list is of what is there or of what was deleted.
    pub enum Deleted { Without = "without", Only = "only" }
}

#[expect(clippy::derivable_impls, reason = "the enum is made by choice!, which takes no marks on its variants")]
impl Default for Deleted {
    fn default() -> Self {
        Deleted::Without
    }
}

impl Deleted {
    fn is_without(&self) -> bool {
        *self == Deleted::Without
    }
}

#[expect(clippy::derivable_impls, reason = "the enum is made by choice!, which takes no marks on its variants")]
impl Default for Count {
    fn default() -> Self {
        Count::None
    }
}

impl Count {
    fn is_none(&self) -> bool {
        *self == Count::None
    }
}

/// One key of an order, written `name` or `-updated_at`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Sort {
    pub field: String,
    pub descending: bool,
}

impl From<String> for Sort {
    fn from(text: String) -> Self {
        match text.strip_prefix('-') {
            Some(field) => Sort { field: field.to_owned(), descending: true },
            None => Sort { field: text, descending: false },
        }
    }
}

impl From<Sort> for String {
    fn from(sort: Sort) -> Self {
        if sort.descending { format!("-{}", sort.field) } else { sort.field }
    }
}

impl Listing {
    /// Reads decoded pairs of a query string. Unknown parameters and repeated ones are refused.
    pub fn from_query(pairs: &[(String, String)]) -> Result<Self> {
        let mut listing = Listing::default();
        let mut filters = Vec::new();
        let mut faults = Vec::new();
        for (index, (key, value)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == key) {
                faults.push(Fault::new(key.as_str(), "repeated"));
            } else if let Err(code) = listing.parameter(key, value, &mut filters) {
                faults.push(Fault::new(key.as_str(), code));
            }
        }
        if filters.len() > MAX_SIMPLE_TESTS {
            faults.push(Fault::new("filter", "too_many").with("max", MAX_SIMPLE_TESTS));
        }
        if !faults.is_empty() {
            return Err(Error { faults, ..Error::new(Code::BadParameter) });
        }
        if !listing.filter.is_everything() {
            filters.insert(0, listing.filter);
        }
        listing.filter = if filters.len() == 1 { filters.remove(0) } else { Filter::all(filters) };
        Ok(listing)
    }

    fn parameter(&mut self, key: &str, value: &str, filters: &mut Vec<Filter>) -> Result<(), &'static str> {
        let words = || value.split(',').filter(|word| !word.is_empty()).map(str::to_owned);
        match key {
            "q" => self.q = Some(value.to_owned()).filter(|q| !q.trim().is_empty()),
            "sort" => self.sort = words().map(Sort::from).collect(),
            "limit" => self.limit = Some(value.parse().map_err(|_| "not_a_number")?),
            "cursor" => self.cursor = Some(value.to_owned()),
            "fields" => self.fields = Some(words().collect()),
            "expand" => self.expand = words().collect(),
            "count" => self.count = Count::from_word(value).ok_or("not_a_choice")?,
            "deleted" => self.deleted = Deleted::from_word(value).ok_or("not_a_choice")?,
            // A nested filter, as the address bar carries it.
            "filter" => self.filter = serde_json::from_str(value).map_err(|_| "malformed")?,
            _ => {
                let inner = key.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')).ok_or("unknown")?;
                let (field, op) = inner.split_once("][").unwrap_or((inner, "eq"));
                let op = Op::from_word(op).ok_or("unknown")?;
                filters.push(Filter::Test(Comparison { field: field.to_owned(), op, value: value.into() }));
            }
        }
        Ok(())
    }

    /// The pairs that `from_query` reads back to the same request.
    pub fn to_query(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut push = |key: &str, value: String| pairs.push((key.to_owned(), value));
        if let Some(q) = &self.q {
            push("q", q.clone());
        }
        if !self.filter.is_everything()
            && let Ok(filter) = serde_json::to_string(&self.filter)
        {
            push("filter", filter);
        }
        if !self.sort.is_empty() {
            push("sort", self.sort.iter().cloned().map(String::from).collect::<Vec<_>>().join(","));
        }
        if let Some(limit) = self.limit {
            push("limit", limit.to_string());
        }
        if let Some(cursor) = &self.cursor {
            push("cursor", cursor.clone());
        }
        if let Some(fields) = &self.fields {
            push("fields", fields.join(","));
        }
        if !self.expand.is_empty() {
            push("expand", self.expand.join(","));
        }
        if self.count != Count::None {
            push("count", self.count.word().to_owned());
        }
        if !self.deleted.is_without() {
            push("deleted", self.deleted.word().to_owned());
        }
        pairs
    }

    /// Checks everything but the filter, which `Condition::check` does.
    pub fn check(&self, definition: &Definition) -> Result<()> {
        let mut faults = Vec::new();
        for (parameter, code, max, count) in self.sizes() {
            if count > max {
                faults.push(Fault::new(parameter, code).with("max", max));
            }
        }
        let mut fault = |parameter: &str, code: &str| faults.push(Fault::new(parameter, code));
        if self.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
            fault("limit", "out_of_range");
        }
        for sort in &self.sort {
            if !definition.field(&sort.field).is_some_and(|field| field.sortable) {
                fault("sort", "not_sortable");
            }
        }
        for key in self.fields.iter().flatten() {
            if definition.field(key).is_none() {
                fault("fields", "unknown");
            }
        }
        for key in &self.expand {
            let field = definition.embeds(key);
            let beside = definition.beside.iter().any(|field| field.key == key);
            let link = definition.link.is_some_and(|link| link.member() == key);
            let embeds =
                |field: &crate::Field| field.kind.referred().is_some() || matches!(field.kind, crate::Kind::Lines(_));
            if !beside && !link && !field.is_some_and(embeds) {
                fault("expand", "unknown");
            }
        }
        if self.deleted == Deleted::Only {
            if !definition.verbs.contains(&Verb::Delete) {
                fault("deleted", "unknown");
            }
            // What is deleted is not searched.
            if self.q.is_some() {
                fault("q", "not_in_bin");
            }
        }
        if self.q.as_ref().is_some_and(|q| q.contains('\0')) {
            fault("q", "nul_character");
        }
        if faults.is_empty() { Ok(()) } else { Err(Error { faults, ..Error::new(Code::BadParameter) }) }
    }

    /// What there may not be too much of: the parameter, the fault, the limit, and how much there is.
    fn sizes(&self) -> [(&'static str, &'static str, usize, usize); 3] {
        let words = self.q.as_ref().map_or(0, |q| q.chars().count());
        [
            ("sort", "too_many", MAX_SORTS, self.sort.len()),
            ("expand", "too_many", MAX_EXPANDS, self.expand.len()),
            ("q", "too_long", MAX_WORDS, words),
        ]
    }
}

/// Where a page stands in its list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct PageInfo {
    /// Names the page after this one; absent on the last.
    pub next_cursor: Option<String>,
    /// Names the page before this one; absent on the first.
    pub prev_cursor: Option<String>,
    /// Names the last page of the list.
    pub last_cursor: Option<String>,
    pub has_more: bool,
    /// How many records match in all, when `count` asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
    /// Whether `total` is an estimate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub data: Vec<T>,
    pub page: PageInfo,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(query: &[(&str, &str)]) -> Vec<(String, String)> {
        query.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }

    #[test]
    fn a_request_survives_the_address_bar() {
        let listing = Listing::from_query(&pairs(&[
            ("q", "华信"),
            ("filter[level][in]", "a,b"),
            ("filter[status]", "active"),
            ("sort", "-updated_at,name"),
            ("limit", "20"),
            ("count", "estimate"),
            ("deleted", "only"),
        ]))
        .expect("well formed");
        assert_eq!(listing.sort[0], Sort { field: "updated_at".into(), descending: true });
        assert_eq!(Listing::from_query(&listing.to_query()).expect("well formed"), listing);
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let refusal =
            Listing::from_query(&pairs(&[("limit", "1"), ("limit", "2"), ("offset", "3")])).expect_err("refused");
        let codes: Vec<_> = refusal.faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["repeated", "unknown"]);
    }
}
