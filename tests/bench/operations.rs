//! What is measured, and what it is asked for.

use std::sync::Arc;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use tests::population::{CUSTOM_KEY, CUSTOM_VALUES, OWNERS, Population, custom_value, owner_id};

use crate::http::{Answer, Connection, Script, request};
use crate::sales;

/// So many different requests of each operation. pgbench takes at most 128 scripts.
const VARIANTS: u64 = 100;

/// One line of the table.
pub struct Operation {
    pub name: &'static str,
    pub requests: Requests,
    /// Whether the server keeps its statements prepared; the others are planned each time, on purpose.
    pub prepared: bool,
    pub goal: Goal,
}

/// What `performance.md` asks for: the ratio to pgbench, and p99 in milliseconds, at 16 connections.
#[derive(Clone, Copy)]
pub struct Goal {
    pub ratio: f64,
    pub p99: f64,
}

#[derive(Clone)]
pub enum Requests {
    Read(Vec<String>),
    /// Questions too long for an address.
    Ask(&'static str, Vec<Value>),
    Create(&'static str, Vec<Value>),
    /// Customers, whose version the writer learns from the answer before.
    Update(Vec<String>),
}

/// All operations on a population behind a running server.
pub async fn all(population: Population, connection: &mut Connection, token: &str) -> Result<Vec<Operation>> {
    let terms = Terms::of(population);
    let read = |name, paths: Vec<String>, prepared, ratio, p99| Operation {
        name,
        requests: Requests::Read(paths),
        prepared,
        goal: Goal { ratio, p99 },
    };
    let search = |name, resource: &str, terms: &[String], ratio, p99| {
        let paths = terms.iter().map(|term| format!("/api/v1/{resource}?q={}", escaped(term))).collect();
        read(name, paths, true, ratio, p99)
    };
    let ids: Vec<String> = spread(population.customers).map(|row| population.customer_id(row).to_string()).collect();
    let path = |rest: &str, ids: &[String]| ids.iter().map(|id| format!("/api/v1/{rest}{id}")).collect::<Vec<_>>();
    let owners: Vec<String> = spread(OWNERS).map(|row| owner_id(row).to_string()).collect();
    let filters =
        ["level][eq]=a&filter[status][eq]=active", "status][eq]=lost", "industry][eq]=mining", "city][eq]=西宁"];
    let filters = filters.map(|filter| format!("/api/v1/customers?filter[{}", escaped_value(filter))).to_vec();
    let common = ["有限", "公司", "科技", "深圳", "上海", "信息技术", "gs", "youxian"].map(str::to_owned);
    let towns = ["贵阳", "拉萨", "西宁", "银川", "海口", "矿业", "guiyang", "lasa"].map(str::to_owned);
    let nothing = ["饕餮", "囧囧", "qqxxzz", "龘", "不存在"].map(str::to_owned);
    let mut operations = vec![
        read("get by id", path("customers/", &ids), true, 0.60, 5.0),
        read("list 50 of an owner", path("customers?filter[owner_id][eq]=", &owners), true, 0.60, 12.0),
        read("page at nine tenths", deep_pages(connection, token, population).await?, true, 0.55, 12.0),
        read("contacts of a customer", path("contacts?filter[customer_id][eq]=", &ids), true, 0.60, 12.0),
        read("filtered list", filters, false, 0.60, 12.0),
        search("search, 2 characters, rare", "customers", &terms.two, 0.70, 20.0),
        search("search, 3 characters", "customers", &terms.three, 0.50, 10.0),
        search("search, pinyin", "customers", &terms.pinyin, 0.50, 20.0),
        search("search, initials", "customers", &terms.initials, 0.50, 300.0),
        search("search, one character", "customers", &terms.one, 0.80, 300.0),
        search("search, common word", "customers", &common, 0.80, 300.0),
        search("search, a town or trade", "customers", &towns, 0.80, 300.0),
        search("search, end of a telephone", "customers", &terms.tails, 0.50, 20.0),
        search("search, nothing found", "customers", &nothing, 0.50, 20.0),
        search("search, name of a contact", "contacts", &terms.people, 0.50, 300.0),
        Operation {
            name: "create",
            requests: Requests::Create("customers", drafts(population)),
            prepared: true,
            goal: Goal { ratio: 0.40, p99: 30.0 },
        },
        Operation {
            name: "update with If-Match",
            requests: Requests::Update(ids),
            prepared: true,
            goal: Goal { ratio: 0.45, p99: 30.0 },
        },
    ];
    operations.extend(of_sellers(population, connection, token).await?);
    Ok(operations)
}

/// What sellers ask all day, and the figures over everything.
async fn of_sellers(population: Population, connection: &mut Connection, token: &str) -> Result<Vec<Operation>> {
    let operation =
        |name, requests, prepared, ratio, p99| Operation { name, requests, prepared, goal: Goal { ratio, p99 } };
    let stages = get(connection, token, "/api/v1/stages?limit=50&sort=position").await?;
    let stages: Vec<&Value> = stages["data"].as_array().context("stages")?.iter().map(|stage| &stage["id"]).collect();
    let open = json!({"field": "status", "op": "eq", "value": "open"});
    let heads = json!({"filter": open, "by": ["stage_id"], "of": ["count", {"sum": "amount"}]});
    let cards = stages.iter().filter_map(|stage| stage.as_str()).map(|stage| {
        format!(
            "/api/v1/opportunities?filter[stage_id][eq]={stage}&filter[status][eq]=open&expand=customer_id&limit=50"
        )
    });
    let made =
        spread(CUSTOM_VALUES).map(|row| format!("/api/v1/customers?filter[{CUSTOM_KEY}][eq]={}", custom_value(row)));
    let everything = json!({"by": ["region", "level"], "of": ["count"]});
    let products = get(connection, token, "/api/v1/products?limit=50").await?;
    Ok(vec![
        operation("a million by a made field", Requests::Read(made.collect()), false, 0.60, 40.0),
        operation(
            "board, heads of 10,000 cards",
            Requests::Ask("opportunities/summary", vec![heads]),
            false,
            0.60,
            100.0,
        ),
        operation("board, cards of a column", Requests::Read(cards.collect()), false, 0.60, 40.0),
        operation(
            "timeline of 2,000",
            Requests::Read(timeline(population, connection, token).await?),
            true,
            0.50,
            40.0,
        ),
        operation("summary of a million", Requests::Ask("customers/summary", vec![everything]), false, 0.60, 3000.0),
        operation(
            "deal with 20 lines",
            Requests::Create("opportunities", sales::drafts(population, &products)?),
            true,
            0.40,
            60.0,
        ),
    ])
}

/// The history of the first customer, page by page to its end.
async fn timeline(population: Population, connection: &mut Connection, token: &str) -> Result<Vec<String>> {
    let first = format!("/api/v1/customers/{}/timeline?limit=50", population.customer_id(0));
    let mut pages = vec![first.clone()];
    while let Some(before) = get(connection, token, &pages[pages.len() - 1]).await?["page"]["next_cursor"].as_str() {
        pages.push(format!("{first}&before={before}"));
    }
    Ok(pages)
}

/// Words that stand in the names of this population.
struct Terms {
    one: Vec<String>,
    two: Vec<String>,
    three: Vec<String>,
    pinyin: Vec<String>,
    initials: Vec<String>,
    tails: Vec<String>,
    people: Vec<String>,
}

impl Terms {
    fn of(population: Population) -> Self {
        let customers: Vec<_> = spread(population.customers).map(|row| population.customer(row).data).collect();
        let brands: Vec<String> = customers.iter().filter_map(|customer| customer.short_name.clone()).collect();
        let first = |count: usize| -> Vec<String> {
            let long = brands.iter().filter(|brand| brand.chars().count() >= count);
            long.map(|brand| brand.chars().take(count).collect()).collect()
        };
        let spelled = |brand: &String| domain::text::pinyin::sort_key(brand);
        let people = spread(population.contacts()).map(|row| population.contact(row).data.name);
        Self {
            one: first(1),
            two: first(2),
            three: first(3),
            pinyin: first(2).iter().map(|brand| spelled(brand).replace(' ', "")).collect(),
            initials: first(3).iter().map(|brand| spelled(brand).split(' ').map(|word| &word[..1]).collect()).collect(),
            tails: customers.iter().map(|customer| customer.phones[0][7..].to_owned()).collect(),
            people: people.collect(),
        }
    }
}

/// Rows all over the population.
fn spread(rows: u64) -> impl Iterator<Item = u64> {
    (0..VARIANTS).map(move |index| rows * index / VARIANTS)
}

/// New customers, as a form would send them.
fn drafts(population: Population) -> Vec<Value> {
    let draft = |row| {
        let customer = population.customer(row).data;
        json!({
            "name": customer.name, "level": customer.level, "status": customer.status, "industry": customer.industry,
            "phones": customer.phones, "emails": customer.emails, "region": customer.region, "city": customer.city,
            "address": customer.address, "next_contact_on": customer.next_contact_on,
        })
    };
    (population.customers..population.customers + VARIANTS).map(draft).collect()
}

/// Pages about nine tenths down the list of all customers, reached from its end.
async fn deep_pages(connection: &mut Connection, token: &str, population: Population) -> Result<Vec<String>> {
    let mut page = get(connection, token, "/api/v1/customers?limit=500").await?["page"].clone();
    let mut cursor = page["last_cursor"].as_str().context("the list has one page only")?.to_owned();
    let mut pages = Vec::new();
    for step in 0..(population.customers / 10 / 500).max(4) {
        page = get(connection, token, &format!("/api/v1/customers?limit=500&cursor={cursor}")).await?["page"].clone();
        cursor = page["prev_cursor"].as_str().context("a page before")?.to_owned();
        if step > 0 {
            pages.extend(page["next_cursor"].as_str().map(|cursor| format!("/api/v1/customers?cursor={cursor}")));
        }
    }
    Ok(pages.split_off(pages.len().saturating_sub(VARIANTS as usize)))
}

pub async fn get(connection: &mut Connection, token: &str, path: &str) -> Result<Value> {
    let answer = connection.send(&request("GET", path, token, "", "")).await?;
    anyhow::ensure!(answer.status == 200, "{path}: {} {}", answer.status, String::from_utf8_lossy(&answer.body));
    answer.json()
}

impl Requests {
    /// One script for each connection; together they ask for everything.
    pub fn scripts(&self, connections: usize, token: &str) -> Vec<Box<dyn Script>> {
        (0..connections).map(|worker| self.script(worker, connections, token)).collect()
    }

    fn script(&self, worker: usize, of: usize, token: &str) -> Box<dyn Script> {
        let ready: Vec<Vec<u8>> = match self {
            Requests::Read(paths) => paths.iter().map(|path| request("GET", path, token, "", "")).collect(),
            Requests::Ask(path, bodies) | Requests::Create(path, bodies) => {
                bodies.iter().map(|body| post(path, body, token)).collect()
            }
            Requests::Update(ids) => {
                // Two writers of one row would measure their quarrel.
                let own = ids.iter().skip(worker).step_by(of).map(|id| (id.clone(), None)).collect();
                return Box::new(Writer { rows: own, token: token.to_owned(), turn: 0 });
            }
        };
        Box::new(Reader { next: worker * ready.len() / of, ready: ready.into() })
    }
}

pub fn post(path: &str, body: &Value, token: &str) -> Vec<u8> {
    request("POST", &format!("/api/v1/{path}"), token, "content-type: application/json\r\n", &body.to_string())
}

/// A change of two ordinary fields, one of them indexed.
pub fn update(id: &str, etag: &str, turn: usize, token: &str) -> Vec<u8> {
    let headers = format!("content-type: application/merge-patch+json\r\nif-match: {etag}\r\n");
    let day = 1 + turn % 28;
    let body = json!({"next_contact_on": format!("2026-12-{day:02}"), "notes": format!("第{turn}次回访")});
    request("PATCH", &format!("/api/v1/customers/{id}"), token, &headers, &body.to_string())
}

/// Sends ready requests in turn.
struct Reader {
    ready: Arc<[Vec<u8>]>,
    next: usize,
}

impl Script for Reader {
    fn next(&mut self, _: Option<&Answer>) -> Vec<u8> {
        self.next += 1;
        self.ready[self.next % self.ready.len()].clone()
    }
}

/// Changes its rows in turn, each with the version that the last answer named. An unknown version is asked for first.
struct Writer {
    rows: Vec<(String, Option<String>)>,
    token: String,
    turn: usize,
}

impl Script for Writer {
    fn next(&mut self, last: Option<&Answer>) -> Vec<u8> {
        let count = self.rows.len();
        if let Some(answer) = last {
            self.rows[self.turn % count].1 = answer.header("etag").map(str::to_owned);
            if self.rows[self.turn % count].1.is_some() && self.rows.iter().all(|row| row.1.is_some()) {
                self.turn += 1;
            } else if let Some(unknown) = self.rows.iter().position(|row| row.1.is_none()) {
                self.turn = unknown;
            }
        }
        let (id, etag) = &self.rows[self.turn % count];
        match etag {
            Some(etag) => update(id, etag, self.turn, &self.token),
            None => request("GET", &format!("/api/v1/customers/{id}"), &self.token, "", ""),
        }
    }
}

/// Percent-encodes a value of a query.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

/// Leaves what the query itself is made of.
fn escaped_value(query: &str) -> String {
    query.bytes().map(|byte| if byte.is_ascii() { char::from(byte).into() } else { format!("%{byte:02X}") }).collect()
}
