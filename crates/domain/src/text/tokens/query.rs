//! What a query means: the tokens to ask for, the check of what they bring, and why a name was found.
//!
//! A word can be cut into syllables and initials in several ways; each way is a needle of its own.

use super::{
    MAX_CHARS, Unit, character_token, initial, is_chinese, is_letter_or_digit, latin_words, letter_tokens, plain,
    single_token, single_tokens, syllable_token, token, units,
};
use crate::text::pinyin::readings;
use crate::text::sought;
use crate::text::syllables::{beginning_with, is_beginning, is_syllable};

/// A query can be cut into syllables in several ways; this many are tried.
const MAX_CUTS: usize = 6;
/// What can be read as syllables may be this many initials as well: `lan` is 李安娜 too.
const MOST_INITIALS: usize = 4;
/// Two letters stand for hundreds of pairs of syllables; these their initials find as well.
const MOST_PAIRS: usize = 100;

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
pub struct WantedWords {
    text: String,
    cuts: Vec<Vec<Sound>>,
}

impl WantedWords {
    pub fn of(word: &str) -> Self {
        let text: String = plain(word).chars().filter(|c| !c.is_whitespace()).collect();
        let characters: Vec<char> = text.chars().collect();
        Self { cuts: cuts(&characters), text }
    }

    /// Why a name was found by the word, if it was.
    pub fn why(&self, name: &str) -> Option<Why> {
        if let Some(text) = as_it_stands(name, &self.text) {
            return Some(Why { kind: WhyKind::Text, text });
        }
        let units = units(name);
        self.cuts.iter().find_map(|cut| {
            let fits = |run: &&[Unit]| run.iter().zip(cut).all(|(unit, sound)| sound.fits(unit));
            let found = units.windows(cut.len()).find(fits)?;
            let kind = if cut.iter().all(Sound::is_letter) { WhyKind::Initials } else { WhyKind::Pinyin };
            Some(Why { kind, text: found.iter().map(|unit| unit.written.as_str()).collect() })
        })
    }
}

/// The part of a name that a folded text stands for.
fn as_it_stands(name: &str, folded: &str) -> Option<String> {
    let at = plain(name).find(folded)?;
    let end = at + folded.len();
    let mut passed = 0;
    let touched = name.chars().filter(|c| {
        let from = passed;
        passed += sought::folded(*c).map(char::len_utf8).sum::<usize>();
        // What folds into nothing, such as an accent, belongs to what it stands behind.
        if passed == from { (at + 1..=end).contains(&from) } else { from < end && passed > at }
    });
    Some(touched.collect())
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
pub(super) enum Sound {
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
pub(super) fn cuts(characters: &[char]) -> Vec<Vec<Sound>> {
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
