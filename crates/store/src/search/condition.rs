//! A search as a condition on rows, and the choice of its way.
//!
//! Few rows fit: the index of tokens names them, and they are sorted. Many rows fit: the list is walked in its order, each
//! row is checked, and the walk ends with the page. The planner would have to guess which; we know the frequencies.
//! Measured in `tests/bench/README.md`; the wrong way costs seconds.
//!
//! Some rows are also found by others that belong to them, such as customers by their contacts. Then each word has two
//! sources: the rarest word's rows are brought from both, or rows are walked and both are looked at. Contacts that bear
//! the word are found beforehand when there are few, and looked at row by row when there are many.

use domain::permission::{Action, Permission};
use domain::resource::Definition;
use domain::text::sought;
use domain::text::tokens::{self, Check, Needle};
use uuid::Uuid;

use super::frequencies::Frequencies;
use super::views::{View, views};
use super::{Number, is_looked_up, of_resource, words};
use crate::column;
use crate::db::{Connection, Db};
use crate::error::Result;
use crate::filter::{self, escaped};
use crate::sql::{Bind, Sql};
use crate::table::{FoundBy, Stored};

/// Microseconds for a row that the index brings: fetched from both tables, checked and sorted.
const BROUGHT: f64 = 8.0;
/// Microseconds for a row that a walk passes: looked up in the side table and checked.
const PASSED: f64 = 4.5;
/// The same where the row itself shows whether it fits.
const READ: f64 = 0.8;
/// Microseconds for a record of another resource that leads to a row: fetched from three tables.
const LED: f64 = 12.0;
/// Microseconds for looking at all records that belong to a row.
const BESIDE: f64 = 20.0;
/// The same where they themselves show whether they fit.
const BESIDE_READ: f64 = 7.0;
/// The index is asked for so many tokens of a word; more of them cost more than they exclude.
const ASKED: usize = 3;
/// Statements with up to so many ways to mean their word are prepared; as written, and spelled with one or two cuts.
const USUAL_WAYS: usize = 3;
/// Of so many rows about one has a telephone number that ends in four given digits.
const TAILS: f64 = 5_000.0;

/// The rows that a search finds.
pub struct Search {
    pub condition: Sql,
    /// Whether the statement is one of few, so that preparing it pays.
    pub recurs: bool,
    /// The masked fields in which it looks a telephone number up.
    pub looked_up: Vec<String>,
    /// About which share of all rows it finds.
    pub share: f64,
}

/// Compiles a search: every word of the query must fit. A page of so many rows may be walked to; without one
/// the order of the list has no index, or all rows are wanted. Masked telephone numbers are found by nobody but who may
/// have them shown, in full, and only where the caller sees the rows one by one.
pub async fn condition<R: Stored>(
    connection: &mut Connection<'_>,
    q: &str,
    page: Option<usize>,
    lookup: bool,
) -> Result<Search> {
    let db = connection.db();
    let frequencies = db.frequencies(connection).await?;
    let definition = db.definition::<R>();
    let views = views(db, definition, None, lookup);
    let beside = R::FOUND_BY.map(|by| {
        let views = self::views(db, &by.definition, Some(by.link), lookup);
        (by, views)
    });
    let words = words(q);
    let mut looked_up = Vec::new();
    if words.iter().any(|word| is_looked_up(word)) {
        looked_up.extend(views.iter().flat_map(|view| &view.looked_up).map(|field| field.key.to_owned()));
        let others = beside.iter().flat_map(|(by, views)| views.iter().map(move |view| (by.definition.name, view)));
        looked_up
            .extend(others.flat_map(|(name, view)| view.looked_up.iter().map(move |f| format!("{name}.{}", f.key))));
    }
    // The farther rows are searched by what the caller sees of all of them, the nearer ones by more as well.
    let mut parts = Vec::with_capacity(views.len());
    let mut recurs = views.len() == 1;
    let rows = frequencies.of_table(R::TABLE);
    let mut share = 0.0_f64;
    for view in &views {
        let word = |word: &&str| Word::of::<R>(db, &frequencies, word, view, beside.as_ref());
        let words: Vec<Word> = words.iter().map(word).collect();
        recurs &= matches!(words.as_slice(), [word] if word.has_usual_shape());
        // Who sees more of a row finds more by it.
        share = share.max(share_of(&words, rows));
        let found = found_by::<R>(words, rows, page);
        parts.push(match &view.rows {
            Some(rows) => Sql::and(vec![filter::rows(rows, R::TABLE), found]),
            None => found,
        });
    }
    let condition = if parts.len() == 1 { parts.remove(0) } else { Sql::or(parts) };
    Ok(Search { condition, recurs, share, looked_up })
}

