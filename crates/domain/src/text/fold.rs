//! How typed text is brought into the form in which it is kept, and into the form in which it is compared.
//!
//! Input methods, spreadsheets and web pages leave behind what nobody sees: full-width digits, blanks that do not break,
//! marks of writing direction. What is kept has none of that, so that what looks equal is equal. Chinese text keeps its
//! full-width punctuation: `华信（中国）` is written so on purpose.

use std::borrow::Cow;

/// One line of text: unseen characters gone, every blank a plain one, and Latin text in half width.
pub fn line(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.trim().into();
    }
    let seen = seen(text, |c| if c.is_whitespace() { ' ' } else { c });
    let is_latin = seen.chars().all(|c| half_width(c).is_ascii());
    let kept = if is_latin { seen.chars().map(half_width).collect() } else { seen };
    kept.trim().to_owned().into()
}

/// Text of several lines. It may be set in with ideographic blanks, as Chinese paragraphs are.
pub fn lines(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.trim().into();
    }
    let blank = |c: char| match c {
        '\t' | '\n' | '\u{3000}' => c,
        '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    seen(text, blank).trim().to_owned().into()
}

/// What is typed with the keys of a telephone or a keyboard: numbers, codes, addresses of the net, days.
pub fn narrow(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return text.trim().into();
    }
    let key = |c: char| match c {
        c if c.is_whitespace() => ' ',
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{30fc}' | '\u{ff70}' => '-',
        c => half_width(c),
    };
    seen(text, key).trim().to_owned().into()
}

/// The form in which two names are compared: without regard to width, case and blanks. PostgreSQL's `folded` is its
/// counterpart behind the unique indexes, and folds whatever this folds.
pub fn key(text: &str) -> String {
    seen(text, half_width).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Nothing to be done: printable ASCII, which most cells of most files are.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The characters that one sees, each as `form` writes it. A NUL stays, for the check to refuse.
fn seen(text: &str, form: impl Fn(char) -> char) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let before = kept.chars().next_back();
        let is_kept = match c {
            '\r' => letters.peek() != Some(&'\n'),
            // Ties emoji and the letters of some scripts together; between others it is only in the way.
            '\u{200c}' | '\u{200d}' => before.is_some_and(is_tied) && letters.peek().copied().is_some_and(is_tied),
            '\u{fe00}'..='\u{fe0f}' => before.is_some_and(|before| !before.is_whitespace()),
            c => !is_unseen(c),
        };
        if is_kept {
            kept.push(form(c));
        }
    }
    kept
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// Characters that leave no trace on paper: control characters, those that Unicode calls format or default ignorable,
/// and fillers of Hangul and Braille that are letters by name only.
fn is_unseen(c: char) -> bool {
    match c {
        '\0' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{85}' => false,
        // The bulk of what comes here, out of the way first.
        ' '..='~' | '\u{4e00}'..='\u{9fff}' => false,
        c => {
            c.is_control()
                || matches!(c,
                    '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}'
                    | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
                    | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
                    | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
                    | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        }
    }
}

/// Emoji, and the scripts of which letters are tied or kept apart by an unseen character.
fn is_tied(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_has_nothing_that_one_does_not_see() {
        for nothing in ["\u{200b}", "\u{3164}", "\u{ad}", "\u{feff} \u{3000}", "\u{2800}\u{fe0f}", "\u{1}\u{7f}"] {
            assert_eq!(line(nothing), "", "{}", nothing.escape_unicode());
        }
        assert_eq!(line("华\u{200b}信\r\n科技\u{a0}公司"), "华信 科技 公司");
        assert_eq!(line("a\0b"), "a\0b", "the check refuses it");
    }

    #[test]
    fn chinese_names_keep_their_punctuation_and_latin_ones_become_narrow() {
        assert_eq!(line("华信（中国）１２号"), "华信（中国）１２号");
        assert_eq!(line("ＡＢＣ　Ｌｔｄ．"), "ABC Ltd.");
        assert_eq!(line("５１８０００"), "518000");
        assert_eq!(narrow("（021）5888－1234"), "(021)5888-1234");
        assert_eq!(narrow("\u{202d}138\u{a0}1234–5678\u{202c}"), "138 1234-5678");
    }

    #[test]
    fn what_ties_emoji_and_letters_together_is_seen() {
        for whole in ["👨\u{200d}👩\u{200d}👧", "❤\u{fe0f}", "می\u{200c}خواهم"] {
            assert_eq!(line(whole), whole);
        }
    }

    #[test]
    fn text_of_several_lines_keeps_them() {
        assert_eq!(lines("\u{3000}一\r\n二\u{2028}\u{3000}三\u{200b}"), "一\n二\n\u{3000}三");
    }

    #[test]
    fn names_are_compared_without_regard_to_width_case_and_blanks() {
        assert_eq!(key("华信（中国）\u{200b} ＡＢＣ"), key("华信(中国)  abc"));
        assert_ne!(key("华信"), key("华 信"));
    }

    proptest! {
        #[test]
        fn what_is_kept_stays_as_it_is(text in any::<String>()) {
            for form in [line, lines, narrow] {
                let once = form(&text).into_owned();
                prop_assert_eq!(form(&once), once.as_str());
            }
        }
    }
}
