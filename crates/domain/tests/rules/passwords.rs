//! Which passwords are refused, at the edges of what makes them common.

use domain::platform::passwords::{MAX, MIN, faults};

fn codes(password: &str, username: &str) -> Vec<String> {
    faults("/password", password, username).into_iter().map(|fault| fault.code).collect()
}

fn is_common(password: &str) -> bool {
    codes(password, "nobody").contains(&"common_password".to_owned())
}

#[test]
fn a_password_has_so_many_characters_and_no_more() {
    let long =
        |length: usize| "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少".chars().cycle().take(length).collect::<String>();
    for (length, code) in
        [(MIN - 1, Some("too_short")), (MIN, None), (MIN + 1, None), (MAX, None), (MAX + 1, Some("too_long"))]
    {
        let found = codes(&long(length), "nobody");
        let lengths: Vec<_> = found.iter().filter(|code| code.starts_with("too_")).map(String::as_str).collect();
        assert_eq!(lengths, Vec::from_iter(code), "{length}");
    }
    assert_eq!(faults("/p", &long(MIN - 1), "")[0].params["min"], MIN.to_string());
    assert_eq!(faults("/p", &long(MAX + 1), "")[0].params["max"], MAX.to_string());
}

#[test]
fn a_name_in_the_password_counts_from_three_letters_on() {
    for (username, is_refused) in [("qL", false), ("qLm", true), (" QLM ", true), ("", false), ("qxm", false)] {
        let expected: &[&str] = if is_refused { &["contains_username"] } else { &[] };
        assert_eq!(codes("vK8#qLm2pZ", username), expected, "{username}");
    }
}

#[test]
fn up_to_four_things_and_two_characters_besides_are_common() {
    for (password, expected) in [
        ("dragonmonkey", true),
        ("dragonmonkeyfootballsunshine", true),
        ("dragonmonkeyfootballsunshinesuperman", false),
        ("dragonmonkey§", true),
        ("§dragonmonkey¤", true),
        ("§dragon¤monkey¥", false),
        ("dragonmonkeyfootballsunshine§¤", true),
        ("dragonmonkeyfootballsunshine§¤¥", false),
    ] {
        assert_eq!(is_common(password), expected, "{password}");
    }
}

#[test]
fn digits_alone_and_anything_again_and_again_are_common() {
    for (password, expected) in [
        ("9173468205", true),
        ("§173468205", false),
        ("§v8#q§v8#q", true),
        ("§v8#§v8#§v", true),
        ("§v8#q§v8#z", false),
        ("§§§§§§§§§§", true),
        ("§¤§¤§¤§¤§¤§", true),
    ] {
        assert_eq!(is_common(password), expected, "{password}");
    }
}

#[test]
fn a_walk_over_the_keys_has_three_keys_in_either_direction() {
    // Two characters besides are taken already, so whatever is no thing is too much.
    for (part, expected) in
        [("qwe", true), ("ewq", true), ("asdfgh", true), ("qwz", false), ("qw", false), ("bgt", true)]
    {
        assert_eq!(is_common(&format!("§monkey¤{part}")), expected, "{part}");
    }
    for (part, expected) in [("§§", true), ("¤¥", false), ("¤", false), ("¤¤¤¤", true)] {
        assert_eq!(is_common(&format!("#monkey°{part}")), expected, "{part}");
    }
}

#[test]
fn days_and_years_are_things_as_people_write_them() {
    for (digits, expected) in [
        ("1929", false),
        ("1930", true),
        ("2049", true),
        ("2050", false),
        ("0131", true),
        ("0132", false),
        ("0100", false),
        ("0101", true),
        ("1201", true),
        ("1301", false),
        ("01313", false),
    ] {
        assert_eq!(is_common(&format!("§monkeydragon¤{digits}")), expected, "{digits}");
    }
    // Three things are taken already: two dates would be too many.
    for (digits, expected) in [
        ("880131", true),
        ("880132", false),
        ("199013", true),
        ("192913", false),
        ("19900131", true),
        ("01311990", true),
        ("19900132", false),
        ("19290131", false),
        ("01321990", false),
        ("01311929", false),
        ("0131013", false),
    ] {
        assert_eq!(is_common(&format!("§monkeydragonfootball¤{digits}")), expected, "{digits}");
    }
}

#[test]
fn letters_behind_a_mask_are_known() {
    for word in
        ["footb@ll", "footb4ll", "f00tball", "foo7ball", "sunsh1ne", "sunsh!ne", "sunshin3", "5unshine", "$unshine"]
    {
        assert!(is_common(&format!("§monkey¤{word}")), "{word}");
    }
    assert!(!is_common("§monkey¤f%%tball"));
}
