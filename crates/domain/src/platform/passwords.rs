//! Which passwords are refused: short ones, those with the name in them, and those that everybody thinks of.
//!
//! A list of known passwords would be long and never complete. What people do instead is to string together a few things
//! out of a small stock: a word of a short list, a Chinese name in pinyin, a row of keys, a sequence, a date, one letter
//! over and over, and a mark or two at the end. A password that is nothing but up to four of those is common. The stock
//! makes many millions of passwords, among them those of ten letters and more in the published lists of leaked ones.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::error::Fault;
use crate::text::syllables::is_syllable;

/// Fewest characters of a password.
pub const MIN: usize = 10;

/// Most characters; hashing should not be fed with megabytes.
pub const MAX: usize = 128;

/// This many things out of the stock still make a common password.
const FEW: usize = 4;

/// This many characters besides do not make it a better one.
const LOOSE: usize = 2;

static WORDS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_words.txt").split_whitespace().collect());

/// Rows and columns of keys, as fingers walk them.
const WALKS: &[&str] = &[
    "`1234567890-=",
    "~!@#$%^&*()_+",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "azertyuiop",
    "qwertzuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik(ol)p",
    "zaq12wsxcde34rfv",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789",
    "147258369",
    "789456123",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8",
    "a1s2d3f4g5h6j7k8",
];

/// The faults of a password, at a pointer into the request.
pub fn faults(pointer: &str, password: &str, username: &str) -> Vec<Fault> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let name = username.trim().to_lowercase();
    let mut faults = Vec::new();
    if length < MIN {
        faults.push(Fault::new(pointer, "too_short").with("min", MIN));
    }
    if length > MAX {
        faults.push(Fault::new(pointer, "too_long").with("max", MAX));
        return faults;
    }
    if password.contains('\0') {
        faults.push(Fault::new(pointer, "nul_character"));
    }
    // A name of one or two letters is in many good passwords.
    if name.len() >= 3 && lower.contains(&name) {
        faults.push(Fault::new(pointer, "contains_username"));
    }
    if is_common(&lower) {
        faults.push(Fault::new(pointer, "common_password"));
    }
    faults
}

fn is_common(lower: &str) -> bool {
    let plain: Vec<char> = lower.chars().collect();
    let unmasked: Vec<char> = plain.iter().map(|letter| unmask(*letter)).collect();
    plain.iter().all(char::is_ascii_digit)
        || is_repeated(&plain)
        || is_made_of_stock(&plain)
        || is_made_of_stock(&unmasked)
}

