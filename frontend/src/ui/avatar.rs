use leptos::prelude::*;

/// A person's sign: the last two characters of a Chinese name, else the initials. Always beside the name.
#[component]
pub fn Avatar(#[prop(into)] name: String, #[prop(optional)] large: bool) -> impl IntoView {
    let tint = name.chars().map(|letter| letter as usize).sum::<usize>() % 5;
    view! {
        <span class="avatar" aria-hidden="true" data-tint=tint.to_string() data-size=large.then_some("large")>
            {short(&name)}
        </span>
    }
}

/// A person as shown everywhere: sign and name.
#[component]
pub fn Person(#[prop(into)] name: String) -> impl IntoView {
    view! {
        <span class="person"><Avatar name=name.clone()/><span class="ellipsis">{name}</span></span>
    }
}

fn short(name: &str) -> String {
    let letters: Vec<char> = name.trim().chars().collect();
    if letters.iter().any(|letter| *letter >= '\u{3400}') {
        // The given name tells people apart, the family name does not.
        let start = if letters.len() > 2 { letters.len() - 2 } else { letters.len().saturating_sub(1) };
        return letters[start..].iter().collect();
    }
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn signs_follow_the_custom_of_the_script() {
        assert_eq!(short("王小明"), "小明");
        assert_eq!(short("李娜"), "娜");
        assert_eq!(short("Maria Anders"), "MA");
        assert_eq!(short(""), "");
    }
}
