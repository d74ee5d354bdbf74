//! A search as a condition on rows, and the choice of its way.
//!
//! Few rows fit: the index of tokens names them, and they are sorted. Many rows fit: the list is walked in its order, each
//! row is checked, and the walk ends with the page. The planner would have to guess which; we know the frequencies.
//! Measured in `tests/bench/README.md`; the wrong way costs seconds.

use domain::field::Field;
use domain::permission::Right;
use domain::resource::Resource;
use domain::text::phone;
use domain::text::tokens::{self, Check, Needle};
use uuid::Uuid;

use super::frequencies::Frequencies;
use super::{TEXTS, of_resource, phones, words};
use crate::db::{Connection, Db};
use crate::error::Result;
use crate::filter::escaped;
use crate::sql::{Bind, Sql};
use crate::table::Stored;

/// Microseconds for a row that the index brings: fetched from both tables, checked and sorted.
const BROUGHT: f64 = 5.0;
/// Microseconds for a row that a walk passes: looked up in the side table and checked.
const PASSED: f64 = 5.0;
/// The index is asked for so many tokens of a word; more of them cost more than they exclude.
const ASKED: usize = 3;
/// Of so many rows about one has a telephone number that ends in four given digits.
const TAILS: f64 = 5_000.0;

/// The rows that a search finds: every word of the query must fit. A page of so many rows may be walked to; without one
/// the order of the list has no index, or all rows are wanted.
pub async fn condition<R: Stored>(connection: &mut Connection<'_>, q: &str, page: Option<usize>) -> Result<Sql> {
    let db = connection.db();
    let frequencies = db.frequencies(connection).await?;
    let rows = frequencies.of_table(R::TABLE);
    let words: Vec<Word> = words(q).into_iter().map(|word| Word::of::<R>(db, &frequencies, word)).collect();
    let share: f64 = words.iter().map(|word| (word.rows(&frequencies, rows) / rows).clamp(1.0 / rows, 1.0)).product();
    let by_index = share * rows * BROUGHT;
    let by_walk = page.map(|page| (page + 1) as f64 / share * PASSED);
    Ok(match by_walk {
        Some(by_walk) if by_walk < by_index => walked(R::TABLE, &words),
        _ => brought(R::TABLE, R::NAME, &words),
    })
}

/// The array is made once, before anything else: the planner has no choice but to go by the index.
fn brought(table: &str, resource: &str, words: &[Word]) -> Sql {
    let parts = words.iter().map(|word| Sql::or(word.ways.iter().map(Way::by_index).collect()));
    Sql::new(format!("{table}.id = any(array(select record_id from search_index where resource = "))
        .bind(Bind::Text(resource.to_owned()))
        .push(" and (")
        .append(Sql::and(parts.collect()))
        .push(")))")
}

/// A value looked up for each row, which no planner turns into a join; and last of all conditions, because it costs most.
fn walked(table: &str, words: &[Word]) -> Sql {
    let parts = words.iter().map(Word::check);
    Sql::new("(select (")
        .append(Sql::and(parts.collect()))
        .push(format!(") from search_index where record_id = {table}.id)"))
}

/// A word, and the ways in which it may be meant.
struct Word {
    ways: Vec<Way>,
}

enum Way {
    Spelled(Needle),
    Telephone(Vec<Uuid>),
}

impl Word {
    /// What the caller may not see of a record finds nothing: a search would tell it bit by bit.
    fn of<R: Resource>(db: &Db, frequencies: &Frequencies, word: &str) -> Self {
        let mut ways = Vec::new();
        if TEXTS.iter().filter_map(|key| field::<R>(key)).all(|field| is_visible::<R>(db, field)) {
            let needles = tokens::needles(word).into_iter();
            ways.extend(needles.map(|needle| Way::Spelled(sharpened::<R>(needle, frequencies))));
        }
        let digests = phone_digests::<R>(db, word);
        if !digests.is_empty() {
            ways.push(Way::Telephone(digests));
        }
        Self { ways }
    }

