//! What a name is found by: tokens for the index, and for a query the tokens to ask for and the check of what they bring.
//!
//! A name is read as a row of units, a Chinese character with its readings or a Latin word: `华/hua 信/xin /acme`.
//! Tokens are hashes of neighbours: of characters, of syllables, of initials (two and three), and of two and three letters
//! of a Latin word. So 华信, huaxin, hx, huax and h信 all find 华信科技 through one index of integers. Single characters,
//! syllables and initials have tokens too, so that no query, however short, has to look at every name.

use std::collections::BTreeSet;

use super::pinyin::readings;
use super::syllables::{beginning_with, is_beginning, is_syllable};

/// Longest text that is looked at, in characters; beyond it names are not names.
const MAX_CHARS: usize = 120;
/// A query can be cut into syllables in several ways; this many are tried.
const MAX_CUTS: usize = 6;
/// What can be read as syllables may be this many initials as well: `lan` is 李安娜 too.
const MOST_INITIALS: usize = 4;
/// Two letters stand for hundreds of pairs of syllables; these their initials find as well.
const MOST_PAIRS: usize = 100;

/// The text that a candidate is checked against: the name in lower case, and on a second line its units.
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

/// One way in which a query may be meant. A record fits if it has all of `all`, one of `any` unless that is empty, and
/// passes the check.
#[derive(Clone, Debug, PartialEq)]
pub struct Needle {
    pub all: Vec<i32>,
    pub any: Vec<i32>,
    pub check: Check,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// The body contains this.
    Contains(String),
    /// The body matches this regular expression of PostgreSQL.
    Matches(String),
}

/// The ways in which one word of a query may be meant.
pub fn needles(word: &str) -> Vec<Needle> {
    let word: String = plain(word).chars().filter(|c| !c.is_whitespace()).take(MAX_CHARS).collect();
    if word.is_empty() {
        return Vec::new();
    }
    let characters: Vec<char> = word.chars().collect();
    if characters.len() == 1 && word.is_ascii() && is_letter_or_digit(characters[0]) {
        return vec![spelled(&[Sound::Beginning(word)])];
    }
    let mut needles = Vec::new();
    let chinese = characters.iter().any(|c| is_chinese(*c));
    if chinese || characters.len() > 1 || !characters.iter().all(char::is_ascii_alphabetic) {
        needles.push(literal(&word, &characters));
    }
    if characters.iter().all(|c| is_chinese(*c)) || !characters.iter().all(|c| is_chinese(*c) || c.is_ascii_lowercase())
    {
        return needles;
    }
    let cuts = cuts(&characters);
    needles.extend(cuts.iter().map(|cut| spelled(cut)));
    if needles.is_empty() {
        needles.push(literal(&word, &characters));
    }
    needles
}

/// How a word was found in a name, and the characters of the name that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub kind: WhyKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyKind {
    Text,
    Pinyin,
    Initials,
}

/// A word of a query, cut once to be looked for in many names.
pub struct Wanted {
    text: String,
    cuts: Vec<Vec<Sound>>,
}

impl Wanted {
    pub fn of(word: &str) -> Self {
        let text: String = plain(word).chars().filter(|c| !c.is_whitespace()).collect();
        let characters: Vec<char> = text.chars().collect();
        Self { cuts: cuts(&characters), text }
    }

    /// Why a name was found by the word, if it was.
    pub fn why(&self, name: &str) -> Option<Why> {
        if plain(name).contains(&self.text) {
            return Some(Why { kind: WhyKind::Text, text: self.text.clone() });
        }
        let units = units(name);
        self.cuts.iter().find_map(|cut| {
            let fits = |run: &&[Unit]| run.iter().zip(cut).all(|(unit, sound)| sound.fits(unit));
            let found = units.windows(cut.len()).find(fits)?;
            let kind = if cut.iter().all(Sound::is_letter) { WhyKind::Initials } else { WhyKind::Pinyin };
            Some(Why { kind, text: found.iter().map(Unit::written).collect() })
        })
    }
}

/// The words as they stand in the name.
fn literal(word: &str, characters: &[char]) -> Needle {
    let pairs = characters.windows(2).filter(|pair| pair.iter().any(|c| is_chinese(*c)));
    let mut all: Vec<i32> = pairs.map(character_token).collect();
    for word in latin_words(word) {
        all.extend(letter_tokens(&word, word.chars().count().clamp(2, 3)));
    }
    if all.is_empty() {
        all.extend(single_tokens(characters));
    }
    Needle { all, any: Vec::new(), check: Check::Contains(word.to_owned()) }
}

