//! Files out and in: what leaves is what is seen, and a rehearsed import is no way to guess.

use domain::permission::Action;
use domain::platform::users::Locale;
use domain::transfer::cells;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answers::{id, same};
use super::dice::Dice;
use super::oracle::Row;
use super::{Asking, Told};
use crate::background::{ended, preview, repeatable};

impl Asking<'_> {
    pub async fn exported(&self, csv: bool) -> Told {
        let (of, who) = (domain::catalogue::find("customers").expect("customers"), &self.person.who);
        let body = json!({"resource": of.name, "format": if csv { "csv" } else { "ndjson" }, "columns": ["name", "type_id", "parent_id"]});
        let answer = repeatable(&self.person.actor, "/api/v1/exports", &body).await;
        if !who.may(of.name, Action::Export) || !who.may(of.name, Action::Read) {
            return same("exports", &answer.status, &403);
        }
        let job = ended(&self.person.actor, &answer).await;
        let file = self.person.actor.get(job["download"].as_str().expect("a file")).await;
        let rows = self.world.rows[of.name].iter();
        let mut rows: Vec<&Row> =
            rows.filter(|row| who.sees(of.name, row) && who.reaches(of.name, Action::Export, row)).collect();
        rows.sort_by(|a, b| id(a).cmp(id(b)));
        if csv {
            let lines = file.text.trim_start_matches('\u{feff}').lines().skip(1);
            let expected: Vec<String> = rows.iter().map(|row| self.line(row)).collect();
            return same("an export", &lines.collect::<Vec<_>>(), &expected);
        }
        let told: Vec<Row> = file.text.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        let told: Vec<Row> =
            told.into_iter().map(|row| row.into_iter().filter(|(key, _)| key != "contact").collect()).collect();
        let seen = |row: &&Row| who.seen(of, row).into_iter().filter(|(key, _)| key != "etag").collect::<Row>();
        same("an export", &told, &rows.iter().map(seen).collect::<Vec<_>>())
    }

    /// Name, type and parent, the two by their titles where these are told; of several that one reads under one title, by
    /// their keys or ids.
    fn line(&self, row: &Row) -> String {
        let of = domain::catalogue::find("customers").expect("customers");
        let seen = self.person.who.seen(of, row);
        let cell = |key: &str| {
            let field = of.field(key).expect("a field");
            let value = seen.get(key).unwrap_or(&Value::Null);
            let told = self.title(of, field, row);
            match told["name"].as_str() {
                Some(title) => self.told_apart(field.kind.referred().expect("a reference"), title, &told["id"]),
                None => cells::cell_of(of.name, field, value, Locale::Chinese),
            }
        };
        ["name", "type_id", "parent_id"].map(cell).join(",")
    }

    fn told_apart(&self, resource: &str, title: &str, id: &Value) -> String {
        let (of, who) = (domain::catalogue::find(resource).expect("a resource"), &self.person.who);
        let own = of.field(of.title).expect("a title");
        let read = |row: &&Row| who.sees(resource, row) && who.reads(resource, own, row);
        let namesakes = self.world.rows[resource].iter().filter(read).filter(|row| row[of.title] == title);
        let namesakes: Vec<&Row> = namesakes.collect();
        if namesakes.len() < 2 {
            return title.to_owned();
        }
        let named = namesakes.into_iter().find(|row| row["id"] == *id).expect("the one that is named");
        let key = of.key.and_then(|key| of.field(key)).filter(|key| who.reads(resource, key, named));
        let key = key.and_then(|key| named[key.key].as_str()).filter(|_| of.key != Some(of.title));
        key.or(id.as_str()).expect("an id").to_owned()
    }

    pub async fn imported(&self, dice: &mut Dice) -> Told {
        let (of, who) = (domain::catalogue::find("customers").expect("customers"), &self.person.who);
        if !who.may(of.name, Action::Import) {
            return same("a preview", &preview(&self.person.actor, of.name, "city\nx\n").await.status, &403);
        }
        let named = self.world.rows[of.name].iter().filter(|row| row["external_ids"]["erp"].is_string());
        let guesses: Vec<(&Row, bool)> = named.map(|row| (row, dice.of_ten(5))).collect();
        let mut file = "编号,城市\n".to_owned();
        for (row, right) in &guesses {
            let city = if *right { row["city"].as_str().expect("a city") } else { "elsewhere" };
            file.push_str(&format!("{},{city}\n", row["external_ids"]["erp"].as_str().expect("a name")));
        }
        let looked_at = preview(&self.person.actor, of.name, file).await.json();
        let body = json!({"resource": of.name, "mode": "dry_run", "system": "erp", "file_id": looked_at["file_id"]});
        let job = ended(&self.person.actor, &repeatable(&self.person.actor, "/api/v1/imports", &body).await).await;
        let path = format!("/api/v1/operations/{}/rows?limit=500", job["operation_id"].as_str().expect("an operation"));
        let kept = self.person.actor.get(&path).await.json();
        for ((row, right), number) in guesses.into_iter().zip(2..) {
            let told = kept["data"].as_array().into_iter().flatten().find(|told| told["row"] == number);
            let told = told.map_or(json!(null), |told| json!([told["outcome"], told["record_id"]]));
            let (city, names) = (of.field("city").expect("a field"), of.field("external_ids").expect("a field"));
            let known = who.sees(of.name, row) && who.reads(of.name, names, row);
            let nothing: Option<Uuid> = None;
            let expected = match () {
                // As of any line without a name for the customer.
                () if !known => json!(["failed", nothing]),
                () if right && who.reads(of.name, city, row) => Value::Null,
                () if !who.writes(of.name, city, row) => json!(["failed", row["id"]]),
                () => json!(["updated", row["id"]]),
            };
            same(&format!("an import of {} that guesses {right}", id(row)), &told, &expected)?;
        }
        Ok(())
    }
}
