//! The name of a company without what says nothing of which company it is: its legal form, brackets, blanks, and the
//! words 省 and 市 behind a place. Two names with the same core are told as the same company, never held to be it.
//!
//! A place stays: 上海华信 and 北京华信 are two. Only the province before a town says nothing more than the town.

use super::sought;

/// What stands behind the name of a company; longer forms first.
const FORMS: &[&str] = &[
    "集团股份有限公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "集团公司",
    "有限公司",
    "总公司",
    "公司",
    "集团",
    "股份",
    "有限合伙",
    "普通合伙",
    "个体工商户",
];

/// The same in other languages, as words.
const WORDS: &[&str] = &[
    "co",
    "company",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "llc",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "sa",
    "bv",
    "nv",
    "pte",
    "pty",
    "kk",
    "group",
    "holdings",
];

/// Provinces and the like, by how they are written in full; behind the stroke what is left of them.
const PROVINCES: &[(&str, &str)] = &[
    ("内蒙古自治区", "内蒙古"),
    ("广西壮族自治区", "广西"),
    ("西藏自治区", "西藏"),
    ("宁夏回族自治区", "宁夏"),
    ("新疆维吾尔自治区", "新疆"),
    ("香港特别行政区", "香港"),
    ("澳门特别行政区", "澳门"),
];

/// Most characters of the name of a town or a province.
const PLACE: usize = 4;

/// What decides whether two names are one company's; of a name that is nothing but form, all of it.
pub fn core(name: &str) -> String {
    let folded = sought::fold(name);
    let whole: String = plain(&folded);
    let place = without_place_words(&without_forms(&folded));
    if place.chars().count() < 2 { whole } else { place }
}

/// Letters, digits and characters alone.
fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Words of a form at the end go first, then what is written together with the name.
fn without_forms(folded: &str) -> String {
    // `Co., Ltd.` and `S.A.` are words once the dots are gone; a dot inside of a name parts nothing.
    let dotless: String = folded.chars().filter(|c| *c != '.').collect();
    let mut words: Vec<&str> = dotless.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    while words.len() > 1 && words.last().is_some_and(|last| WORDS.contains(last)) {
        words.pop();
    }
    if words.iter().all(|word| WORDS.contains(word)) {
        return String::new();
    }
    let mut name = words.concat();
    while let Some(rest) = FORMS.iter().find_map(|form| name.strip_suffix(form)).filter(|rest| !rest.is_empty()) {
        name = rest.to_owned();
    }
    name
}

/// 广东省深圳市华信 is 深圳华信, and 广东省华信 is 广东华信.
fn without_place_words(name: &str) -> String {
    let name = name.strip_prefix("中国").filter(|rest| rest.chars().count() >= 2).unwrap_or(name);
    let named = PROVINCES.iter().find_map(|(full, short)| Some((*short, name.strip_prefix(full)?)));
    let (province, rest) = named.or_else(|| place(name, '省')).unwrap_or(("", name));
    match place(rest, '市') {
        Some((town, rest)) => format!("{town}{rest}"),
        None => format!("{province}{rest}"),
    }
}

/// A place at the beginning that is written with its word, and what follows.
fn place(name: &str, word: char) -> Option<(&str, &str)> {
    let (at, _) = name.char_indices().take(PLACE + 1).skip(2).find(|(_, c)| *c == word)?;
    let rest = &name[at + word.len_utf8()..];
    (rest.chars().count() >= 2).then_some((&name[..at], rest))
}

#[cfg(test)]
mod tests {
    use super::core;

    #[test]
    fn one_company_has_one_core_however_its_name_is_written() {
        let same: &[&[&str]] = &[
            &[
                "华信科技有限公司",
                "华信科技",
                "华信科技有限责任公司",
                "華信科技 有限公司",
                "华信科技股份有限公司",
                "华信科技集团",
            ],
            &["广东省深圳市华信科技有限公司", "深圳市华信科技有限公司", "深圳华信科技"],
            &["广东省华信科技", "广东华信科技有限公司"],
            &["内蒙古自治区伊利实业", "内蒙古伊利实业集团股份有限公司"],
            &["华信（中国）有限公司", "华信(中国)"],
            &["中国平安保险（集团）股份有限公司", "平安保险"],
            &["Huaxin Co., Ltd.", "HUAXIN CO LTD", "Huaxin", "huaxin Limited", "Huaxin S.A."],
            &["Acme Trading Inc.", "ACME TRADING", "Acme  Trading Group Co.,Ltd"],
        ];
        for names in same {
            for name in *names {
                assert_eq!(core(name), core(names[0]), "{name} and {}", names[0]);
            }
        }
    }

    #[test]
    fn different_companies_have_different_cores() {
        let apart =
            ["上海华信科技", "北京华信科技", "华信科技", "华信实业", "华信", "Huaxin", "Huaxin Trading", "市华信"];
        for (place, one) in apart.iter().enumerate() {
            for other in &apart[place + 1..] {
                assert_ne!(core(one), core(other), "{one} and {other}");
            }
        }
    }

    #[test]
    fn a_name_that_is_nothing_but_form_stays() {
        for name in ["有限公司", "集团", "Co., Ltd.", "省", "", "公", "Inc"] {
            let kept: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
            assert_eq!(core(name), kept, "{name}");
        }
    }
}
