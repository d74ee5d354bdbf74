//! Chinese read aloud: the spellings under which a name is sorted and found.

use pinyin::{Pinyin, ToPinyin};

use super::polyphones;

/// The name spelled in pinyin, characters apart so that 西安 does not sort among xian; other text in lower case.
pub fn sort_key(text: &str) -> String {
    let mut key = String::new();
    let mut after_chinese = false;
    for (c, reading) in text.chars().zip(text.to_pinyin()) {
        match reading {
            Some(reading) => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(&spelled(reading));
                after_chinese = true;
            }
            None => {
                if after_chinese && !c.is_whitespace() {
                    key.push(' ');
                }
                key.extend(c.to_lowercase());
                after_chinese = false;
            }
        }
    }
    key
}

/// A syllable as people type it: ü is v on every keyboard.
fn spelled(reading: Pinyin) -> String {
    reading.plain().replace('ü', "v")
}

/// The readings in use of each character in turn: full syllables, or the character itself where it has none.
pub fn readings(text: &str) -> Vec<Vec<String>> {
    text.chars()
        .zip(text.to_pinyin())
        .filter(|(c, _)| c.is_alphanumeric())
        .map(|(c, usual)| match (polyphones::of(c), usual) {
            (Some(several), _) => several.iter().map(|reading| (*reading).to_owned()).collect(),
            (None, Some(usual)) => vec![spelled(usual)],
            (None, None) => vec![c.to_lowercase().collect()],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_their_reading() {
        let mut names = vec!["重庆", "上海", "北京", "Acme", "西安"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Acme", "北京", "上海", "西安", "重庆"]);
    }

    #[test]
    fn a_character_may_be_read_in_several_ways() {
        assert_eq!(readings("重"), [["zhong", "chong"]]);
        assert_eq!(readings("件有"), [["jian"], ["you"]], "nobody reads them mou and wei");
        assert_eq!(readings("吕"), [["lv"]], "ü is typed v");
        assert_eq!(readings("A公"), [vec!["a".to_owned()], vec!["gong".to_owned()]]);
    }
}
