//! By what a name is found, in which order names stand, and what a hit says of itself.

use domain::text::pinyin::{readings, sort_key};
use domain::text::tokens::{Check, Needle, WantedWords, WhyKind, body, needles, of_text};

/// As the store finds it: by the tokens of a needle, and its check.
fn finds(query: &str, name: &str) -> bool {
    let (held, body) = (of_text(name), body(name));
    let has = |token: &i32| held.contains(token);
    let fits = |needle: &Needle| {
        let checked = match &needle.check {
            Check::Contains(text) => body.contains(text),
            Check::Matches(pattern) => regex::Regex::new(pattern).expect("a pattern").is_match(&body),
        };
        checked && needle.all.iter().all(has) && (needle.any.is_empty() || needle.any.iter().any(has))
    };
    needles(query).iter().any(fits)
}

/// A name with each unit's spelling.
const SPELLED: &[(&str, &[&str])] = &[
    ("华信科技", &["hua", "xin", "ke", "ji"]),
    ("深圳康达", &["shen", "zhen", "kang", "da"]),
    ("长城西安", &["chang", "cheng", "xi", "an"]),
    ("吕梁", &["lv", "liang"]),
    ("北京大华", &["bei", "jing", "da", "hua"]),
];

#[test]
fn a_name_is_found_by_every_run_of_its_characters_syllables_and_initials() {
    for (name, spelled) in SPELLED {
        let units = spelled.len();
        for from in 0..units {
            for to in from + 1..=units {
                let run = &spelled[from..to];
                for query in [run.concat(), run.iter().map(|unit| &unit[..1]).collect()] {
                    assert!(finds(&query, name), "{query} {name}");
                }
                // The last syllable may still be on its way.
                let (last, before) = run.split_last().expect("not empty");
                for letters in 1..=last.len() {
                    let query = format!("{}{}", before.concat(), &last[..letters]);
                    assert!(finds(&query, name), "{query} {name}");
                }
            }
        }
        let characters: Vec<char> = name.chars().collect();
        for from in 0..characters.len() {
            for to in from + 1..=characters.len() {
                let query: String = characters[from..to].iter().collect();
                assert!(finds(&query, name), "{query} {name}");
            }
        }
    }
}

#[test]
fn what_is_not_in_a_name_does_not_find_it() {
    for (query, name) in [
        ("信华", "华信"),
        ("xinhua", "华信"),
        ("xh", "华信"),
        ("huaxinke", "华信"),
        ("hxk", "华信"),
        ("华k", "华信科"),
        ("h华", "华信"),
        ("abd", "abc"),
        ("ac", "abc"),
        ("bca", "abc"),
        ("", "华信"),
        ("  ", "华信"),
    ] {
        assert!(!finds(query, name), "{query} {name}");
    }
}

#[test]
fn blanks_and_case_of_a_query_do_not_matter() {
    for query in ["HUA xin", " hua  XIN ", "华 信", "h 信"] {
        assert!(finds(query, "华信"), "{query}");
    }
}

#[test]
fn a_query_is_looked_for_in_a_bounded_number_of_ways() {
    for query in ["xianxianxian", "ganganganganga", "zhongguorenmin", "aaaaaaaaaaaa", "lalalalalala", "nananianania"] {
        let ways = needles(query).len();
        assert!((1..=7).contains(&ways), "{query} {ways}");
    }
    assert_eq!(needles("").len(), 0);
    for (query, ways) in [("h", 1), ("华", 1), ("华信", 1), ("(", 1), ("a-b", 1), ("3m", 1)] {
        assert_eq!(needles(query).len(), ways, "{query}");
    }
}

#[test]
fn only_the_beginning_of_an_endless_name_is_looked_at() {
    for (before, is_found) in [(117, true), (118, true), (119, false), (120, false)] {
        let name = format!("{}华信", "很".repeat(before));
        assert_eq!(finds("华信", &name), is_found, "{before}");
    }
    let query = "很".repeat(119) + "华";
    assert!(finds(&(query.clone() + "信"), &query), "nor of an endless query");
}

#[test]
fn a_hit_says_by_what_and_where_it_was_found() {
    let name = "深圳华信达 ABC";
    for (word, kind, text) in [
        ("华信", WhyKind::Text, "华信"),
        ("abc", WhyKind::Text, "ABC"),
        ("huaxin", WhyKind::Pinyin, "华信"),
        ("huax", WhyKind::Pinyin, "华信"),
        ("华xin", WhyKind::Pinyin, "华信"),
        ("h", WhyKind::Initials, "华"),
        ("shenz", WhyKind::Pinyin, "深圳"),
        ("szhx", WhyKind::Initials, "深圳华信"),
        ("xd", WhyKind::Initials, "信达"),
    ] {
        let why = WantedWords::of(word).why(name).expect("found");
        assert_eq!((why.kind, why.text.as_str()), (kind, text), "{word}");
    }
    for word in ["xh", "xinhua", "信华", "华达", "dax"] {
        assert_eq!(WantedWords::of(word).why(name), None, "{word}");
    }
}

#[test]
fn tokens_are_kept_in_order_and_once() {
    for name in ["华信华信华信", "abcabcabc", "重庆重庆", ""] {
        let tokens = of_text(name);
        assert!(tokens.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
        assert_eq!(tokens.is_empty(), name.is_empty());
    }
}

#[test]
fn names_are_sorted_by_their_spelling() {
    for (name, key) in
        [("华信", "hua xin"), ("华a", "hua a"), ("A华", "a hua"), ("吕", "lv"), ("ACME", "acme"), ("", "")]
    {
        assert_eq!(sort_key(name), key, "{name}");
    }
    assert_eq!(readings("-华 "), [["hua"]], "marks are not read");
}
