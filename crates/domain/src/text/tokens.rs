//! What a name is found by: tokens for the index; what a query asks of them is in [`query`].
//!
//! A name is read as a row of units, a Chinese character with its readings or a Latin word: `华/hua 信/xin /acme`.
//! Tokens are hashes of neighbours: of characters, of syllables, of initials (two and three), and of two and three letters
//! of a Latin word. So 华信, huaxin, hx, huax and h信 all find 华信科技 through one index of integers. Single characters,
//! syllables and initials have tokens too, so that no query, however short, has to look at every name.

mod query;

use std::collections::BTreeSet;

pub use self::query::{Check, Needle, WantedWords, Why, WhyKind, needles};
use super::pinyin::readings;
use super::sought;

/// Longest text that is looked at, in characters; beyond it names are not names.
const MAX_CHARS: usize = 120;

/// The text that a candidate is checked against: the name, folded, and on a second line its units.
pub fn body(text: &str) -> String {
    let units = units(text);
    let written = units.iter().map(|unit| {
        let readings: String = unit.readings.iter().map(|reading| format!("/{reading}")).collect();
        format!("{}{readings}", unit.chinese.map(String::from).unwrap_or_default())
    });
    format!("{}\n{}", plain(text), written.collect::<Vec<_>>().join(" "))
}

/// The tokens under which a name is kept, in order and without doubles.
pub fn of_text(text: &str) -> Vec<i32> {
    let mut tokens = BTreeSet::new();
    let characters: Vec<char> = plain(text).chars().filter(|c| !c.is_whitespace()).collect();
    for pair in characters.windows(2).filter(|pair| pair.iter().any(|c| is_chinese(*c))) {
        tokens.insert(character_token(pair));
    }
    tokens.extend(single_tokens(&characters));
    for word in latin_words(&plain(text)) {
        tokens.extend(letter_tokens(&word, 2));
        tokens.extend(letter_tokens(&word, 3));
    }
    let units = units(text);
    for unit in &units {
        for reading in &unit.readings {
            tokens.insert(token("initial", &[initial(reading)]));
            if unit.chinese.is_some() {
                tokens.insert(syllable_token(reading));
            }
        }
    }
    for pair in units.windows(2) {
        for (first, second) in product(&pair[0], &pair[1]) {
            tokens.insert(token("syllables", &[first, second]));
            tokens.insert(token("initials", &[initial(first), initial(second)]));
        }
    }
    for triple in units.windows(3) {
        for (first, second) in product(&triple[0], &triple[1]) {
            for third in &triple[2].readings {
                tokens.insert(token("initials", &[initial(first), initial(second), initial(third)]));
            }
        }
    }
    tokens.into_iter().collect()
}

struct Unit {
    chinese: Option<char>,
    readings: Vec<String>,
    /// The text as it stands.
    written: String,
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut is_open = false;
    for written in text.chars().take(MAX_CHARS) {
        for c in sought::folded(written) {
            let is_of_word = c.is_ascii_alphanumeric();
            match units.last_mut().filter(|_| is_open && is_of_word) {
                Some(word) => {
                    word.readings[0].push(c);
                    word.written.push(written);
                }
                None if is_of_word => {
                    units.push(Unit { chinese: None, readings: vec![c.to_string()], written: written.to_string() });
                }
                None if is_chinese(c) => {
                    // Read as it is written, kept as it is looked for.
                    let read = if is_chinese(written) { written } else { c };
                    let readings = readings(&read.to_string()).pop().unwrap_or_default();
                    units.push(Unit { chinese: Some(c), readings, written: written.to_string() });
                }
                None => {}
            }
            is_open = is_of_word;
        }
    }
    units
}

fn product<'a>(first: &'a Unit, second: &'a Unit) -> impl Iterator<Item = (&'a str, &'a str)> {
    first.readings.iter().flat_map(|a| second.readings.iter().map(move |b| (a.as_str(), b.as_str())))
}

fn plain(text: &str) -> String {
    text.chars().take(MAX_CHARS).flat_map(sought::folded).collect()
}

pub fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{2ebef}')
}

fn initial(text: &str) -> &str {
    text.chars().next().map_or("", |c| &text[..c.len_utf8()])
}

fn latin_words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric() || is_chinese(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The runs of so many letters.
fn letter_tokens(word: &str, length: usize) -> Vec<i32> {
    let letters: Vec<String> = word.chars().map(String::from).collect();
    letters.windows(length).map(|run| token("letters", run)).collect()
}

/// Characters that stand for themselves; of Latin words only runs of letters do.
fn single_tokens(characters: &[char]) -> impl Iterator<Item = i32> + '_ {
    characters.iter().filter(|c| !is_letter_or_digit(**c)).map(|c| single_token(*c))
}

fn single_token(c: char) -> i32 {
    token("character", &[c.to_string()])
}

fn syllable_token(syllable: impl AsRef<str>) -> i32 {
    token("syllable", &[syllable])
}

