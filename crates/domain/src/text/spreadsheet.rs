//! What spreadsheets make of numbers and codes when nobody looks. Such a cell no longer says what it said.

/// What happened to a text in a spreadsheet, as the code of a fault.
pub fn damage(text: &str) -> Option<&'static str> {
    let first = text.bytes().next()?;
    if first == b'#' && is_error(text) {
        return Some("spreadsheet_error");
    }
    (first.is_ascii_digit() && is_scientific(text)).then_some("spreadsheet_number")
}

/// The same for what has no letters and no fraction of its own, such as a telephone number: there a lesser sign is enough.
pub fn damage_of_number(text: &str) -> Option<&'static str> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, exponent) = text.split_once(['E', 'e']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let is_number = [whole, fraction, exponent].into_iter().all(is_digits);
    let is_written_so = text.contains(['E', 'e']) || text.ends_with(".0");
    if is_number && is_written_so { Some("spreadsheet_number") } else { damage(text) }
}

/// `1.38001E+10`: one digit, perhaps a fraction, and a power with its sign.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let fraction = mantissa.get(1..).unwrap_or_default();
    (fraction.is_empty() || fraction.strip_prefix('.').is_some_and(is_digits))
        && exponent.len() >= 2
        && is_digits(exponent)
}

/// A formula that failed, or a column that was too narrow.
fn is_error(text: &str) -> bool {
    const ERRORS: &[&str] =
        &["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"];
    ERRORS.contains(&text) || (text.len() >= 3 && text.bytes().all(|byte| byte == b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_lost_their_digits_are_known() {
        for text in ["1.38001E+10", "1E+12", "1.2e+12", "#N/A", "#REF!", "########"] {
            assert!(damage(text).is_some(), "{text}");
        }
        for text in ["1.38E10", "13800001111.0", "1.2E-5", "9E1"] {
            assert_eq!((damage(text), damage_of_number(text)), (None, Some("spreadsheet_number")), "{text}");
        }
    }

    #[test]
    fn names_and_numbers_of_people_are_none_of_that() {
        for text in
            ["", "E+10", "3E", "12E+1x", "1.E+10", "C++", "#1", "##", "3M", "iE+22", "13800001111", "021-5888", "1.0.0"]
        {
            assert_eq!((damage(text), damage_of_number(text)), (None, None), "{text}");
        }
    }
}
