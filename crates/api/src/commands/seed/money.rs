//! What the customers of the demo company owe for their orders, and what of it came in: some paid, some in part, some late.

use chrono::{NaiveDate, TimeDelta};
use domain::finance::{Invoice, Payment, PaymentPlan};
use domain::money::Decimal;
use domain::sales::Order;
use serde_json::{Value, json};
use store::Tx;
use store::records::{self, Seen};

use super::customers::{Dice, object};

/// A plan in two instalments and an invoice for an order, and receipts as far as its customer pays.
pub async fn follow(tx: &mut Tx<'_>, dice: &Dice, order: &Seen<Order>, opportunity: &Value) -> store::Result<()> {
    let (order, known) = (order.stamp().id, order.json());
    let amount: Decimal =
        known.get("amount").and_then(Value::as_str).and_then(|text| text.parse().ok()).unwrap_or_default();
    let Some(ordered_on) = day(&opportunity["close_on"]).filter(|_| amount > Decimal::ZERO) else { return Ok(()) };
    let first = (amount * Decimal::new(3, 1)).round_dp(2);
    let [soon, late] = [10, 60].map(|days| ordered_on + TimeDelta::days(days));
    let common = json!({"customer_id": opportunity["customer_id"], "owner_id": opportunity["owner_id"]});
    let with = |more: Value| {
        let mut body = object(common.clone());
        body.extend(object(more));
        body
    };
    let lines = json!([
        {"due_on": soon, "amount": first, "note": "首付款"}, {"due_on": late, "amount": amount - first, "note": "尾款"},
    ]);
    records::create::<PaymentPlan>(tx, &with(json!({"order_id": order, "lines": lines}))).await?;
    let invoice = json!({
        "order_id": order, "status": "issued", "kind": dice.pick(110, &["electronic_special", "electronic_ordinary"]),
        "issued_on": ordered_on, "due_on": late, "lines": known.get("lines").map(without_ids),
        "prices_include_tax": known.get("prices_include_tax"),
    });
    let invoice = records::create::<Invoice>(tx, &with(invoice)).await?.stamp().id;
    let paid: &[(Decimal, NaiveDate)] = match dice.roll(111, 4) {
        0 => &[],
        1 => &[(first, soon)],
        _ => &[(first, soon), (amount - first, late)],
    };
    let today = domain::numbering::day(tx.now());
    for (part, paid_on) in paid.iter().filter(|(_, paid_on)| *paid_on <= today) {
        let lines = json!([{"invoice_id": invoice, "amount": part}]);
        let payment = json!({
            "amount": part, "paid_on": paid_on, "status": "posted", "lines": lines,
            "method": dice.pick(112, &["bank_transfer", "bank_transfer", "acceptance", "cheque"]),
        });
        records::create::<Payment>(tx, &with(payment)).await?;
    }
    Ok(())
}

fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.parse().ok()
}

/// Lines as they are said of a new document.
fn without_ids(lines: &Value) -> Value {
    let line = |line: &Value| {
        let mut line = line.clone();
        if let Some(members) = line.as_object_mut() {
            members.retain(|key, _| !matches!(key.as_str(), "id" | "net" | "tax"));
        }
        line
    };
    lines.as_array().into_iter().flatten().map(line).collect()
}
