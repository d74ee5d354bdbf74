//! Canaries: values that stand for people, put in through every way in, and then looked for wherever an installation keeps
//! anything: in what a dump would hold, in the files of PostgreSQL and its log of writes, and in both logs.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use domain::CATALOGUE;
use domain::field::Kind;
use domain::resource::Definition;
use serde_json::{Map, Value, json};

use crate::stage::{Stage, undoing};

/// Not personal: it must be found, or nothing would be shown by what is not.
const PLAIN: &str = "unsealed-and-seen";

/// Rows of a bulk edit that are too many to be answered at once.
const MANY: usize = 210;

/// Somebody who lets canaries in.
struct Keeper<'a> {
    stage: &'a Stage,
    token: String,
    flock: Vec<String>,
    requests: usize,
}

#[test]
fn what_stands_for_people_is_nowhere_in_the_clear_whichever_way_it_came_in() {
    let mut stage = Stage::new();
    stage.settings.push(("ZHIYIN_LOG", "debug".into()));
    stage.serve();
    stage.terminate();
    // What is compressed could not be looked for.
    let configuration = stage.cluster().join("postgresql.conf");
    let own =
        fs::read_to_string(&configuration).expect("read") + "wal_compression = off\nlog_min_error_statement = error\n";
    fs::write(&configuration, own).expect("written");
    stage.serve();
    let token = stage.administrator();
    let mut keeper = Keeper { stage: &stage, token, flock: Vec::new(), requests: 0 };
    let customer = keeper.records();
    keeper.many_at_once(&customer);
    keeper.files();
    keeper.lists();
    keeper.reasons(&customer);
    keeper.await_jobs();
    let flock = keeper.flock;
    assert!(flock.len() > 60, "{} canaries", flock.len());

    fs::write(stage.folder().join("dump"), dump(&stage)).expect("written");
    let stored = "select (count(*) > 200)::text from customers where phones <> '{}'";
    assert_eq!(stage.sql(stored), ["true"], "the values did arrive");
    stage.terminate();
    assert_eq!(found(stage.folder(), &flock), Vec::<String>::new());
    let plain = found(stage.folder(), &[PLAIN.to_owned()]).join(" ");
    for part in ["/dump", "/postgres/base/", "/postgres/pg_wal/"] {
        assert!(plain.contains(part), "what is not sealed would be found in {part}: {plain}");
    }
}