/// A unit of a query: a character, or the beginning of a syllable.
#[derive(Clone, Debug, PartialEq)]
enum Sound {
    Character(char),
    Beginning(String),
}

/// The units of a query by their sound.
fn spelled(sounds: &[Sound]) -> Needle {
    let spoken: Vec<String> = sounds
        .iter()
        .map(|sound| match sound {
            Sound::Character(c) => readings(&c.to_string()).into_iter().flatten().next().unwrap_or_default(),
            Sound::Beginning(text) => text.clone(),
        })
        .collect();
    let check = Check::Matches(pattern(sounds));
    let last = spoken.len() - 1;
    if last > 0 && spoken[..last].iter().all(|text| is_syllable(text)) {
        let all = spoken[..last].windows(2).map(|pair| token("syllables", &[&pair[0], &pair[1]])).collect();
        let before = &spoken[last - 1];
        // A lone letter stands for too many syllables; there the initials do.
        if spoken[last].len() > 1 {
            let any = beginning_with(&spoken[last]).map(|end| token("syllables", &[before, end])).collect();
            return Needle { all, any, check };
        }
    }
    let initials: Vec<&str> = spoken.iter().map(|text| initial(text)).collect();
    let mut all: Vec<i32> = match initials[..] {
        [alone] => vec![token("initial", &[alone])],
        _ => initials.windows(initials.len().min(3)).map(|run| token("initials", run)).collect(),
    };
    all.extend(sounds.iter().filter_map(Sound::token));
    // Initials are shared by many names: 有限公司 makes yxg the commonest of all. Neighbouring sounds tell them apart.
    let neighbours = sounds.windows(2).map(neighbours).filter(|pair| (1..=MOST_PAIRS).contains(&pair.len()));
    let rarest = neighbours.min_by_key(Vec::len);
    let any =
        rarest.unwrap_or_else(|| sounds.iter().map(Sound::syllables).find(|any| !any.is_empty()).unwrap_or_default());
    Needle { all, any, check }
}

/// The pairs of syllables that two sounds may stand for.
fn neighbours(pair: &[Sound]) -> Vec<i32> {
    let beginnings = |sound: &Sound| match sound {
        Sound::Beginning(text) => beginning_with(text).collect(),
        Sound::Character(_) => Vec::new(),
    };
    let (first, second) = (beginnings(&pair[0]), beginnings(&pair[1]));
    first.iter().flat_map(|first| second.iter().map(move |second| token("syllables", &[first, second]))).collect()
}

/// What the units of the body must look like; made of letters and Chinese characters only. It begins with what is
/// certain and ends with it: a pattern that may begin anywhere takes five times as long.
fn pattern(sounds: &[Sound]) -> String {
    let last = sounds.len() - 1;
    let unit = |(index, sound): (usize, &Sound)| {
        let (before, after) = (if index > 0 { "[^ ]*" } else { "" }, if index < last { "[a-z0-9/]*" } else { "" });
        match sound {
            Sound::Character(c) => format!("{c}{after}"),
            Sound::Beginning(text) => format!("{before}/{text}{after}"),
        }
    };
    sounds.iter().enumerate().map(unit).collect::<Vec<_>>().join(" ")
}

/// The ways to cut a query into units; those with whole syllables first.
fn cuts(characters: &[char]) -> Vec<Vec<Sound>> {
    let mut found = Vec::new();
    // No syllable begins with i, u or v. Such a letter stands alone only where nothing else makes sense of the query.
    for letter in [is_beginning, |_: &str| true] {
        if found.is_empty() {
            cut(characters, letter, &mut Vec::new(), &mut found);
        }
    }
    // Who spells all syllables out does not mean initials in between. Every cut costs a search of its own.
    if found.iter().any(|cut| cut.iter().all(Sound::is_whole)) {
        found.retain(|cut| is_spelled_out(cut) || (cut.len() <= MOST_INITIALS && cut.iter().all(Sound::is_letter)));
    }
    // Fewer units mean longer syllables, and these are what people mean more often.
    found.sort_by_key(Vec::len);
    found.truncate(MAX_CUTS);
    found
}

/// Whether all but the last unit, which may still be on its way, are whole.
fn is_spelled_out(cut: &[Sound]) -> bool {
    cut.split_last().is_some_and(|(_, before)| before.iter().all(Sound::is_whole))
}