/// About which share of so many rows bears all words.
fn share_of(words: &[Word], rows: f64) -> f64 {
    words.iter().map(|word| (word.rows() / rows).clamp(1.0 / rows, 1.0)).product()
}

/// The rows that bear all words, on the way that costs least.
fn found_by<R: Stored>(words: Vec<Word>, rows: f64, page: Option<usize>) -> Sql {
    let share = share_of(&words, rows);
    let passed = page.map(|page| ((page + 1) as f64 / share).min(rows));
    let beside = |passed: f64| words.iter().flat_map(|word| &word.beside).map(|b| b.price(passed)).sum::<f64>();
    let by_walk = passed.map(|passed| passed * words.iter().map(|word| look(&word.ways)).sum::<f64>() + beside(passed));
    if words.iter().all(|word| word.beside.is_empty()) {
        let by_index = share * rows * BROUGHT;
        return match by_walk {
            Some(by_walk) if by_walk < by_index => walked(&Definition::of::<R>(), &words),
            _ => brought(R::TABLE, R::NAME, &words),
        };
    }
    let (rarest, others) = Word::rarest_first(words);
    let checked =
        |passed: f64, word: &Word| passed * look(&word.ways) + word.beside.iter().map(|b| b.price(passed)).sum::<f64>();
    let by_index = rarest.price() + others.iter().map(|word| checked(rarest.rows(), word)).sum::<f64>();
    let checks = |words: &[Word], passed: f64| words.iter().map(|word| word.check_of(passed)).collect();
    match (by_walk, passed) {
        (Some(by_walk), Some(passed)) if by_walk < by_index => {
            Sql::and([vec![rarest.check_of(passed)], checks(&others, passed)].concat())
        }
        _ => {
            let led = Sql::new(format!("{}.id = any(array(", R::TABLE)).append(rarest.ids(R::NAME)).push("))");
            Sql::and([vec![led], checks(&others, rarest.rows())].concat())
        }
    }
}

/// The array is made once, before anything else: the planner has no choice but to go by the index.
fn brought(table: &str, resource: &'static str, words: &[Word]) -> Sql {
    let parts = words.iter().map(|word| Sql::or(word.ways.iter().map(Way::by_index).collect()));
    Sql::new(format!("{table}.id = any(array(")).append(entries(resource, Sql::and(parts.collect()))).push("))")
}

/// The records of a resource whose entries in the side table fit.
fn entries(resource: &'static str, condition: Sql) -> Sql {
    Sql::new(format!("select record_id from search_index where resource = '{resource}' and ("))
        .append(condition)
        .push(")")
}

/// Words that the row itself shows are read there; the others are looked up, all at once.
fn walked(definition: &Definition, words: &[Word]) -> Sql {
    let table = definition.table;
    let (written, others): (Vec<&Word>, Vec<&Word>) = words.iter().partition(|word| as_written(&word.ways).is_some());
    let mut parts: Vec<Sql> = written.iter().map(|word| passes(definition, &word.ways)).collect();
    if !others.is_empty() {
        parts.push(looked_up(table, Sql::and(others.iter().map(|word| check(&word.ways)).collect())));
    }
    Sql::and(parts)
}

/// Whether a row bears a word itself.
fn passes(definition: &Definition, ways: &[Way]) -> Sql {
    let table = definition.table;
    let Some(written) = as_written(ways) else { return looked_up(table, check(ways)) };
    let pattern = format!("%{}%", escaped(written));
    // In the table names stand as they were written, with other forms of the characters that are looked for.
    let (forms, meant) = forms(written);
    let columns = definition.searched().map(|field| {
        Sql::new(format!("translate({}, ", column::of(table, field)))
            .bind(Bind::Text(forms.clone()))
            .push(", ")
            .bind(Bind::Text(meant.clone()))
            .push(") like ")
            .bind(Bind::Text(pattern.clone()))
    });
    // Behind `coalesce` the planner does not guess how many rows fit, and so goes on walking.
    Sql::new("coalesce(").append(Sql::or(columns.collect())).push(", false)")
}

/// The word, if it can only be meant as it is written, and every other way to write it is one character for another.
fn as_written(ways: &[Way]) -> Option<&str> {
    match ways {
        [Way::Spelled(Needle { check: Check::Contains(text), .. })] => {
            let is_plain = |c: char| tokens::is_chinese(c) && sought::ways_to_write(c).is_some();
            text.chars().all(is_plain).then_some(text.as_str())
        }
        _ => None,
    }
}

