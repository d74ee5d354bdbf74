//! Questions about one record: itself, its history, what it refers to, its masked values.

use domain::Definition;
use domain::field::Kind;
use domain::masking::mask_value;
use domain::permission::Action;
use serde_json::{Value, json};
use tests::Answer;

use super::dice::Dice;
use super::oracle::Row;
use super::{Asking, RELATIONS, Told};

/// Values shown that a person may ask for here, well below the quota.
const MOST_SHOWN: usize = 40;

pub fn id(row: &Row) -> &str {
    row["id"].as_str().expect("an id")
}

pub fn same(door: &str, told: &impl serde::Serialize, expected: &impl serde::Serialize) -> Told {
    let (told, expected) = (json!(told), json!(expected));
    if told == expected { Ok(()) } else { Err(format!("{door}\n    told     {told}\n    expected {expected}")) }
}

impl Asking<'_> {
    pub fn row(&self, of: &Definition, dice: &mut Dice) -> &Row {
        dice.one(&self.world.rows[of.name])
    }

    /// The status of a look at a record.
    fn looked_at(&self, of: &Definition, row: &Row) -> u16 {
        match (self.person.who.may(of.name, Action::Read), self.person.who.sees(of.name, row)) {
            (false, _) => 403,
            (_, false) => 404,
            _ => 200,
        }
    }

    /// Whether so many more values may be shown; if so they count.
    pub fn may_be_shown(&self, more: usize) -> bool {
        let mut shown = self.person.shown.lock().expect("held");
        let may = *shown + more <= MOST_SHOWN;
        *shown += if may { more } else { 0 };
        may
    }

    pub async fn record(&self, dice: &mut Dice) -> Told {
        let of = self.world.resource(dice);
        let row = self.row(of, dice);
        let door = format!("GET {}/{}", of.name, id(row));
        let answer = self.person.actor.get(&format!("/api/v1/{}/{}", of.name, id(row))).await;
        let expected = self.looked_at(of, row);
        same(&door, &answer.status, &expected)?;
        if expected == 200 { same(&door, &answer.json(), &self.person.who.seen(of, row)) } else { Ok(()) }
    }

    pub async fn history(&self, dice: &mut Dice) -> Told {
        let of = dice.one(RELATIONS);
        let row = self.row(of, dice);
        let path = format!("/api/v1/{}/{}/history?limit=500", of.name, id(row));
        let (answer, whole) = (self.person.actor.get(&path).await, self.world.admin.get(&path).await.json());
        let expected = self.looked_at(of, row);
        same(&path, &answer.status, &expected)?;
        if expected != 200 {
            return Ok(());
        }
        let of_creation = |body: &Value| {
            let changes = body["data"].as_array().cloned().unwrap_or_default();
            changes.into_iter().find(|change| change["operation"] == "create").unwrap_or_default()
        };
        let (told, whole) = (of_creation(&answer.json()), of_creation(&whole));
        let mut expected = Row::new();
        for (key, pair) in whole["changed"].as_object().into_iter().flatten() {
            let field = of.field(key).expect("a field");
            let after = Row::from_iter([(key.clone(), pair[1].clone())]);
            let mut held = row.clone();
            held.extend(after);
            if let Some(value) = self.person.who.seen(of, &held).get(key) {
                expected.insert(key.clone(), json!([mask_value(field.kind, &Value::Null), value]));
            }
        }
        same(&path, &told["changed"], &expected)?;
        let by = of.field("created_by").expect("a field");
        let by = self.person.who.reads(of.name, by, row).then(|| whole["actor_id"].clone());
        same(&format!("{path}: who"), &told["actor_id"], &by)
    }

    pub async fn expanded(&self, dice: &mut Dice) -> Told {
        let of = self.world.resource(dice);
        let row = self.row(of, dice);
        let references: Vec<_> = of.all_fields().filter(|field| matches!(field.kind, Kind::Reference(_))).collect();
        let field = *dice.one(&references);
        let member = field.key.trim_end_matches("_id");
        let path = format!("/api/v1/{}/{}?expand={member}", of.name, id(row));
        let answer = self.person.actor.get(&path).await;
        let expected = self.looked_at(of, row);
        same(&path, &answer.status, &expected)?;
        if expected != 200 {
            return Ok(());
        }
        let member = if member == field.key { format!("{member}_ref") } else { member.to_owned() };
        same(&path, &answer.json()[&member], &self.title(of, field, row))
    }

    /// What a reference is told with: the title, where both it and the reference are read.
    pub fn title(&self, of: &Definition, field: &domain::Field, row: &Row) -> Value {
        let Kind::Reference(resource) = field.kind else { return Value::Null };
        let (who, other) = (&self.person.who, domain::catalogue::find(resource).expect("a resource"));
        let named = self.world.rows[resource].iter().find(|other| other["id"] == row[field.key]);
        let named = named.filter(|_| who.reads(of.name, field, row)).filter(|named| who.sees(resource, named));
        let title = other.field(other.title).expect("a title");
        let told = named.filter(|named| who.reads(resource, title, named));
        told.map_or(Value::Null, |named| json!({"id": named["id"], "name": named[other.title]}))
    }

    pub async fn revealed(&self, dice: &mut Dice) -> Told {
        let of = domain::catalogue::find(dice.one::<&str>(&["customers", "contacts"])).expect("a resource");
        let row = self.row(of, dice);
        let personal: Vec<_> = of.fields.iter().filter(|field| field.personal).collect();
        let field = *dice.one(&personal);
        let who = &self.person.who;
        let expected = match self.looked_at(of, row) {
            _ if !who.may(of.name, Action::Reveal) => 403,
            403 => 404,
            200 if !who.reaches(of.name, Action::Reveal, row) => 403,
            200 if !who.reveals(of.name, field, row) => 403,
            status => status,
        };
        if expected == 200 && !self.may_be_shown(1) {
            return Ok(());
        }
        let path = format!("/api/v1/{}/{}/mask-reveal", of.name, id(row));
        let body = json!({"fields": [field.key], "reason": "trial"});
        let answer: Answer = self.person.actor.post(&path, &body).await;
        let door = format!("{path} {}", field.key);
        same(&door, &answer.status, &expected)?;
        if expected == 200 { same(&door, &answer.json(), &json!({field.key: row[field.key]})) } else { Ok(()) }
    }
}
