//! Finding a word of the screens by its pinyin or initials, as the server finds names.
//!
//! The dictionary of all characters would be larger than the client. How those are read that occur in short words of the
//! screens comes with the catalogue of the language.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::i18n;

/// The catalogue's entry with the readings: `部bu 长chang,zhang`.
const READINGS: &str = "readings";

thread_local! {
    static KNOWN: RefCell<HashMap<char, Vec<String>>> = RefCell::new(HashMap::new());
}

/// Whether a text is meant by what somebody types: a part of it, its syllables, its initials, or a mixture.
pub fn fits(text: &str, typed: &str) -> bool {
    let (text, typed) = (text.to_lowercase(), typed.trim().to_lowercase());
    if text.contains(&typed) {
        return true;
    }
    let typed: String = typed.split_whitespace().collect();
    KNOWN.with_borrow_mut(|known| {
        if known.is_empty() {
            *known = read(&i18n::find(READINGS).unwrap_or_default());
        }
        let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        (0..text.len()).any(|from| begins(&text[from..], &typed, known))
    })
}

fn read(readings: &str) -> HashMap<char, Vec<String>> {
    let entry = |entry: &str| {
        let character = entry.chars().next()?;
        Some((character, entry[character.len_utf8()..].split(',').map(str::to_owned).collect()))
    };
    readings.split(' ').filter_map(entry).collect()
}

/// Whether a text begins with what is typed: each character by itself, by its syllable, or by the first letter of that.
fn begins(text: &[char], typed: &str, known: &HashMap<char, Vec<String>>) -> bool {
    let Some(next) = typed.chars().next() else { return true };
    let Some((first, rest)) = text.split_first() else { return false };
    if *first == next {
        return begins(rest, &typed[next.len_utf8()..], known);
    }
    let readings = known.get(first).map(Vec::as_slice).unwrap_or_default();
    readings.iter().any(|reading| {
        let common = reading.bytes().zip(typed.bytes()).take_while(|(a, b)| a == b).count();
        // A syllable may still be on its way at the end of what is typed; elsewhere it is whole or one letter.
        let mut ends = (1..=common).filter(|end| [1, reading.len(), typed.len()].contains(end));
        ends.any(|end| begins(rest, &typed[end..], known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_syllables_initials_and_mixtures() {
        let known = read("制zhi 造zao 业ye 行xing,hang");
        let fits = |text: &str, typed: &str| {
            let text: Vec<char> = text.chars().collect();
            (0..text.len()).any(|from| begins(&text[from..], typed, &known))
        };
        for typed in ["zhizaoye", "zzy", "zhiz", "zao", "z造", "制zaoy", "zhiza"] {
            assert!(fits("制造业", typed), "{typed}");
        }
        assert!(fits("行业", "hangye") && fits("行业", "xy") && fits("IT行业", "hy"));
        for typed in ["zhye", "yz", "zhizhao", "x"] {
            assert!(!fits("制造业", typed), "{typed}");
        }
    }
}
