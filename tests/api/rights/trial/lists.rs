//! Questions about many records: filters, orders, searches and counts.

use domain::Definition;
use domain::field::{Field, Kind};
use domain::filter::{Comparison, Condition, Context, Filter, Op, operators};
use domain::permission::Action;
use domain::text::phone;
use serde_json::{Value, json};

use super::answers::{id, same};
use super::dice::Dice;
use super::oracle::Row;
use super::world::WORDS;
use super::{Asking, Told};

impl Asking<'_> {
    /// Asks for a list, and compares rows, fields and count. None stands for a refusal.
    async fn list(&self, of: &Definition, body: Value, expected: Option<Vec<&Row>>) -> Told {
        let mut body = body;
        body["limit"] = 500.into();
        body["count"] = "exact".into();
        let door = format!("{}/search {body}", of.name);
        let answer = self.person.actor.post(&format!("/api/v1/{}/search", of.name), &body).await;
        let expected = expected.filter(|_| self.person.who.may(of.name, Action::Read));
        let Some(mut expected) = expected else { return same(&door, &answer.status, &403) };
        same(&door, &answer.status, &200)?;
        let told = answer.json();
        same(&format!("{door}: count"), &told["page"]["total"], &expected.len())?;
        let mut records: Vec<Row> = serde_json::from_value(told["data"].clone()).expect("rows");
        records.sort_by(|a, b| id(a).cmp(id(b)));
        expected.sort_by(|a, b| id(a).cmp(id(b)));
        let expected: Vec<Row> = expected.into_iter().map(|row| self.person.who.seen(of, row)).collect();
        // Why a record was found is looked at apart.
        records.iter_mut().for_each(|record| drop(record.remove("matches")));
        same(&door, &records, &expected)
    }

    fn visible(&self, of: &Definition) -> impl Iterator<Item = &Row> {
        self.world.rows[of.name].iter().filter(|row| self.person.who.sees(of.name, row))
    }

    pub async fn filtered(&self, dice: &mut Dice) -> Told {
        let of = self.world.resource(dice);
        let tests: Vec<Comparison> = (0..=dice.below(3)).filter_map(|_| self.comparison(of, dice)).collect();
        let parts: Vec<Filter> = tests.iter().cloned().map(Filter::Test).collect();
        let (filter, together) = match dice.below(4) {
            0 => (Filter::any(parts), false),
            1 => (Filter::negate(Filter::all(parts)), false),
            _ => (Filter::all(parts), true),
        };
        let field = |test: &Comparison| of.field(&test.field).expect("a field");
        let who = &self.person.who;
        // Of those that hold together one may look a masked value up.
        let personal = |test: &&Comparison| field(test).personal && test.op == Op::Eq;
        let lookup = tests.iter().position(|test| personal(&test)).filter(|_| together);
        let asked = |at: usize| {
            let field = field(&tests[at]);
            who.reads_somewhere(of.name, field) || (lookup == Some(at) && who.reveals_somewhere(of.name, field))
        };
        let known = |at: usize, row: &Row| {
            let field = field(&tests[at]);
            who.reads(of.name, field, row) || (lookup == Some(at) && who.reveals(of.name, field, row))
        };
        let today = "2026-11-28".parse().expect("a day");
        let context = Context { definition: of, viewer: None, today, utc_offset: 0 };
        let condition = Condition::check(&filter, &context).map_err(|error| format!("{filter:?}: {error}"))?;
        let found: Vec<&Row> = self
            .visible(of)
            .filter(|row| (0..tests.len()).all(|at| known(at, row)) && condition.matches(row))
            .collect();
        let allowed = (0..tests.len()).all(asked);
        if lookup.is_some_and(|at| who.reveals_somewhere(of.name, field(&tests[at])))
            && !self.may_be_shown(1 + found.len())
        {
            return Ok(());
        }
        self.list(of, json!({"filter": filter}), allowed.then_some(found)).await
    }

    /// A comparison with a value that some record holds, or nearly.
    fn comparison(&self, of: &Definition, dice: &mut Dice) -> Option<Comparison> {
        let fields: Vec<&Field> = of.all_fields().filter(|field| field.filterable).collect();
        let field = *dice.one(&fields);
        let op = *dice.one(operators(field.kind, field.personal));
        let held = match self.row(of, dice).get(field.key)? {
            Value::Array(items) => items.first().cloned().unwrap_or_default(),
            value => value.clone(),
        };
        let value = match (op, &held) {
            (Op::IsNull, _) => dice.of_ten(5).into(),
            (_, Value::Null) => return None,
            (Op::In, held) => json!([held]),
            (Op::Between, held) => json!([held, held]),
            (Op::Prefix | Op::Contains, Value::String(text)) => text.chars().take(3).collect::<String>().into(),
            (_, held) => held.clone(),
        };
        Some(Comparison { field: field.key.to_owned(), op, value })
    }

    pub async fn sorted(&self, dice: &mut Dice) -> Told {
        let of = self.world.resource(dice);
        let fields: Vec<&Field> = of.all_fields().filter(|field| field.sortable).collect();
        let field = *dice.one(&fields);
        let who = &self.person.who;
        let found = self.visible(of).filter(|row| who.reads(of.name, field, row)).collect();
        let body = json!({"sort": [if dice.of_ten(5) { format!("-{}", field.key) } else { field.key.to_owned() }]});
        self.list(of, body, who.reads_somewhere(of.name, field).then_some(found)).await
    }

    pub async fn searched(&self, dice: &mut Dice) -> Told {
        let of = domain::catalogue::find(dice.one::<&str>(&["customers", "contacts"])).expect("a resource");
        let number = self.world.rows[of.name].iter().find_map(|_| {
            let row = self.row(of, dice);
            row["phones"].as_array()?.first()?.as_str().map(str::to_owned)
        });
        let number = number.unwrap_or_else(|| "13899999999".to_owned());
        let q = match dice.below(4) {
            0 => number,
            1 => phone::tails(&number).pop_first().expect("an end"),
            _ => (*dice.one(&WORDS)).to_owned(),
        };
        let is_full = q.len() > 4 && q.starts_with('1');
        let found: Vec<&Row> = self.visible(of).filter(|row| self.is_found(of, row, &q, is_full)).collect();
        if is_full && !self.may_be_shown(1 + found.len()) {
            return Ok(());
        }
        self.list(of, json!({"q": q}), Some(found)).await
    }

    /// Whether a row is found by itself, or by a contact that names it.
    fn is_found(&self, of: &Definition, row: &Row, q: &str, is_full: bool) -> bool {
        if self.bears(of, row, q, is_full) {
            return true;
        }
        let contacts = domain::catalogue::find("contacts").expect("contacts");
        let link = contacts.field("customer_id").expect("a field");
        of.name == "customers"
            && self.visible(contacts).any(|contact| {
                contact["customer_id"] == row["id"]
                    && self.person.who.reads(contacts.name, link, contact)
                    && self.bears(contacts, contact, q, is_full)
            })
    }

    fn bears(&self, of: &Definition, row: &Row, q: &str, is_full: bool) -> bool {
        let who = &self.person.who;
        let texts: Vec<&Field> = of.fields.iter().filter(|field| field.searched).collect();
        let mut open = texts.iter();
        let text = |field: &&Field| row[field.key].as_str().is_some_and(|text| text.contains(q));
        if open.all(|field| who.reads(of.name, field, row)) && texts.iter().any(text) {
            return true;
        }
        let telephones = of.fields.iter().filter(|field| matches!(field.kind, Kind::Phone | Kind::Phones));
        let mut known =
            telephones.filter(|field| who.reads(of.name, field, row) || (is_full && who.reveals(of.name, field, row)));
        known.any(|field| {
            let held = match &row[field.key] {
                Value::Array(items) => items.clone(),
                value => vec![value.clone()],
            };
            let rings = |number: &str| number == q || (!is_full && phone::tails(number).contains(q));
            held.iter().filter_map(Value::as_str).any(rings)
        })
    }
}
