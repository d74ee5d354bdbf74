//! Chinese read aloud: the spellings under which a name is sorted and found.

use pinyin::{Pinyin, ToPinyin};

use super::{polyphones, sought, words};

/// The name spelled in pinyin, characters apart so that 西安 does not sort among xian; other text folded.
pub fn sort_key(text: &str) -> String {
    let mut key = String::new();
    let mut after_chinese = false;
    let characters: Vec<char> = text.chars().collect();
    let simplified: Vec<char> = characters.iter().copied().map(sought::simplified).collect();
    for (c, in_word) in characters.into_iter().zip(words::readings(&simplified)) {
        match in_word.map(str::to_owned).or_else(|| usual(c)) {
            Some(syllable) => {
                if !key.is_empty() {
                    key.push(' ');
                }
                key.push_str(&syllable);
                after_chinese = true;
            }
            None => {
                if after_chinese && !c.is_whitespace() {
                    key.push(' ');
                }
                key.extend(sought::folded(c));
                after_chinese = false;
            }
        }
    }
    key
}

/// How a character is read by itself.
pub(super) fn usual(c: char) -> Option<String> {
    match several(c) {
        Some([usual, ..]) => Some((*usual).to_owned()),
        _ => c.to_pinyin().map(spelled),
    }
}

/// The readings of a character that has several, also where it is written traditionally.
fn several(c: char) -> Option<&'static [&'static str]> {
    polyphones::of(c).or_else(|| polyphones::of(sought::simplified(c)))
}

/// A syllable as people type it: ü is v on every keyboard.
fn spelled(reading: Pinyin) -> String {
    reading.plain().replace('ü', "v")
}

/// The readings in use of each character in turn: full syllables, or the character itself where it has none.
pub fn readings(text: &str) -> Vec<Vec<String>> {
    let of = |c: char| match several(c) {
        Some(several) => several.iter().map(|reading| (*reading).to_owned()).collect(),
        None => vec![usual(c).unwrap_or_else(|| sought::folded(c).collect())],
    };
    text.chars().filter(|c| c.is_alphanumeric()).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order(names: &[&'static str]) -> Vec<&'static str> {
        let mut names = names.to_vec();
        names.sort_by_key(|name| sort_key(name));
        names
    }

    #[test]
    fn names_sort_by_their_reading() {
        let towns = ["重庆", "上海", "北京", "Acme", "西安", "厦门", "长沙", "張三", "六安", "六盘水"];
        let sorted = ["Acme", "北京", "长沙", "重庆", "六盘水", "六安", "上海", "西安", "厦门", "張三"];
        assert_eq!(in_order(&towns), sorted);
        let people = ["仇英", "曾国藩", "单田芳", "解缙", "区楚良", "张华", "欧阳修", "任正非"];
        assert_eq!(in_order(&people), ["区楚良", "欧阳修", "仇英", "任正非", "单田芳", "解缙", "曾国藩", "张华"]);
    }

    #[test]
    fn a_character_is_read_as_the_word_it_stands_in_says() {
        for (name, key) in [
            ("重慶長安汽車", "chong qing chang an qi che"),
            ("重工", "zhong gong"),
            ("华夏银行", "hua xia yin hang"),
            ("会计部", "kuai ji bu"),
            ("单位", "dan wei"),
            ("区块链", "qu kuai lian"),
            ("解放路", "jie fang lu"),
            ("长江", "chang jiang"),
            ("董事长", "dong shi zhang"),
            ("太行山", "tai hang shan"),
            ("ＡＢＣ公司", "abc gong si"),
            ("É公", "e gong"),
        ] {
            assert_eq!(sort_key(name), key, "{name}");
        }
    }

    #[test]
    fn a_character_may_be_read_in_several_ways() {
        assert_eq!(readings("重"), [["zhong", "chong"]]);
        assert_eq!(readings("長"), readings("长"));
        assert_eq!(readings("件有"), [["jian"], ["you"]], "nobody reads them mou and wei");
        assert_eq!(readings("吕"), [["lv"]], "ü is typed v");
        assert_eq!(readings("A公"), [vec!["a".to_owned()], vec!["gong".to_owned()]]);
    }
}
