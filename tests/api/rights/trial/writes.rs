//! Changes that change nothing: a right guess at a value, which must be told apart from a wrong one to nobody who does not
//! read it.

use domain::Definition;
use domain::field::{Access, Field, Kind};
use domain::permission::Action;
use reqwest::Method;
use serde_json::{Value, json};
use tests::Answer;

use super::answers::{id, same};
use super::dice::Dice;
use super::oracle::Row;
use super::{Asking, RELATIONS, Told};

/// What would become of a guess.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    NotHeld,
    Absent,
    Foreign,
    NotWritable,
    Done,
}

impl Fate {
    fn status(self) -> u16 {
        match self {
            Fate::NotHeld | Fate::Foreign | Fate::NotWritable => 403,
            Fate::Absent => 404,
            Fate::Done => 200,
        }
    }
}

impl Asking<'_> {
    fn fate(&self, of: &Definition, row: &Row, field: &Field) -> Fate {
        let who = &self.person.who;
        match () {
            () if !who.may(of.name, Action::Update) => Fate::NotHeld,
            () if !who.sees(of.name, row) => Fate::Absent,
            () if !who.reaches(of.name, Action::Update, row) => Fate::Foreign,
            () if !who.writes(of.name, field, row) => Fate::NotWritable,
            () => Fate::Done,
        }
    }

    /// A field, and a value for it: the one that is there, or another where that cannot come to pass.
    fn guess(&self, of: &'static Definition, row: &Row, dice: &mut Dice) -> (&'static Field, Value) {
        let fields: Vec<&'static Field> = of.fields.iter().filter(|field| field.access == Access::Writable).collect();
        let field = *dice.one(&fields);
        let wrong = matches!(field.kind, Kind::Text | Kind::LongText) && !field.personal && dice.of_ten(5);
        match self.fate(of, row, field) {
            Fate::Done => (field, row[field.key].clone()),
            _ if wrong => (field, "a wrong guess".into()),
            _ => (field, row[field.key].clone()),
        }
    }

    pub async fn changed(&self, dice: &mut Dice) -> Told {
        let of = dice.one(RELATIONS);
        let row = self.row(of, dice);
        let (field, value) = self.guess(of, row, dice);
        let fate = self.fate(of, row, field);
        let path = format!("/api/v1/{}/{}", of.name, id(row));
        let etag = format!("\"{}\"", row["etag"].as_str().expect("a tag"));
        let answer = self.person.actor.patch(&path, &etag, &json!({field.key: value})).await;
        let door = format!("PATCH {path} {} = {value}", field.key);
        same(&door, &answer.status, &fate.status())?;
        if fate == Fate::Done { same(&door, &answer.json(), &self.person.who.seen(of, row)) } else { Ok(()) }
    }

    pub async fn tried_in_bulk(&self, dice: &mut Dice) -> Told {
        let of = dice.one(RELATIONS);
        let row = self.row(of, dice);
        let (field, value) = self.guess(of, row, dice);
        let body = json!({"action": "edit", "ids": [id(row)], "set": {field.key: value}, "dry_run": true});
        let path = format!("/api/v1/{}/bulk", of.name);
        let answer = self.person.actor.post(&path, &body).await;
        let who = &self.person.who;
        let door = format!("{path} {body}");
        let held = who.may(of.name, Action::Read) && who.may(of.name, Action::Update);
        if !held || !who.writes_somewhere(of.name, field) {
            return same(&door, &answer.status, &403);
        }
        same(&door, &answer.status, &200)?;
        let told = answer.json();
        let told = json!([told["rows"][0]["outcome"], told["rows"][0]["faults"][0]["code"]]);
        let expected = match self.fate(of, row, field) {
            Fate::Done => json!(["unchanged", null]),
            Fate::NotWritable => json!(["failed", "not_writable"]),
            Fate::Absent => json!(["failed", "not_found"]),
            Fate::NotHeld | Fate::Foreign => json!(["failed", "forbidden"]),
        };
        same(&door, &told, &expected)
    }

    pub async fn batched(&self, dice: &mut Dice) -> Told {
        let of = dice.one(RELATIONS);
        let row = self.row(of, dice);
        let (field, value) = self.guess(of, row, dice);
        let item = json!({"op": "update", "id": id(row), "if_match": row["etag"], "data": {field.key: value}});
        let path = format!("/api/v1/{}/batch", of.name);
        let answer = crate::background::repeatable(&self.person.actor, &path, &json!({"items": [item]})).await;
        let door = format!("{path} {item}");
        let held = [Action::Create, Action::Update, Action::Delete];
        if !held.into_iter().any(|action| self.person.who.may(of.name, action)) {
            return same(&door, &answer.status, &403);
        }
        same(&door, &answer.status, &200)?;
        same(&door, &answer.json()["results"][0]["status"], &self.fate(of, row, field).status())
    }

    /// A stale change by the name that another system gives: of what is out of reach it says what it says of nothing.
    pub async fn by_external(&self, dice: &mut Dice) -> Told {
        let of = domain::catalogue::find("customers").expect("customers");
        let name = dice.below(44);
        let path = format!("/api/v1/customers/by-external/erp/K{name}");
        let request = self.person.actor.request(Method::PATCH, &path).header("if-match", "\"0\"").json(&json!({}));
        let answer = Answer::of(request).await;
        let who = &self.person.who;
        let names = of.field("external_ids").expect("a field");
        let row = self.world.rows["customers"].iter().find(|row| row["external_ids"]["erp"] == format!("K{name}"));
        let known = row.filter(|row| who.sees(of.name, row) && who.reads(of.name, names, row));
        let creates = who.may(of.name, Action::Create);
        let expected = match known {
            _ if !creates && !who.may(of.name, Action::Update) => 403,
            _ if !who.reads_somewhere(of.name, names) => 403,
            Some(row) if !who.reaches(of.name, Action::Update, row) => 403,
            None if !creates => 404,
            _ => 412,
        };
        same(&path, &answer.status, &expected)?;
        let told = known.is_some() && expected == 412;
        if told || answer.header("etag").is_empty() { Ok(()) } else { Err(format!("{path}: a version is told")) }
    }
}