/// The characters that mean one of the word, and what each of them means; what nobody sees means nothing.
fn forms(word: &str) -> (String, String) {
    let ways = |c: char| sought::ways_to_write(c).unwrap_or_default().iter().map(move |form| (*form, c));
    let (forms, meant): (String, String) = word.chars().flat_map(ways).unzip();
    (forms + sought::UNSEEN, meant)
}

/// Microseconds for asking one row whether it bears a word.
fn look(ways: &[Way]) -> f64 {
    if as_written(ways).is_some() { READ } else { PASSED }
}

/// A value looked up for each row, which no planner turns into a join; and last of all conditions, because it costs most.
fn looked_up(table: &str, condition: Sql) -> Sql {
    Sql::new("(select (").append(condition).push(format!(") from search_index where record_id = {table}.id)"))
}

/// A word, and the ways in which it may be meant.
struct Word {
    /// Whose records are looked for by it.
    definition: Definition,
    ways: Vec<Way>,
    /// About how many rows bear it themselves.
    own: f64,
    beside: Vec<Beside>,
}

/// The records of another resource that lead to rows, as far as the caller may see them.
struct Beside {
    definition: Definition,
    link: &'static str,
    ways: Vec<Way>,
    visible: Sql,
    /// About how many of them bear the word.
    rows: f64,
}

enum Way {
    Spelled(Needle),
    Telephone(Vec<Uuid>),
}

impl Word {
    fn of<R: Stored>(
        db: &Db,
        frequencies: &Frequencies,
        word: &str,
        view: &View,
        beside: Option<&(FoundBy, Vec<View>)>,
    ) -> Self {
        let ways = ways(db, frequencies, db.definition::<R>(), view, word);
        let own = rows(&ways, frequencies, frequencies.of_table(R::TABLE));
        let of_view = |by, view| Beside::of(db, frequencies, by, view, word);
        let beside = beside.into_iter().flat_map(|(by, views)| views.iter().filter_map(move |view| of_view(by, view)));
        Self { definition: Definition::of::<R>(), ways, own, beside: beside.collect() }
    }

    /// About how many rows fit.
    fn rows(&self) -> f64 {
        self.own + self.beside.iter().map(|beside| beside.rows).sum::<f64>()
    }

    /// Whether it makes one of a few statements: each connection keeps them all.
    fn has_usual_shape(&self) -> bool {
        self.beside.len() <= 1
            && self.beside.iter().map(|beside| beside.ways.len()).fold(self.ways.len(), usize::max) <= USUAL_WAYS
    }

    /// Microseconds for bringing them all by the index.
    fn price(&self) -> f64 {
        self.own * BROUGHT + self.beside.iter().map(|beside| beside.rows * LED).sum::<f64>()
    }

    /// The word that is brought at the least price, and the others.
    fn rarest_first(mut words: Vec<Word>) -> (Word, Vec<Word>) {
        let cheapest = (0..words.len()).min_by(|a, b| words[*a].price().total_cmp(&words[*b].price()));
        let rarest = words.swap_remove(cheapest.unwrap_or_default());
        (rarest, words)
    }

    /// The ids of all rows that fit.
    fn ids(&self, resource: &'static str) -> Sql {
        let own = entries(resource, Sql::or(self.ways.iter().map(Way::by_index).collect()));
        self.beside.iter().fold(own, |all, beside| all.push(" union all ").append(beside.ids()))
    }

    /// Whether a row fits, asked of about so many of them.
    fn check_of(&self, passed: f64) -> Sql {
        let own = passes(&self.definition, &self.ways);
        if self.beside.is_empty() {
            return own;
        }
        let beside = self.beside.iter().map(|beside| beside.check(self.definition.table, passed));
        Sql::or([own].into_iter().chain(beside).collect())
    }
}

impl Beside {
    /// None where the caller may not read them, or nothing in them that could bear the word.
    fn of(db: &Db, frequencies: &Frequencies, by: &FoundBy, view: &View, word: &str) -> Option<Self> {
        let (table, resource) = (by.definition.table, by.definition.name);
        let visible = db.rows(Permission::new(resource, Action::Read)).ok()?;
        let ways = ways(db, frequencies, &by.definition, view, word);
        let rows = rows(&ways, frequencies, frequencies.of_table(table));
        let visible = Sql::new(format!("{table}.deleted_at is null and "))
            .append(filter::rows(view.rows.as_ref().unwrap_or(&visible), table));
        (!ways.is_empty()).then_some(Self { definition: by.definition, link: by.link, ways, visible, rows })
    }

    /// The rows that they lead to.
    fn ids(&self) -> Sql {
        let table = self.definition.table;
        let found = entries(self.definition.name, Sql::or(self.ways.iter().map(Way::by_index).collect()));
        Sql::new(format!("select {table}.{} from {table} where {table}.id = any(array(", self.link))
            .append(found)
            .push(")) and ")
            .append(self.visible.clone())
    }

