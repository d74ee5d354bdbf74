//! What makes no difference to whoever looks for a text: case, width, accents, traditional characters, the kind of
//! bracket, apostrophe, dash or dot, and what cannot be seen. For finding alone; how texts are kept and when two of them
//! are one is said in `fold.rs`.
//!
//! Every character is folded by itself, so that a place in the folded text has a place in the text as it stands.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Each traditional character with the simplified one, from the transform Hant-Hans of the Unicode CLDR (ICU 72,
/// Unicode-3.0 licence) as far as it goes character by character, with some variants that names are written in. It
/// stands for a dictionary that converts whole words; whoever looks for a name needs no more than its characters.
const TRADITIONAL: &str = include_str!("traditional.txt");

/// What is written in several ways, the first of which is meant. Width and composition are folded already.
const ALIKE: &[&str] =
    &["'’‘ʼ′´`", "\"“”„″「」『』", "(〔【[〖〘{", ")〕】]〗〙}", "-‐‑‒–—―−", "·•・‧∙●", "lł", "oø", "dđð", "iı"];

/// Letters that are written as two where they are missing.
const DOUBLE: [(char, &str); 3] = [('ß', "ss"), ('æ', "ae"), ('œ', "oe")];

/// What nobody sees: joiners, marks of direction, a hyphen that may be.
pub const UNSEEN: &str = "\u{ad}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2060}\u{feff}";

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let pair = |pair: &str| {
        let mut characters = pair.chars();
        characters.next().zip(characters.next())
    };
    TRADITIONAL.split_whitespace().filter_map(pair).collect()
});

static MEANT: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let each = |alike: &&'static str| {
        let meant = alike.chars().next();
        alike.chars().skip(1).filter_map(move |written| Some((written, meant?)))
    };
    ALIKE.iter().flat_map(each).collect()
});

/// The text as it is looked for.
pub fn fold(text: &str) -> String {
    text.chars().flat_map(folded).collect()
}

/// What becomes of one character: usually one, of an accent or something unseen nothing.
pub fn folded(c: char) -> impl Iterator<Item = char> {
    // Most of what is written needs no table: letters without accents, and characters that are folded already.
    let (plain, rest) = if c.is_ascii() { (Some(meant(c.to_ascii_lowercase())), None) } else { (None, Some(c)) };
    plain.into_iter().chain(rest.into_iter().flat_map(in_full))
}

fn in_full(c: char) -> impl Iterator<Item = char> {
    let seen = Some(c).filter(|c| !UNSEEN.contains(*c));
    let letters = seen.map(meant).into_iter().nfkd().flat_map(char::to_lowercase).filter(|c| !is_accent(*c));
    letters.flat_map(|c| match DOUBLE.iter().find(|(letter, _)| *letter == c) {
        Some((_, two)) => two.chars().collect::<Vec<_>>(),
        None => vec![simplified(meant(c))],
    })
}

fn meant(c: char) -> char {
    MEANT.get(&c).copied().unwrap_or(c)
}

/// The simplified form of a character.
pub fn simplified(c: char) -> char {
    SIMPLIFIED.get(&c).copied().unwrap_or(c)
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The Chinese characters, with all that are written for each.
struct Written {
    /// Other ways to write a character.
    ways: HashMap<char, Vec<char>>,
    /// Those that also stand in a sign for several, such as 株 in ㈱.
    in_signs: HashSet<char>,
}

static WRITTEN: LazyLock<Written> = LazyLock::new(|| {
    let mut written = Written { ways: HashMap::new(), in_signs: HashSet::new() };
    for c in ('\u{2e80}'..='\u{ffff}').chain('\u{1f100}'..='\u{1f2ff}').chain('\u{2f800}'..='\u{2fa1f}') {
        let folded: Vec<char> = folded(c).collect();
        match folded[..] {
            [one] if one != c => written.ways.entry(one).or_default().push(c),
            [_] => {}
            _ => written.in_signs.extend(folded),
        }
    }
    written
});

/// The characters that a folded one may have been, itself left out; none if it may have been a part of something else.
pub fn ways_to_write(c: char) -> Option<&'static [char]> {
    if WRITTEN.in_signs.contains(&c) {
        return None;
    }
    Some(WRITTEN.ways.get(&c).map(Vec::as_slice).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_folded_into_one() {
        for (written, folded) in [
            ("華為技術", "华为技术"),
            ("ＡＢＣ１２３（集團）", "abc123(集团)"),
            ("ｱﾊﾟｰﾄ", "アパート"),
            ("Müller", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("İstanbul Straße", "istanbul strasse"),
            ("O’Brien", "o'brien"),
            ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
            ("【华信】", "(华信)"),
            ("华\u{200b}信\u{ad}", "华信"),
            ("㈱", "(株)"),
            ("\u{f900}", "岂"),
            ("Smørrebrød", "smorrebrod"),
        ] {
            assert_eq!(fold(written), fold(folded), "{written}");
        }
        assert_eq!(fold("華為（深圳）"), "华为(深圳)");
    }

    #[test]
    fn what_is_folded_stays_so() {
        for c in '\0'..='\u{2ffff}' {
            let once: String = folded(c).collect();
            assert_eq!(fold(&once), once, "{c:?}");
        }
    }

    #[test]
    fn every_way_to_write_a_character_is_known() {
        assert_eq!(ways_to_write('华').map(|ways| ways.contains(&'華')), Some(true));
        assert_eq!(ways_to_write('株'), None, "it stands in ㈱ too");
        for c in '\0'..='\u{2ffff}' {
            for one in folded(c).filter(|one| *one != c && ('\u{4e00}'..='\u{9fff}').contains(one)) {
                assert!(ways_to_write(one).is_none_or(|ways| ways.contains(&c)), "{c} for {one}");
            }
        }
    }
}
