//! What was spoken with the demo customers in the last year, and what is to be done about them.

use chrono::TimeDelta;
use domain::instant;
use domain::platform::Task;
use domain::relations::{ContactRecord, Customer};
use domain::resource::Resource;
use serde_json::{Value, json};
use store::Tx;
use store::records;

use super::customers::{Dice, object};
use super::sales::Known;

/// Kind, subject, content, minutes and what came of it.
const SPOKEN: [(&str, &str, &str, i32, &str); 10] = [
    ("call", "电话回访，了解使用情况", "系统运行稳定，希望增加两个移动端账号，请发报价。", 15, "interested"),
    ("call", "预约上门时间", "约好下周二上午，信息部主任在场。", 5, "reached"),
    ("call", "联系采购经理", "无人接听，改天再联系。", 1, "no_answer"),
    ("visit", "上门演示设备管理平台", "演示了点检和维修流程，客户关心与现有 ERP 的对接方式。", 90, "interested"),
    ("visit", "现场勘察网络环境", "车间有两处信号较弱，需要加装网关，已拍照记录。", 120, "reached"),
    ("meeting", "方案评审会", "对数据看板方案基本认可，需补充权限说明。", 60, "interested"),
    ("meeting", "合同条款沟通", "付款方式改为三三四，质保期一年，法务周五前回复。", 45, "reached"),
    ("chat", "微信确认报价", "对方已收到报价单，内部讨论后答复。", 10, "reached"),
    ("mail", "发送技术方案", "方案第二版已发，附接口清单和实施计划。", 20, "reached"),
    ("call", "跟进预算审批", "今年预算已用完，明年三月再谈。", 12, "refused"),
];

const TO_DO: [(&str, &str); 8] = [
    ("发送报价单", "high"),
    ("回复接口对接问题", "normal"),
    ("准备演示环境", "normal"),
    ("寄送样机", "normal"),
    ("跟进合同盖章", "high"),
    ("确认验收时间", "normal"),
    ("节日问候", "low"),
    ("更新联系人名单", "low"),
];

/// A year of contact records with these customers, and tasks of the days around today.
pub async fn bring_in(tx: &mut Tx<'_>, customers: &[Known]) -> store::Result<()> {
    for customer in customers {
        let dice = Dice(customer.number);
        for turn in 0..dice.roll(80, 5) as u64 {
            let draft = spoken(tx, customer, turn);
            records::create::<ContactRecord>(tx, &object(draft)).await?;
        }
        if dice.roll(81, 4) == 0 {
            let draft = to_do(tx, customer);
            records::create::<Task>(tx, &object(draft)).await?;
        }
    }
    Ok(())
}

fn spoken(tx: &Tx<'_>, customer: &Known, turn: u64) -> Value {
    let dice = Dice(customer.number * 10 + turn as i64);
    let (kind, subject, content, minutes, result) = dice.pick(82, &SPOKEN);
    let ago = TimeDelta::days(dice.roll(83, 360) as i64 + 1) + TimeDelta::minutes(dice.roll(84, 480) as i64);
    json!({
        "customer_id": customer.id, "owner_id": customer.owner, "kind": kind, "subject": subject, "content": content,
        "minutes": minutes, "result": result, "happened_at": instant::format(tx.now() - ago),
    })
}

fn to_do(tx: &Tx<'_>, customer: &Known) -> Value {
    let dice = Dice(customer.number);
    let (subject, priority) = dice.pick(85, &TO_DO);
    let due = tx.now().date_naive() + TimeDelta::days(dice.roll(86, 20) as i64 - 5);
    json!({
        "subject": subject, "priority": priority, "due_on": due, "owner_id": customer.owner,
        "about_type": Customer::NAME, "about_id": customer.id,
    })
}
