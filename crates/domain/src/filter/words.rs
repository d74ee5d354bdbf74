//! Several values in one text, as a query string and a text input carry them: `a,b,"c, d"`.

/// The values of a text; in quotation marks a separator is one of their characters, and a doubled mark is a mark.
pub fn split(text: &str, separators: &[char]) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut rest = text.chars().peekable();
    let mut is_quoted = false;
    while let Some(c) = rest.next() {
        let Some(value) = values.last_mut() else { break };
        match c {
            '"' if is_quoted && rest.next_if_eq(&'"').is_some() => value.push('"'),
            '"' if is_quoted => is_quoted = false,
            '"' if value.trim().is_empty() => {
                value.clear();
                is_quoted = true;
            }
            c if separators.contains(&c) && !is_quoted => values.push(String::new()),
            c => value.push(c),
        }
    }
    values.into_iter().map(|value| value.trim().to_owned()).collect()
}

/// The text that [`split`] reads as these values.
pub fn join(values: &[String], separators: &[char]) -> String {
    let written = values.iter().map(|value| {
        let needs_marks = value.contains(separators) || value.starts_with('"');
        if needs_marks { format!("\"{}\"", value.replace('"', "\"\"")) } else { value.clone() }
    });
    written.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_what_separates_values() {
        for (text, values) in [
            ("a,b", &["a", "b"][..]),
            (" a , b ", &["a", "b"]),
            ("\"Acme, Inc.\",华信", &["Acme, Inc.", "华信"]),
            ("\"\"\"Best\"\" Ltd\"", &["\"Best\" Ltd"]),
            ("19\" rack,b", &["19\" rack", "b"]),
            ("", &[""]),
            ("a,", &["a", ""]),
        ] {
            assert_eq!(split(text, &[',']), values, "{text}");
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(split(&join(&values, &[',', '，']), &[',', '，']), values, "{text}");
        }
    }
}