impl Keeper<'_> {
    /// A new value for a field of this kind, which is good in its place and occurs nowhere else.
    fn canary(&mut self, kind: Kind) -> String {
        let number = 71_000 + self.flock.len();
        let canary = match kind {
            Kind::Phone | Kind::Phones => format!("139{number:05}004"),
            Kind::Email | Kind::Emails => format!("canary{number}@example.com"),
            Kind::IdNumber => id_number(number),
            _ => format!("canary{number}"),
        };
        self.flock.push(canary.clone());
        canary
    }

    /// A canary in each personal field.
    fn personal(&mut self, resource: &Definition) -> Map<String, Value> {
        let fields = resource.fields.iter().filter(|field| field.personal);
        let values = fields.map(|field| {
            let canary = self.canary(field.kind);
            (field.key.to_owned(), if field.kind.is_many() { json!([canary]) } else { json!(canary) })
        });
        values.collect()
    }

    /// A record of a resource that has personal fields.
    fn record(&mut self, resource: &Definition, customer: &str) -> Value {
        let mut record = self.personal(resource);
        record.insert("name".into(), PLAIN.into());
        match resource.name {
            "customers" => record.insert("kind".into(), "person".into()),
            "contacts" => record.insert("customer_id".into(), customer.into()),
            "leads" => None,
            other => panic!("say how a record of {other} is made"),
        };
        Value::Object(record)
    }

    fn ask(&mut self, method: &str, path: &str, more: &str, media: &str, body: &str) -> (u16, Value) {
        self.requests += 1;
        let headers = format!(
            "Authorization: Bearer {}\r\nContent-Type: {media}\r\nIdempotency-Key: once-{}\r\n{more}",
            self.token, self.requests
        );
        self.stage.ask(method, &format!("/api/v1{path}"), &headers, body)
    }

    fn done(&mut self, method: &str, path: &str, more: &str, body: &Value) -> Value {
        let media = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let (status, answer) = self.ask(method, path, more, media, &body.to_string());
        assert!((200..300).contains(&status), "{method} {path} {body}: {status} {answer}");
        answer
    }

    /// Forms, the interface of other systems, and the refusal of what is wrong; the id of a customer.
    fn records(&mut self) -> String {
        let mut customer = String::new();
        for resource in sealed() {
            let path = format!("/{}", resource.name);
            let record = self.record(resource, &customer);
            let made = self.done("POST", &path, "", &record);
            let id = made["id"].as_str().expect("an id").to_owned();
            let tag = format!("If-Match: \"{}\"\r\n", made["etag"].as_str().expect("a tag"));
            let patch = Value::Object(self.personal(resource));
            self.done("PATCH", &format!("{path}/{id}"), &tag, &patch);
            if resource.name == "customers" {
                customer = id;
            }
            for _ in 0..2 {
                let record = self.record(resource, &customer);
                self.done("PATCH", &format!("{path}/by-external/erp/{}-1", resource.name), "", &record);
            }
            let mut wrong = self.record(resource, &customer);
            wrong["name"] = json!(7);
            let (status, answer) = self.ask("POST", &path, "", "application/json", &wrong.to_string());
            assert_eq!(status, 422, "{answer}");
        }
        customer
    }

    /// Batches, their undoing, and the same change to many, by a job and as a trial.
    fn many_at_once(&mut self, customer: &str) {
        for resource in sealed() {
            let path = format!("/{}/batch", resource.name);
            let external = json!({"system": "erp", "id": format!("{}-1", resource.name)});
            let items = json!([
                {"op": "create", "data": self.record(resource, customer)},
                {"op": "upsert", "external": external, "data": self.record(resource, customer)},
            ]);
            let batch = self.done("POST", &path, "", &json!({"items": items}));
            let undo = format!("/operations/{}/undo", batch["operation_id"].as_str().expect("an operation"));
            self.done("POST", &undo, "", &json!({}));
        }
        let item = |number| json!({"op": "create", "data": {"name": format!("群{number}"), "kind": "person"}});
        let items: Vec<_> = (0..MANY).map(item).collect();
        self.done("POST", "/customers/batch", "", &json!({"items": items}));
        let set = Value::Object(self.personal(sealed().next().expect("customers")));
        let nobody = self.canary(Kind::Phones);
        let filter = json!({"or": [
            {"field": "name", "op": "prefix", "value": "群"},
            {"field": "phones", "op": "eq", "value": nobody},
        ]});
        let job = self.done("POST", "/customers/bulk", "", &json!({"action": "edit", "filter": filter, "set": set}));
        assert_eq!(job["kind"], "bulk", "{job}");
        for dry_run in [true, false] {
            let (q, phone) = (self.canary(Kind::Phones), self.canary(Kind::Phones));
            let body = json!({"action": "edit", "q": q, "set": {"phones": [phone]}, "dry_run": dry_run});
            self.done("POST", "/customers/bulk", "", &body);
        }
    }

    /// Imports over HTTP and from the command line, as trial and in earnest, and exports with what they were asked for.
    fn files(&mut self) {
        let customers = sealed().next().expect("customers");
        for mode in ["create", "upsert", "dry_run"] {
            let file = self.file(customers);
            let name = self.canary(Kind::Text);
            let query = format!("resource=customers&mode={mode}&system=erp&name={name}.csv");
            let (status, answer) = self.ask("POST", &format!("/imports?{query}"), "", "text/csv", &file);
            assert_eq!(status, 202, "{answer}");
            self.await_jobs();
        }
        let file = self.file(customers);
        let path = self.stage.folder().join("file.csv");
        fs::write(&path, file).expect("written");
        let printed = self.stage.printed(&["import", "customers", &path.display().to_string(), "--system", "crm"]);
        self.stage.printed(&["undo", undoing(&printed)]);
        fs::remove_file(&path).expect("removed");
        for by in ["filter", "q"] {
            let canary = self.canary(Kind::Phones);
            let filter = json!({"field": "phones", "op": "in", "value": [canary]});
            let by_what = if by == "q" { json!(canary) } else { filter };
            self.done("POST", "/exports", "", &json!({"resource": "customers", by: by_what}));
        }
        self.done("POST", "/exports", "", &json!({"resource": "customers"}));
    }

    /// A line of all that is personal, below a heading that says so.
    fn file(&mut self, resource: &Definition) -> String {
        let values = self.personal(resource);
        let head: Vec<&str> = values.keys().map(String::as_str).collect();
        let cell = |value: &Value| value.as_str().or(value[0].as_str()).expect("text").to_owned();
        let cells: Vec<String> = values.values().map(cell).collect();
        format!("external_id,name,kind,{}\nK1,{PLAIN},person,{}\n", head.join(","), cells.join(","))
    }

    /// What is looked for.
    fn lists(&mut self) {
        for resource in sealed() {
            for field in resource.fields.iter().filter(|field| field.personal && field.filterable) {
                let (asked, listed) = (self.canary(field.kind), self.canary(field.kind));
                let path = format!("/{}?filter[{}][eq]={}", resource.name, field.key, asked.replace('@', "%40"));
                let (status, answer) = self.ask("GET", &path, "", "application/json", "");
                assert_eq!(status, 200, "{answer}");
                let filter = json!({"field": field.key, "op": "in", "value": [listed]});
                self.done("POST", &format!("/{}/search", resource.name), "", &json!({"filter": filter}));
            }
            let q = self.canary(Kind::Phones);
            let (status, answer) = self.ask("GET", &format!("/{}?q={q}", resource.name), "", "application/json", "");
            assert_eq!(status, 200, "{answer}");
        }
    }

    /// Why somebody did something.
    fn reasons(&mut self, customer: &str) {
        let reason = self.canary(Kind::Text);
        let reveal = json!({"fields": ["phones"], "reason": reason});
        self.done("POST", &format!("/customers/{customer}/mask-reveal"), "", &reveal);
        let history = self.ask("GET", &format!("/customers/{customer}/history"), "", "application/json", "").1;
        assert_eq!(history["data"][0]["reason"], json!(reason), "whoever may see it reads it: {history}");
        let reason = self.canary(Kind::Text);
        self.done("POST", "/keys", "", &json!({"purpose": "sign", "reason": reason}));
        let keys = self.ask("GET", "/keys", "", "application/json", "").1;
        assert!(keys.to_string().contains(&reason), "{keys}");
    }

    fn await_jobs(&self) {
        let limit = Instant::now() + Duration::from_secs(90);
        let open = "select kind || state from jobs where state not in ('succeeded', 'cancelled') and kind <> 'upkeep'";
        loop {
            let open = self.stage.sql(open);
            if open.is_empty() {
                assert_eq!(self.stage.sql("select kind from jobs where failed > 0"), [""; 0], "each row came in");
                return;
            }
            assert!(Instant::now() < limit, "{open:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The resources that hold anything personal, customers first.
fn sealed() -> impl Iterator<Item = &'static Definition> {
    CATALOGUE.iter().filter(|resource| resource.fields.iter().any(|field| field.personal))
}

/// A resident identity number with the character that checks it.
fn id_number(number: usize) -> String {
    let digits = format!("1101051990{:02}{:02}{:03}", 1 + number / 28 % 12, 1 + number % 28, number % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{}", b"10X98765432"[sum as usize % 11] as char)
}

/// Every row of every table as text.
fn dump(stage: &Stage) -> String {
    let tables = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'";
    let rows = |table: &String| stage.sql(&format!("select t::text from {table} t")).join("\n");
    stage.sql(tables).iter().map(rows).collect::<Vec<_>>().join("\n")
}

/// The files below a folder in which any of these texts stand, and which.
fn found(folder: &Path, texts: &[String]) -> Vec<String> {
    let mut wanted = tempfile::NamedTempFile::new().expect("a file");
    wanted.write_all(texts.join("\n").as_bytes()).expect("written");
    let mut grep = Command::new("grep");
    grep.args(["--recursive", "--text", "--only-matching", "--fixed-strings", "--file"]).arg(wanted.path()).arg(folder);
    let answer = grep.output().expect("run");
    assert!(answer.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&answer.stderr));
    let lines: BTreeSet<String> = String::from_utf8_lossy(&answer.stdout).lines().map(str::to_owned).collect();
    lines.into_iter().collect()
}
