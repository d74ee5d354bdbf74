//! What sellers add to the customers: a board of ten thousand deals, a customer with years of history, products for
//! documents, and a field that an administrator made.

use anyhow::{Context, Result};
use domain::catalog::Product;
use domain::platform::CustomField;
use domain::relations::ContactRecord;
use domain::sales::Opportunity;
use serde_json::{Map, Value, json};
use store::catalogue::indexes;
use store::operations::import::{self, CHUNK, Line, Mode, Plan};
use store::sales::stages;
use store::{Store, Stored, records};
use tests::population::{CUSTOM_KEY, Population};

/// Deals on the board, and entries in the history of the first customer.
const DEALS: u64 = 10_000;
const ENTRIES: u64 = 2_000;
const PRODUCTS: u64 = 40;

/// Brings it in, the way files come in.
pub async fn load(store: &Store, population: Population) -> Result<()> {
    let db = store.system("bench");
    let field = json!({"label": "批次", "key": CUSTOM_KEY, "resource": "customers", "kind": "text"});
    db.write(async |tx| records::create::<CustomField>(tx, &object(field)).await.map(drop)).await?;
    indexes::settle(store).await?;
    let stages = db.write(async |tx| stages::in_order(tx).await).await?;
    let product =
        |row: u64| json!({"name": format!("设备{row:03}"), "price": (100 + row).to_string(), "tax_rate": "13"});
    bring_in::<Product>(store, (0..PRODUCTS).map(product)).await?;
    let history = |row| {
        json!({
            "subject": format!("第{}次联系", row + 1), "kind": "call", "content": "谈了交货期和付款方式，下次带样机。",
            "customer_id": population.customer_id(0), "happened_at": format!("{}-{:02}-{:02}T02:00:00Z", 2020 + row % 6, 1 + row % 12, 1 + row % 28),
        })
    };
    bring_in::<ContactRecord>(store, (0..ENTRIES).map(history)).await?;
    let deal = |row: u64| {
        json!({
            "name": format!("项目{row:05}"), "customer_id": population.customer_id(row * 97 % population.customers),
            "stage_id": stages[row as usize % stages.len()],
            "amount": (1000 + row % 977).to_string(), "close_on": format!("2027-{:02}-{:02}", 1 + row % 12, 1 + row % 28),
        })
    };
    bring_in::<Opportunity>(store, (0..DEALS).map(deal)).await
}

async fn bring_in<R: Stored>(store: &Store, rows: impl Iterator<Item = Value>) -> Result<()> {
    let plan = Plan { mode: Mode::Create, system: "bench".into(), dry_run: false };
    let lines: Vec<Line> =
        (1..).zip(rows).map(|(row, values)| Line { row, values: object(values), ..Line::default() }).collect();
    for lines in lines.chunks(CHUNK) {
        let results =
            store.system("bench").write(async |tx| import::chunk::<R>(tx, &plan, lines.to_vec()).await).await?;
        let refused = results.iter().find(|result| !result.faults.is_empty());
        anyhow::ensure!(refused.is_none(), "{}: {refused:?}", R::NAME);
    }
    Ok(())
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// Deals of twenty lines, as the form sends them.
pub fn drafts(population: Population, products: &Value) -> Result<Vec<Value>> {
    let products = products["data"].as_array().filter(|found| !found.is_empty()).context("no products")?;
    let draft = |row: u64| {
        let line = |place: usize| {
            let product = &products[(row as usize + place) % products.len()];
            json!({"product_id": product["id"], "quantity": (1 + place).to_string(), "price": product["price"]})
        };
        let lines: Vec<Value> = (0..20).map(line).collect();
        json!({"name": format!("新项目{row}"), "customer_id": population.customer_id(row), "lines": lines})
    };
    Ok((0..100).map(draft).collect())
}
