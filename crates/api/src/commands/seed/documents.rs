//! What the demo company has promised in writing, what its customers asked for afterwards, and who may come next.

use chrono::TimeDelta;
use domain::relations::Lead;
use domain::sales::{Contract, Order, Quote};
use domain::service::{ServiceRequest, Ticket};
use serde_json::{Value, json};
use store::Tx;
use store::records;
use uuid::Uuid;

use super::customers::{Dice, object};
use super::money;
use super::sales::Known;

/// Kind, subject and what the customer said.
const ASKED: [(&str, &str, &str); 6] = [
    ("fault", "网关离线", "三号车间的网关昨晚开始离线，重启无效。"),
    ("question", "看板如何导出报表", "月底要给领导汇报，需要导出 Excel。"),
    ("installation", "新增终端安装", "新到两台平板终端，请安排上门安装。"),
    ("complaint", "维护人员未按约到场", "约好上午十点，下午才到。"),
    ("fault", "扫描枪无法连接", "更换充电底座后无法配对。"),
    ("return", "传感器退换", "收到的型号与订单不符。"),
];

/// Name, company, source and status.
const LEADS: [(&str, &str, &str, &str); 12] = [
    ("林涛", "江阴精工机械有限公司", "exhibition", "new"),
    ("苏敏", "嘉兴恒达纺织有限公司", "website", "new"),
    ("韩冬", "洛阳中重铸造有限公司", "referral", "contacted"),
    ("何静", "厦门海联物流有限公司", "website", "contacted"),
    ("范伟", "烟台金泽食品有限公司", "exhibition", "qualified"),
    ("孟洁", "成都天府医药有限公司", "partner", "qualified"),
    ("丁磊", "常州新日电器有限公司", "advertisement", "new"),
    ("夏雪", "合肥科信电子有限公司", "social_media", "contacted"),
    ("姜波", "佛山明远家具有限公司", "exhibition", "new"),
    ("崔岩", "大连北港船务有限公司", "cold_call", "new"),
    ("沈琳", "无锡优品包装有限公司", "referral", "qualified"),
    ("邹凯", "襄阳东方汽配有限公司", "website", "contacted"),
];

/// What follows from an opportunity: a quote while it is open, an order and a contract once it is won.
pub async fn follow(tx: &mut Tx<'_>, dice: &Dice, id: Uuid, opportunity: &Value) -> store::Result<()> {
    let common = json!({
        "customer_id": opportunity["customer_id"], "owner_id": opportunity["owner_id"], "opportunity_id": id,
        "lines": taxed(&opportunity["lines"]),
    });
    let with = |more: Value| {
        let mut body = object(common.clone());
        body.extend(object(more));
        body
    };
    match opportunity["status"].as_str() {
        Some("open") if dice.roll(90, 3) == 0 => {
            let valid_until = (tx.now() + TimeDelta::days(dice.roll(91, 60) as i64)).date_naive();
            let status = dice.pick(92, &["draft", "sent", "sent"]);
            let quote = with(
                json!({"valid_until": valid_until, "status": status, "terms": "合同签订后三十日内交货；验收合格后付款。"}),
            );
            records::create::<Quote>(tx, &quote).await?;
        }
        Some("won") => {
            let status = dice.pick(93, &["confirmed", "confirmed", "closed"]);
            let order = with(json!({"ordered_on": opportunity["close_on"], "status": status}));
            let order = records::create::<Order>(tx, &order).await?;
            money::follow(tx, dice, &order, opportunity).await?;
            if dice.roll(94, 2) == 0 {
                contract(tx, dice, opportunity, order.stamp().id).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn taxed(lines: &Value) -> Value {
    let line = |line: &Value| {
        let mut line = line.clone();
        line["tax_rate"] = json!("13");
        line
    };
    lines.as_array().into_iter().flatten().map(line).collect()
}

async fn contract(tx: &mut Tx<'_>, dice: &Dice, opportunity: &Value, order: Uuid) -> store::Result<()> {
    let begins_on = opportunity["close_on"].clone();
    let ends_on = (tx.now() + TimeDelta::days(dice.roll(95, 400) as i64)).date_naive();
    let draft = json!({
        "name": format!("{}合同", opportunity["name"].as_str().unwrap_or_default()), "customer_id": opportunity["customer_id"],
        "owner_id": opportunity["owner_id"], "order_id": order, "kind": dice.pick(96, &["sale", "service"]), "status": "signed",
        "amount": dice.pick(97, &["48000", "96000", "132000", "285000"]), "signed_on": begins_on, "begins_on": begins_on, "ends_on": ends_on,
    });
    records::create::<Contract>(tx, &object(draft)).await?;
    Ok(())
}

/// Service requests with their tickets, and leads for these sellers.
pub async fn bring_in(tx: &mut Tx<'_>, customers: &[Known]) -> store::Result<()> {
    for customer in customers.iter().filter(|customer| customer.number % 6 == 0) {
        request(tx, customer).await?;
    }
    // A second seed brings no new customers, and no new leads either.
    for (known, (name, company, source, status)) in customers.iter().zip(LEADS) {
        let lead = json!({
            "name": name, "company": company, "source": source, "status": status, "owner_id": known.owner,
            "phones": [format!("1390000{:04}", known.number)],
        });
        records::create::<Lead>(tx, &object(lead)).await?;
    }
    Ok(())
}

async fn request(tx: &mut Tx<'_>, customer: &Known) -> store::Result<()> {
    let dice = Dice(customer.number);
    let (kind, subject, description) = dice.pick(98, &ASKED);
    let is_solved = dice.roll(99, 2) == 0;
    let priority = dice.pick(100, &["urgent", "high", "normal", "normal", "low"]);
    let common = json!({
        "subject": subject, "description": description, "customer_id": customer.id, "owner_id": customer.owner, "priority": priority,
        "status": if is_solved { "solved" } else { "accepted" }, "solution": is_solved.then_some("已上门处理，客户确认恢复正常。"),
    });
    let mut body = object(common.clone());
    body.extend(object(json!({"kind": kind, "channel": dice.pick(101, &["phone", "wechat", "web"])})));
    let request = records::create::<ServiceRequest>(tx, &body).await?;
    let due_at = domain::instant::format(tx.now() + TimeDelta::hours(dice.roll(102, 96) as i64 - 24));
    let mut ticket = object(common);
    ticket.extend(object(json!({
        "service_request_id": request.stamp().id, "due_at": due_at, "status": if is_solved { "solved" } else { "in_progress" },
    })));
    records::create::<Ticket>(tx, &ticket).await?;
    Ok(())
}