fn cut(rest: &[char], letter: fn(&str) -> bool, units: &mut Vec<Sound>, found: &mut Vec<Vec<Sound>>) {
    let Some(first) = rest.first() else {
        found.push(units.clone());
        return;
    };
    if found.len() >= 64 {
        return;
    }
    if is_chinese(*first) {
        units.push(Sound::Character(*first));
        cut(&rest[1..], letter, units, found);
        units.pop();
        return;
    }
    let letters = rest.iter().take_while(|c| c.is_ascii_lowercase()).count();
    for length in (1..=letters.min(6)).rev() {
        let text: String = rest[..length].iter().collect();
        let whole = is_syllable(&text);
        let at_end = length == rest.len() && is_beginning(&text);
        if whole || at_end || (length == 1 && letter(&text)) {
            units.push(Sound::Beginning(text));
            cut(&rest[length..], letter, units, found);
            units.pop();
        }
    }
}

struct Unit {
    chinese: Option<char>,
    readings: Vec<String>,
}

impl Unit {
    fn written(&self) -> String {
        self.chinese.map_or_else(|| self.readings.concat(), String::from)
    }
}

impl Sound {
    /// The syllables that it may stand for, unless it is a mere letter.
    fn syllables(&self) -> Vec<i32> {
        match self {
            Sound::Beginning(text) if text.len() > 1 => beginning_with(text).map(syllable_token).collect(),
            _ => Vec::new(),
        }
    }

    /// The token of a character, which says more than its initial.
    fn token(&self) -> Option<i32> {
        match self {
            Sound::Character(c) => Some(single_token(*c)),
            Sound::Beginning(_) => None,
        }
    }

    fn is_letter(&self) -> bool {
        matches!(self, Sound::Beginning(text) if text.len() == 1)
    }

    fn is_whole(&self) -> bool {
        match self {
            Sound::Character(_) => true,
            Sound::Beginning(text) => is_syllable(text),
        }
    }

    fn fits(&self, unit: &Unit) -> bool {
        match self {
            Sound::Character(c) => unit.chinese == Some(*c),
            Sound::Beginning(text) => unit.readings.iter().any(|reading| reading.starts_with(text)),
        }
    }
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut word = String::new();
    let close = |word: &mut String, units: &mut Vec<Unit>| {
        if !word.is_empty() {
            units.push(Unit { chinese: None, readings: vec![std::mem::take(word)] });
        }
    };
    for c in plain(text).chars() {
        if is_chinese(c) {
            close(&mut word, &mut units);
            let readings = readings(&c.to_string()).pop().unwrap_or_default();
            units.push(Unit { chinese: Some(c), readings });
        } else if c.is_ascii_alphanumeric() {
            word.push(c);
        } else {
            close(&mut word, &mut units);
        }
    }
    close(&mut word, &mut units);
    units
}

fn product<'a>(first: &'a Unit, second: &'a Unit) -> impl Iterator<Item = (&'a str, &'a str)> {
    first.readings.iter().flat_map(|a| second.readings.iter().map(move |b| (a.as_str(), b.as_str())))
}

fn plain(text: &str) -> String {
    text.chars().take(MAX_CHARS).flat_map(char::to_lowercase).collect()
}

fn is_chinese(c: char) -> bool {
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
    fn what_is_spelled_out_is_not_read_as_initials() {
        let cuts = |query: &str| cuts(&query.chars().collect::<Vec<_>>()).len();
        assert_eq!([cuts("zhixin"), cuts("wangyi"), cuts("huaxinda"), cuts("xian")], [2, 1, 2, 4]);
        for (query, name) in
            [("zhixin", "智信"), ("xian", "西安"), ("xian", "夏宁"), ("lan", "李安娜"), ("hit", "Hit"), ("iku", "i酷")]
        {
            assert!(finds(query, name), "{query}");
        }
    }

    #[test]
    fn a_hit_says_why_it_is_one() {
        let why = |word: &str| Wanted::of(word).why("深圳华信达科技").map(|why| (why.kind, why.text));
        assert_eq!(why("华信"), Some((WhyKind::Text, "华信".into())));
        assert_eq!(why("huaxin"), Some((WhyKind::Pinyin, "华信".into())));
        assert_eq!(why("hxd"), Some((WhyKind::Initials, "华信达".into())));
        assert_eq!(why("h信"), Some((WhyKind::Pinyin, "华信".into())));
        assert_eq!(why("zzz"), None);
    }

    #[test]
    fn the_body_holds_name_and_units() {
        assert_eq!(body("华信 ACME"), "华信 acme\n华/hua 信/xin /acme");
    }
}
