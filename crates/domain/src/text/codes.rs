//! Numbers with a check digit: the unified social credit code (GB 32100) and the resident identity number (GB 11643).

const CREDIT_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The code as it is kept: upper case, without blanks.
pub fn normalise(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// GB 32100: weights are the powers of 3 modulo 31 over an alphabet of 31 characters without I, O, S, V and Z.
pub fn is_credit_code(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.chars().map(|c| CREDIT_ALPHABET.find(c)).collect();
    let Some(values) = values.filter(|values| values.len() == 18) else { return false };
    let weighted = values[..17].iter().scan(1, |weight, value| {
        let term = value * *weight;
        *weight = *weight * 3 % 31;
        Some(term)
    });
    let sum: usize = weighted.sum();
    (31 - sum % 31) % 31 == values[17]
}

/// GB 11643, which uses ISO 7064 MOD 11-2.
pub fn is_id_number(number: &str) -> bool {
    if number.len() != 18 || !number.is_ascii() {
        return false;
    }
    let (body, check) = number.split_at(17);
    let mut sum = 0;
    for (index, digit) in body.bytes().enumerate() {
        if !digit.is_ascii_digit() {
            return false;
        }
        // The weight of a place is 2 to the power of its distance from the check digit, modulo 11.
        sum += usize::from(digit - b'0') * ((1 << (17 - index)) % 11);
    }
    let expected = b"10X98765432"[sum % 11];
    check.as_bytes() == [expected]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_codes_are_checked_to_the_last_character() {
        assert!(is_credit_code("91350100M000100Y43"));
        assert!(!is_credit_code("91350100M000100Y44"));
        assert!(!is_credit_code("91350100M000100Y4"));
        assert!(!is_credit_code("9135010OM000100Y43"));
        assert_eq!(normalise(" 91350100m000100y43 "), "91350100M000100Y43");
    }

    #[test]
    fn id_numbers_are_checked_to_the_last_character() {
        assert!(is_id_number("11010519491231002X"));
        assert!(!is_id_number("110105194912310021"));
        assert!(!is_id_number("11010519491231002"));
    }
}