    /// Whether one of them leads to a row: all of them found beforehand, or those of each row looked at. An aggregate,
    /// because of `exists` the planner would make a table of everything.
    fn check(&self, table: &str, passed: f64) -> Sql {
        if self.is_found_beforehand(passed) {
            return Sql::new(format!("{table}.id in (")).append(self.ids()).push(")");
        }
        let (beside, link) = (self.definition.table, self.link);
        Sql::new("(select bool_or(")
            .append(passes(&self.definition, &self.ways))
            .push(format!(") from {beside} where {beside}.{link} = {table}.id and "))
            .append(self.visible.clone())
            .push(")")
    }

    fn is_found_beforehand(&self, passed: f64) -> bool {
        self.rows * LED <= passed * self.look()
    }

    /// Microseconds for the check of so many rows.
    fn price(&self, passed: f64) -> f64 {
        (self.rows * LED).min(passed * self.look())
    }

    /// Microseconds for asking all that belong to one row.
    fn look(&self) -> f64 {
        if as_written(&self.ways).is_some() { BESIDE_READ } else { BESIDE }
    }
}

/// The ways in which a word may be meant in the rows of a view.
fn ways(db: &Db, frequencies: &Frequencies, definition: &Definition, view: &View, word: &str) -> Vec<Way> {
    let mut ways = Vec::new();
    if view.texts {
        let needles = tokens::needles(word).into_iter();
        ways.extend(needles.map(|needle| Way::Spelled(sharpened(definition.name, needle, frequencies))));
    }
    let digests = phone_digests(db, definition, view, word);
    if !digests.is_empty() {
        ways.push(Way::Telephone(digests));
    }
    ways
}

/// About how many of all rows fit.
fn rows(ways: &[Way], frequencies: &Frequencies, all: f64) -> f64 {
    ways.iter().map(|way| way.rows(frequencies, all)).sum()
}

/// The check without the index. All spellings are one pattern, because each pattern has its price at every row.
fn check(ways: &[Way]) -> Sql {
    let pattern = |way: &Way| match way {
        Way::Spelled(Needle { check: Check::Matches(pattern), .. }) => Some(pattern.clone()),
        _ => None,
    };
    let patterns: Vec<String> = ways.iter().filter_map(pattern).collect();
    let mut checks: Vec<Sql> = ways.iter().filter(|way| pattern(way).is_none()).map(Way::check).collect();
    if !patterns.is_empty() {
        checks.push(Sql::new("body ~ ").bind_unseen(Bind::Text(patterns.join("|"))));
    }
    Sql::or(checks)
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
            parts.push(Sql::new("tokens @> ").bind_unseen(Bind::Tokens(needle.all.clone())));
        }
        if !needle.any.is_empty() {
            parts.push(Sql::new("tokens && ").bind_unseen(Bind::Tokens(needle.any.clone())));
        }
        parts.push(self.check());
        Sql::and(parts)
    }

    fn check(&self) -> Sql {
        match self {
            Way::Spelled(Needle { check: Check::Contains(text), .. }) => {
                Sql::new("body like ").bind_unseen(Bind::Text(format!("%{}%", escaped(text))))
            }
            Way::Spelled(Needle { check: Check::Matches(pattern), .. }) => {
                Sql::new("body ~ ").bind_unseen(Bind::Text(pattern.clone()))
            }
            Way::Telephone(digests) => Sql::new("digests && ").bind_unseen(Bind::Ids(digests.clone())),
        }
    }
}

/// The needle with the tokens of this resource, the rarest of them only.
fn sharpened(resource: &str, needle: Needle, frequencies: &Frequencies) -> Needle {
    let mut all = of_resource(resource, needle.all);
    all.sort_by(|a, b| frequencies.of_token(*a).total_cmp(&frequencies.of_token(*b)));
    all.truncate(ASKED);
    Needle { all, any: of_resource(resource, needle.any), check: needle.check }
}

/// The digests under which a telephone number is kept: in full, and of its end when four digits are asked for.
fn phone_digests(db: &Db, definition: &Definition, view: &View, word: &str) -> Vec<Uuid> {
    let (keys, name) = (db.keys(), definition.name);
    match Number::of(word) {
        None => Vec::new(),
        Some(Number::Tail(digits)) => view.phones.iter().map(|field| keys.tail_digest(name, field, &digits)).collect(),
        Some(Number::Whole(number)) => {
            let looked_up = view.looked_up.iter().filter(|_| is_looked_up(word));
            let fields = view.phones.iter().chain(looked_up);
            fields.filter_map(|field| keys.wanted_digest(name, field, &number)).collect()
        }
    }
}