    /// The check without the index. All spellings are one pattern, because each pattern has its price at every row.
    fn check(&self) -> Sql {
        let pattern = |way: &Way| match way {
            Way::Spelled(Needle { check: Check::Matches(pattern), .. }) => Some(pattern.clone()),
            _ => None,
        };
        let patterns: Vec<String> = self.ways.iter().filter_map(pattern).collect();
        let mut checks: Vec<Sql> = self.ways.iter().filter(|way| pattern(way).is_none()).map(Way::check).collect();
        if !patterns.is_empty() {
            checks.push(Sql::new("body ~ ").bind(Bind::Text(patterns.join("|"))));
        }
        Sql::or(checks)
    }

    /// About how many of all rows fit.
    fn rows(&self, frequencies: &Frequencies, all: f64) -> f64 {
        self.ways.iter().map(|way| way.rows(frequencies, all)).sum()
    }
}

impl Way {
    fn rows(&self, frequencies: &Frequencies, all: f64) -> f64 {
        let needle = match self {
            Way::Spelled(needle) => needle,
            Way::Telephone(_) => return all / TAILS,
        };
        // Neighbours come together, so their shares cannot be multiplied: the rarest says it all.
        let rarest = needle.all.iter().map(|token| frequencies.of_token(*token)).fold(all, f64::min);
        match needle.any.as_slice() {
            [] => rarest,
            any => any.iter().map(|token| frequencies.of_token(*token)).sum::<f64>().min(rarest),
        }
    }

    fn by_index(&self) -> Sql {
        let Way::Spelled(needle) = self else { return self.check() };
        let mut parts = Vec::new();
        if !needle.all.is_empty() {
            parts.push(Sql::new("tokens @> ").bind(Bind::Tokens(needle.all.clone())));
        }
        if !needle.any.is_empty() {
            parts.push(Sql::new("tokens && ").bind(Bind::Tokens(needle.any.clone())));
        }
        parts.push(self.check());
        Sql::and(parts)
    }

    fn check(&self) -> Sql {
        match self {
            Way::Spelled(Needle { check: Check::Contains(text), .. }) => {
                Sql::new("body like ").bind(Bind::Text(format!("%{}%", escaped(text))))
            }
            Way::Spelled(Needle { check: Check::Matches(pattern), .. }) => {
                Sql::new("body ~ ").bind(Bind::Text(pattern.clone()))
            }
            Way::Telephone(digests) => Sql::new("digests && ").bind(Bind::Ids(digests.clone())),
        }
    }
}

/// The needle with the tokens of this resource, the rarest of them only.
fn sharpened<R: Resource>(needle: Needle, frequencies: &Frequencies) -> Needle {
    let mut all = of_resource::<R>(needle.all);
    all.sort_by(|a, b| frequencies.of_token(*a).total_cmp(&frequencies.of_token(*b)));
    all.truncate(ASKED);
    Needle { all, any: of_resource::<R>(needle.any), check: needle.check }
}

/// The digests under which a telephone number is kept: in full, and of its end when four digits are asked for.
fn phone_digests<R: Resource>(db: &Db, word: &str) -> Vec<Uuid> {
    let digits = phone::normalise(word);
    let is_tail = digits.len() == 4 && digits.len() == word.trim().len();
    if !is_tail && !phone::is_phone(word) {
        return Vec::new();
    }
    let fields = phones::<R>().filter(|field| is_visible::<R>(db, field));
    let digest = |field| {
        if is_tail { db.keys().tail_digest(R::NAME, field, &digits) } else { db.keys().digest(R::NAME, field, word) }
    };
    fields.map(digest).collect()
}

fn field<R: Resource>(key: &str) -> Option<&'static Field> {
    R::FIELDS.iter().find(|field| field.key == key)
}

fn is_visible<R: Resource>(db: &Db, field: &Field) -> bool {
    db.viewer().is_none_or(|viewer| viewer.rights.field(R::NAME, field) != Right::None)
}
