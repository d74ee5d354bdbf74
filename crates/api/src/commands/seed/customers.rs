//! The customers of the demo data, each with a contact: the same ones each time.

use serde_json::{Map, Value, json};
use store::operations::import::Line;

pub const COUNT: i64 = 300;

/// Chance without chance: the same number and question give the same answer.
pub struct Dice(pub i64);

impl Dice {
    pub fn roll(&self, question: u64, sides: usize) -> usize {
        let mut state = (self.0 as u64) ^ question.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        for _ in 0..3 {
            state = (state ^ (state >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        }
        ((state >> 33) as usize) % sides
    }

    pub fn pick<T: Copy>(&self, question: u64, from: &[T]) -> T {
        from[self.roll(question, from.len())]
    }
}

/// Region, city, street and dialling code.
const PLACES: [(&str, &str, &str, &str); 12] = [
    ("北京市", "北京", "朝阳区建国路", "010"),
    ("上海市", "上海", "浦东新区张江路", "021"),
    ("广东省", "深圳", "南山区科技园路", "0755"),
    ("广东省", "广州", "天河区体育西路", "020"),
    ("浙江省", "杭州", "西湖区文三路", "0571"),
    ("江苏省", "苏州", "工业园区星湖街", "0512"),
    ("四川省", "成都", "高新区天府大道", "028"),
    ("湖北省", "武汉", "洪山区珞喻路", "027"),
    ("陕西省", "西安", "雁塔区科技路", "029"),
    ("山东省", "青岛", "市南区香港中路", "0532"),
    ("重庆市", "重庆", "渝北区金开大道", "023"),
    ("天津市", "天津", "滨海新区第三大街", "022"),
];
const BRANDS: [&str; 20] = [
    "华信", "鑫盛", "瑞丰", "天成", "博远", "恒达", "嘉禾", "明德", "卓越", "启航", "云帆", "九州", "中泰", "永昌",
    "新锐", "宏图", "海纳", "金桥", "力诺", "安和",
];
const ENDINGS: [&str; 16] =
    ["达", "源", "联", "邦", "隆", "诚", "通", "兴", "益", "拓", "维", "凯", "润", "腾", "科", "盈"];
const TRADES: [(&str, &str); 10] = [
    ("科技", "information"),
    ("软件", "information"),
    ("机械制造", "manufacturing"),
    ("精密电子", "manufacturing"),
    ("商贸", "trade"),
    ("物流", "transport"),
    ("建筑工程", "construction"),
    ("医疗器械", "health"),
    ("教育咨询", "education"),
    ("餐饮管理", "hospitality"),
];
const FAMILY: [&str; 16] =
    ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林"];
const GIVEN: [&str; 16] =
    ["伟", "芳", "秀英", "敏", "静", "磊", "军", "洋", "艳", "勇", "志强", "晓明", "建华", "丽娟", "海燕", "子轩"];
const TITLES: [(&str, &str); 6] = [
    ("总经理", "decision_maker"),
    ("采购经理", "buyer"),
    ("信息部主任", "influencer"),
    ("财务总监", "decision_maker"),
    ("行政主管", "user"),
    ("项目经理", "influencer"),
];

/// A customer and its contact, as if they stood in a file.
pub fn line(number: i64) -> Line {
    let dice = Dice(number);
    let (region, city, street, code) = dice.pick(1, &PLACES);
    let (trade, industry) = dice.pick(2, &TRADES);
    // Brand and ending give every number a name of its own.
    let (round, turn) = (number as usize / BRANDS.len(), number as usize % BRANDS.len());
    let (brand, ending) = (BRANDS[turn], ENDINGS[(round + turn * 7) % ENDINGS.len()]);
    let (title, role) = dice.pick(3, &TITLES);
    let values = json!({
        "name": format!("{city}{brand}{ending}{trade}有限公司"),
        "short_name": format!("{brand}{ending}"),
        "kind": "company",
        "level": dice.pick(4, &["a", "b", "b", "c", "c", "d"]),
        "status": dice.pick(5, &["potential", "potential", "active", "active", "active", "dormant", "lost"]),
        "industry": industry,
        "source": dice.pick(6, &["referral", "exhibition", "website", "social_media", "partner"]),
        "phones": [format!("{code}-{:08}", 60_000_000 + dice.roll(8, 29_999_999))],
        "country": "中国",
        "region": region,
        "city": city,
        "address": format!("{street}{}号", 1 + dice.roll(9, 299)),
        "notes": dice.pick(10, &["老客户介绍，沟通顺畅。", "关注售后服务。", "预算每年三月确定。", "对价格敏感。"]),
    });
    let contact = json!({
        "name": format!("{}{}", dice.pick(11, &FAMILY), dice.pick(12, &GIVEN)),
        "title": title,
        "role": role,
        "phones": [format!("13{}{:08}", dice.roll(13, 10), dice.roll(14, 99_999_999))],
        "emails": [format!("demo{number}@example.com")],
    });
    Line {
        row: number,
        external_id: Some(format!("D{number:04}")),
        values: object(values),
        companion: object(contact),
        ..Line::default()
    }
}

/// Days from today to the next contact: some are overdue, some are due, and for others nothing is planned.
pub fn days_to_next_contact(number: i64) -> Option<i64> {
    let dice = Dice(number);
    (dice.roll(15, 3) > 0).then(|| dice.roll(16, 24) as i64 - 6)
}

pub fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use domain::relations::Customer;

    use super::*;

    #[test]
    fn every_demo_customer_has_a_name_of_its_own_and_passes_the_checks() {
        let mut names = HashSet::new();
        for line in (1..=COUNT).map(line) {
            let customer = domain::check::own::create::<Customer>(&line.values, Default::default()).expect("valid");
            assert!(names.insert(customer.name.clone()), "{} comes twice", customer.name);
        }
        assert_eq!(line(7).values, line(7).values, "the same each time");
    }
}