fn is_letter_or_digit(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn character_token(pair: &[char]) -> i32 {
    token("characters", &[pair[0].to_string(), pair[1].to_string()])
}

/// FNV-1a over class and parts. Two texts with one hash cost a check, never a wrong hit.
fn token<S: AsRef<str>>(class: &str, parts: &[S]) -> i32 {
    let mut hash: u32 = 0x811c_9dc5;
    for part in std::iter::once(class).chain(parts.iter().map(AsRef::as_ref)) {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
    }
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::query::cuts;
    use super::*;

    fn finds(query: &str, name: &str) -> bool {
        let held = of_text(name);
        let has = |token: &i32| held.contains(token);
        needles(query).iter().any(|needle| {
            let tokens = needle.all.iter().all(has) && (needle.any.is_empty() || needle.any.iter().any(has));
            tokens
                && match &needle.check {
                    Check::Contains(text) => body(name).contains(text),
                    // The patterns use nothing in which PostgreSQL's dialect differs.
                    Check::Matches(pattern) => regex::Regex::new(pattern).expect("a pattern").is_match(&body(name)),
                }
        })
    }

    #[test]
    fn a_name_is_found_by_part_spelling_initials_and_mixtures() {
        let name = "深圳华信达科技有限公司";
        for query in [
            "华信",
            "信达科技",
            "huaxin",
            "huaxinda",
            "hxd",
            "hx",
            "huax",
            "h信",
            "华x",
            "hxindkj",
            "shenzhenhuax",
            "SZHX",
        ] {
            assert!(finds(query, name), "{query}");
        }
        for query in ["华达", "xinhua", "xhd", "acme", "z信"] {
            assert!(!finds(query, name), "{query}");
        }
    }

    #[test]
    fn whatever_is_asked_for_there_are_tokens_to_look_it_up_by() {
        for query in ["华", "h", "3", "xin", "zh", "kangj", "h信", "%", "3m", "é", "（", "nve", "有限公司", "a-b"]
        {
            let blind: Vec<_> =
                needles(query).into_iter().filter(|needle| needle.all.is_empty() && needle.any.is_empty()).collect();
            assert_eq!(blind, [], "{query}");
        }
        for query in ["深", "s", "ke", "xin", "ji", "kej"] {
            assert!(finds(query, "深圳华信达科技有限公司"), "{query}");
        }
        assert!(finds("3", "上海 3M 公司") && finds("3m", "上海 3M 公司") && finds("（", "上海（集团）"));
        assert!(!finds("龘", "上海") && !finds("m", "上海 3M 公司") && !finds("nve", "上海"));
    }

    #[test]
    fn latin_words_are_found_by_any_two_letters_and_more() {
        for query in ["acme", "cme", "Corp", "co", "acme corp"] {
            assert!(query.split(' ').all(|word| finds(word, "Acme Corp 上海")), "{query}");
        }
        assert!(!finds("acne", "Acme Corp"));
    }

    #[test]
    fn a_character_of_several_readings_is_found_by_each() {
        for query in ["chongqing", "zhongqing", "cq", "zq"] {
            assert!(finds(query, "重庆力帆"), "{query}");
        }
    }

    #[test]
    fn a_hit_says_why_it_is_one() {
        let why = |word: &str| WantedWords::of(word).why("深圳华信达科技").map(|why| (why.kind, why.text));
        assert_eq!(why("华信"), Some((WhyKind::Text, "华信".into())));
        assert_eq!(why("huaxin"), Some((WhyKind::Pinyin, "华信".into())));
        assert_eq!(why("hxd"), Some((WhyKind::Initials, "华信达".into())));
        assert_eq!(why("h信"), Some((WhyKind::Pinyin, "华信".into())));
        assert_eq!(why("zzz"), None);
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for (name, queries) in [
            (
                "華為技術（深圳）有限公司",
                &["华为", "華為", "huawei", "hw", "术(深", "技术（", "ｈｕａｗｅｉ", "h为"][..],
            ),
            ("华为技术(深圳)有限公司", &["華為", "術（深", "华\u{200b}为"][..]),
            (
                "Müller ＆ Søn O’Brien",
                &["muller", "mu\u{308}ller", "MÜLLER", "&", "son", "o'brien", "ｍｕｌｌｅｒ"][..],
            ),
            ("ＡＢＣ科技", &["abc", "ABC科技"][..]),
            ("㈱日立", &["株", "(株)日立"][..]),
        ] {
            for query in queries {
                assert!(finds(query, name), "{query} in {name}");
            }
        }
    }

    #[test]
    fn what_was_found_is_told_as_it_stands() {
        let why = |word: &str, name: &str| WantedWords::of(word).why(name).map(|why| (why.kind, why.text));
        assert_eq!(why("华为", "深圳華為"), Some((WhyKind::Text, "華為".into())));
        assert_eq!(why("huawei", "深圳華為"), Some((WhyKind::Pinyin, "華為".into())));
        assert_eq!(why("hw", "深圳華為"), Some((WhyKind::Initials, "華為".into())));
        assert_eq!(why("muller", "Franz Mu\u{308}ller"), Some((WhyKind::Text, "Mu\u{308}ller".into())));
        assert_eq!(why("abc", "ＡＢＣ（中国）"), Some((WhyKind::Text, "ＡＢＣ".into())));
        assert_eq!(why("株", "㈱日立"), Some((WhyKind::Text, "㈱".into())));
    }

    #[test]
    fn the_body_holds_name_and_units() {
        assert_eq!(body("华信 ACME"), "华信 acme\n华/hua 信/xin /acme");
    }

    #[test]
    fn what_is_spelled_out_is_not_read_as_initials() {
        let cuts = |query: &str| cuts(&query.chars().collect::<Vec<_>>()).len();
        assert_eq!([cuts("zhixin"), cuts("wangyi"), cuts("huaxinda"), cuts("xian")], [2, 1, 2, 4]);
        for (query, name) in
            [("zhixin", "智信"), ("xian", "西安"), ("xian", "夏宁"), ("lan", "李安娜"), ("hit", "Hit"), ("iku", "i酷")]
        {
            assert!(finds(query, name), "{query}");
        }
    }
}
