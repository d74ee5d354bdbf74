//! What the demo company sells, and the opportunities it has with its customers: a year of them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::catalog::{Product, ProductCategory};
use domain::sales::Opportunity;
use serde_json::{Value, json};
use store::Tx;
use store::operations::import::{self, Line, Plan};
use store::records;
use store::sales::stages;
use uuid::Uuid;

use super::customers::{Dice, object};
use super::documents;

const CATEGORIES: [&str; 3] = ["硬件设备", "软件许可", "实施与服务"];

/// Name, code, category, unit, price in yuan and tax rate in per cent.
const PRODUCTS: [(&str, &str, usize, &str, &str, &str); 12] = [
    ("工业网关 G200", "HW-G200", 0, "台", "3680", "13"),
    ("边缘服务器 E8", "HW-E8", 0, "台", "28500", "13"),
    ("温湿度传感器", "HW-T10", 0, "只", "168", "13"),
    ("条码扫描枪", "HW-S3", 0, "把", "899", "13"),
    ("平板终端 P5", "HW-P5", 0, "台", "2380", "13"),
    ("设备管理平台（年）", "SW-EAM", 1, "套", "96000", "6"),
    ("数据看板（年）", "SW-BI", 1, "套", "48000", "6"),
    ("移动端账号（年）", "SW-APP", 1, "个", "360", "6"),
    ("接口许可", "SW-API", 1, "套", "20000", "6"),
    ("现场实施", "SV-IMP", 2, "人天", "1800", "6"),
    ("培训", "SV-TRN", 2, "场", "6000", "6"),
    ("年度维保", "SV-CARE", 2, "年", "36000", "6"),
];

/// A customer that is new, with whose it is.
pub struct Known {
    pub number: i64,
    pub id: Uuid,
    pub owner: Option<Uuid>,
}

/// Brings in products, and opportunities with these customers.
pub async fn bring_in(tx: &mut Tx<'_>, plan: &Plan, customers: &[Known]) -> store::Result<()> {
    let products = products(tx, plan).await?;
    let stages = stages::in_order(tx).await?;
    let now = tx.now();
    for customer in customers {
        for turn in 0..how_many(customer.number) {
            let dice = Dice(customer.number * 10 + turn);
            let draft = opportunity(&dice, customer, &products, &stages, now);
            let made = records::create::<Opportunity>(tx, &object(draft.clone())).await?.stamp().id;
            documents::follow(tx, &dice, made, &draft).await?;
        }
    }
    Ok(())
}

async fn products(tx: &mut Tx<'_>, plan: &Plan) -> store::Result<Vec<Uuid>> {
    let line = |(row, values): (i64, Value), of: &str| Line {
        row,
        external_id: Some(format!("{of}{row:02}")),
        values: object(values),
        ..Line::default()
    };
    let categories = (1..).zip(CATEGORIES.map(|name| json!({"name": name}))).map(|one| line(one, "K"));
    let categories = import::chunk::<ProductCategory>(tx, plan, categories.collect()).await?;
    let value = |(name, code, category, unit, price, tax_rate): (&str, &str, usize, &str, &str, &str)| {
        let category_id = categories.get(category).and_then(|result| result.record_id);
        json!({
            "name": name, "code": code, "category_id": category_id, "unit": unit, "price": price, "tax_rate": tax_rate,
        })
    };
    let lines = (1..).zip(PRODUCTS.map(value)).map(|one| line(one, "P"));
    let results = import::chunk::<Product>(tx, plan, lines.collect()).await?;
    Ok(results.into_iter().filter_map(|result| result.record_id).collect())
}

/// Opportunities of a customer: none with some, two with a few.
fn how_many(number: i64) -> i64 {
    Dice(number).pick(40, &[0, 0, 1, 1, 1, 2])
}

fn opportunity(dice: &Dice, customer: &Known, products: &[Uuid], stages: &[Uuid], now: DateTime<Utc>) -> Value {
    let status = dice.pick(41, &["open", "open", "open", "open", "won", "won", "lost"]);
    let stage = stages.get(dice.roll(42, stages.len().max(1)));
    let days = |question, sides: usize| TimeDelta::days(dice.roll(question, sides) as i64);
    let closed_at = now - days(43, 330) - TimeDelta::hours(3);
    let (close_on, closed_at) = match status {
        "open" => ((now + days(44, 90) - TimeDelta::days(12)).date_naive(), None),
        _ => (closed_at.date_naive(), Some(domain::instant::format(closed_at))),
    };
    let lines = (0..=dice.roll(45, 3)).filter_map(|turn| {
        let at = dice.roll(50 + turn as u64, products.len().max(1));
        let (.., price, _) = PRODUCTS.get(at)?;
        let quantity = dice.pick(60 + turn as u64, &["1", "2", "5", "10", "20"]);
        let discount = dice.pick(70 + turn as u64, &[None, None, Some("5"), Some("10")]);
        Some(json!({"product_id": products.get(at)?, "quantity": quantity, "price": price, "discount": discount}))
    });
    json!({
        "name": dice.pick(46, &["车间数字化改造", "设备联网一期", "数据看板项目", "仓库扫码升级", "年度维保续约", "移动巡检试点"]),
        "customer_id": customer.id, "owner_id": customer.owner, "stage_id": stage, "status": status, "close_on": close_on, "closed_at": closed_at,
        "loss_reason": (status == "lost").then(|| dice.pick(47, &["price", "competitor", "no_budget", "timing"])),
        "kind": dice.pick(48, &["new_business", "new_business", "expansion", "renewal"]),
        "source": dice.pick(49, &["referral", "exhibition", "website", "partner"]),
        "lines": lines.collect::<Vec<_>>(),
    })
}