/// The letter that a look-alike stands for, as in `p@ssw0rd`.
fn unmask(letter: char) -> char {
    match letter {
        '@' | '4' => 'a',
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// The same few characters again and again.
fn is_repeated(letters: &[char]) -> bool {
    (1..=letters.len() / 2).any(|length| letters.chunks(length).all(|part| letters.starts_with(part)))
}

/// The cheapest way to put a password together: characters that are not from the stock, then things that are.
fn is_made_of_stock(letters: &[char]) -> bool {
    let mut best = vec![(usize::MAX, usize::MAX); letters.len() + 1];
    best[0] = (0, 0);
    for start in 0..letters.len() {
        let (loose, things) = best[start];
        best[start + 1] = best[start + 1].min((loose + 1, things));
        for end in start + 1..=letters.len() {
            if is_stock(&letters[start..end]) {
                best[end] = best[end].min((loose, things + 1));
            }
        }
    }
    let (loose, things) = best[letters.len()];
    // Many short words in a row are a sentence, which is a good password.
    loose <= LOOSE && things <= FEW
}

fn is_stock(part: &[char]) -> bool {
    let text: String = part.iter().collect();
    WORDS.contains(text.as_str()) || is_syllable(&text) || is_walk(&text) || is_same(part) || is_date(&text)
}

fn is_walk(text: &str) -> bool {
    let back: String = text.chars().rev().collect();
    text.len() >= 3 && WALKS.iter().any(|walk| walk.contains(text) || walk.contains(&back))
}

fn is_same(part: &[char]) -> bool {
    part.len() >= 2 && part.iter().all(|letter| *letter == part[0])
}

/// A year, a day of the year, or a day, the way people write them into passwords.
fn is_date(text: &str) -> bool {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let year = |from: usize| number(from..from + 4).is_some_and(|year| (1930..=2049).contains(&year));
    let day = |from: usize| {
        number(from..from + 2).is_some_and(|month| (1..=12).contains(&month))
            && number(from + 2..from + 4).is_some_and(|day| (1..=31).contains(&day))
    };
    match text.len() {
        4 => year(0) || day(0),
        6 => day(2) || year(0),
        8 => (year(0) && day(4)) || (day(0) && year(4)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(password: &str) -> Vec<String> {
        faults("/password", password, "li.wei").into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn passwords_that_everybody_thinks_of_are_refused() {
        let known = "1234567890 0123456789 123456789a a123456789 qwertyuiop 1q2w3e4r5t 1qaz2wsx3edc zaq12wsxcde3 \
                     password12 password123 Password123! P@ssw0rd2024 p@ssw0rd123 passw0rd!! welcome123! Admin@2024! \
                     administrator admin123456 iloveyou123 iloveyou1314 woaini1314 woaini5201314 woaini1314520 \
                     5201314520 zhangwei1990 wangxiaoming88 liwei19900101 lijing0520 13812345678 19900101123 \
                     aaaaaaaaaa aaaaaaaaab abcabcabcabc abcdefghij asdfghjkl; qwerty12345 qwerty123456 qazwsxedcrfv \
                     abc123456789 abcd1234567 111111111111 1111122222 112233445566 123123123123 qweqweqwe123 \
                     football123 superman2000 sunshine2023 letmein12345 trustno1trustno1 monkey123456 dragon12345 \
                     !@#$%^&*() 1qaz@WSX3edc qwer1234asdf asdf123456 zxcvbnm123 zxcvbnm,./ shanghai2024 beijing2008 \
                     china123456 taobao123456 weixin888888 qq123456789 huawei@123 zhiyin2026! crm2026crm2026 \
                     mima123456 shengrikuaile1 xinniankuaile aini5201314 computer123 internet2020 michael1987 \
                     charlie12345 summer2024! Winter2023!! changeme123 default12345 test1234567 oracle12345";
        let missed: Vec<_> =
            known.split_whitespace().filter(|password| !codes(password).contains(&"common_password".into())).collect();
        assert_eq!(missed, Vec::<&str>::new());
    }

    #[test]
    fn good_passwords_pass() {
        let good = [
            "correct horse battery staple",
            "Tr0ub4dor&3x",
            "vK8#qLm2pZ",
            "春眠不觉晓处处闻啼鸟",
            "kestrel-oboe-lantern",
            "9fJq-27xk-LmP",
            "mVgT5hKxq2bR",
            "purple monkey dishwasher lamp",
        ];
        for password in good {
            assert_eq!(codes(password), Vec::<String>::new(), "{password}");
        }
    }

    #[test]
    fn short_ones_and_those_with_the_name_are_refused_whatever_the_case() {
        assert_eq!(codes("vK8#qLm2p"), ["too_short"]);
        assert_eq!(codes("春眠不觉晓处处闻啼"), ["too_short"]);
        assert_eq!(codes("xLI.Wei#qLm2pZ"), ["contains_username"]);
        assert_eq!(codes(&"x9 Yq".repeat(30)), ["too_long"]);
        assert_eq!(codes("vK8#qLm\0pZx"), ["nul_character"]);
    }

    #[test]
    fn the_stock_alone_makes_thousands_of_refused_passwords() {
        let endings = ["123", "1234", "123456", "2024", "888", "520", "!", "1990"];
        let made = WORDS.iter().flat_map(|word| endings.iter().map(move |ending| format!("{word}{ending}")));
        let common = made.filter(|password| is_common(password)).count();
        assert!(common > 3_000, "{common}");
    }
}
