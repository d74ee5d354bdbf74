//! How a personal value of each kind looks to whoever may not know it.

use domain::check::field_faults;
use domain::masking::{MARK, mask, mask_value};
use domain::{Fault, Field, Kind};
use proptest::prelude::*;
use serde_json::json;

use crate::kinds::{KINDS, held};

/// Values around the length from which on their ends are shown.
fn row(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Email | Kind::Emails => &[
            ("a@x.cn", "****@x.cn"),
            ("ab@x.cn", "a****@x.cn"),
            ("abc@x.cn", "ab****@x.cn"),
            ("wangxm@x.cn", "wa****@x.cn"),
            ("张三丰@x.cn", "张三****@x.cn"),
            ("nobody", "no****@"),
        ],
        Kind::Phone | Kind::Phones => &[
            ("", "****"),
            ("12345", "****"),
            ("1234567890", "****"),
            ("13812345678", "138****5678"),
            ("+86 138 1234 5678", "+86****5678"),
        ],
        Kind::IdNumber => &[("12", "****"), ("123", "1****3"), ("11010519491231002X", "1****X")],
        _ => &[("", "****"), ("王", "****"), ("王五", "王****"), ("wx_1234567", "w****")],
    }
}

#[test]
fn the_ends_of_a_value_are_shown_from_a_certain_length_on() {
    for kind in KINDS {
        for (value, masked) in row(kind) {
            assert_eq!(mask(kind, value), *masked, "{kind:?} {value}");
            assert_eq!(mask_value(kind, &held(kind, *value)), held(kind, *masked), "{kind:?} {value}");
        }
    }
}

#[test]
fn what_is_empty_stays_empty_and_what_is_no_text_goes_altogether() {
    for kind in KINDS {
        assert_eq!(mask_value(kind, &json!(null)), json!(null), "{kind:?}");
        assert_eq!(mask_value(kind, &json!([])), json!([]), "{kind:?}");
        assert_eq!(mask_value(kind, &json!([12, null, true])), json!([MARK, null, MARK]), "{kind:?}");
    }
}

proptest! {
    #[test]
    fn a_masked_value_is_known_as_one_and_cannot_be_written_back(text in "[0-9a-z王@.]{1,14}") {
        for kind in KINDS {
            if matches!(kind, Kind::Integer | Kind::Bool | Kind::ExternalIds) {
                continue;
            }
            let masked = mask(kind, &text);
            let field = Field { max: 100, ..Field::new("x", kind) }.personal();
            let codes: Vec<String> = field_faults(&field, &held(kind, masked.as_str())).into_iter().map(|Fault { code, .. }| code).collect();
            prop_assert_eq!(codes, ["masked_value"], "{:?} {}", kind, masked);
        }
    }

    #[test]
    fn at_most_two_thirds_of_a_value_are_shown(text in "[0-9a-z王]{1,14}") {
        for kind in KINDS {
            let shown = mask(kind, &text).replace(MARK, "").trim_end_matches('@').chars().count();
            prop_assert!(shown * 3 <= text.chars().count() * 2, "{:?} {}", kind, text);
        }
    }
}
