//! Making the glue and the names it shares with the modules short.

/// Names that both sides know each other by carry a hash, which no compression makes smaller; a number does as well.
pub fn shorten<'a>(names: impl Iterator<Item = &'a mut String>, glue: &mut String) {
    let mut hashed: Vec<&mut String> = names.filter(|name| is_hashed(name)).collect();
    // A name may begin with another one.
    hashed.sort_by_key(|name| usize::MAX - name.len());
    for (number, name) in hashed.into_iter().enumerate() {
        let short = format!("_{number}_");
        *glue = glue.replace(name.as_str(), &short);
        *name = short;
    }
}

/// Whether a name has a part of sixteen hexadecimal digits.
fn is_hashed(name: &str) -> bool {
    let hex = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.split('_').any(|part| hex(part) || part.strip_prefix('h').is_some_and(hex))
}

/// The glue without indentation and the remarks that are meant for editors.
pub fn without_comments(glue: &str) -> String {
    let lines = glue.lines().map(str::trim);
    let code = lines.filter(|line| {
        !line.is_empty() && !line.starts_with('*') && !line.starts_with("//") && !line.starts_with("/*")
    });
    code.collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::{shorten, without_comments};

    #[test]
    fn hashed_names_are_shortened_on_both_sides() {
        let mut names = ["_h0123456789abcdef".to_owned(), "_h0123456789abcdef_13".to_owned(), "memory".to_owned()];
        let mut glue = "wasm._h0123456789abcdef_13(wasm.memory, _h0123456789abcdef)".to_owned();
        shorten(names.iter_mut(), &mut glue);
        assert_eq!(glue, "wasm._0_(wasm.memory, _1_)");
        assert_eq!(names, ["_1_", "_0_", "memory"]);
    }

    #[test]
    fn remarks_go_and_code_stays() {
        assert_eq!(without_comments("/**\n * @returns\n */\n    a = 1;\n// why\n"), "a = 1;\n");
    }
}
