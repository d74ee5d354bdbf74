//! A comment while it is written: people stand in it by their names, and are known beside it. It is kept and sent with
//! the ids in the text; see [`domain::platform::comments`].

use domain::platform::comments::{Stretch, stretches, written};
use serde::{Deserialize, Serialize};

/// What is written so far, and who is meant by the names in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Words {
    pub text: String,
    /// Name and id.
    pub people: Vec<(String, String)>,
}

/// A name that is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// Where its `@` stands, and where the caret.
    pub from: usize,
    pub to: usize,
    pub name: String,
}

/// The text of a comment as people read it.
pub fn plain(text: &str) -> String {
    let words = stretches(text).into_iter().map(|stretch| match stretch {
        Stretch::Words(words) => words.to_owned(),
        Stretch::Mention { name, .. } => format!("@{name}"),
    });
    words.collect()
}

impl Words {
    /// A comment that was sent before, to be written anew.
    pub fn of(text: &str) -> Self {
        let people = stretches(text).into_iter().filter_map(|stretch| match stretch {
            Stretch::Mention { name, id } => Some((name.to_owned(), id.to_string())),
            Stretch::Words(_) => None,
        });
        Self { people: people.collect(), text: plain(text) }
    }

    /// As it is sent: each name that somebody was chosen by bears the id. Of names that begin alike the longest counts.
    pub fn sent(&self) -> String {
        let (mut sent, mut rest) = (String::new(), self.text.as_str());
        while let Some(at) = rest.find('@') {
            let (before, from) = rest.split_at(at);
            sent.push_str(before);
            let named = self.people.iter().filter(|(name, _)| from[1..].starts_with(name.as_str()));
            let known = named.max_by_key(|(name, _)| name.len());
            let known = known.and_then(|(name, id)| Some((name, id.parse().ok()?)));
            rest = match known {
                Some((name, id)) => {
                    sent.push_str(&written(name, id));
                    &from[1 + name.len()..]
                }
                None => {
                    sent.push('@');
                    &from[1..]
                }
            };
        }
        sent + rest
    }

    /// The name that is being typed before the caret, which counts as the browser counts: in units of UTF-16.
    pub fn sought(&self, caret: usize) -> Option<Sought> {
        let to = self.byte_of(caret);
        let from = self.text[..to].rfind('@')?;
        let name = &self.text[from + 1..to];
        let is_name = name.chars().count() <= 20 && !name.contains(char::is_whitespace);
        // An address of an e-mail names nobody.
        let begins = self.text[..from].chars().next_back().is_none_or(|before| !before.is_ascii_alphanumeric());
        (is_name && begins).then(|| Sought { from, to, name: name.to_owned() })
    }

    /// Puts somebody where a name was being typed; where the caret stands then.
    pub fn mention(&mut self, sought: &Sought, name: &str, id: &str) -> usize {
        let said = format!("@{name} ");
        self.text.replace_range(sought.from..sought.to, &said);
        let person = (name.to_owned(), id.to_owned());
        if !self.people.contains(&person) {
            self.people.push(person);
        }
        self.text[..sought.from + said.len()].encode_utf16().count()
    }

    fn byte_of(&self, caret: usize) -> usize {
        let mut units = 0;
        for (at, letter) in self.text.char_indices() {
            if units >= caret {
                return at;
            }
            units += letter.len_utf16();
        }
        self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "00000000-0000-0000-0000-000000000007";
    const OTHER: &str = "00000000-0000-0000-0000-000000000008";

    #[test]
    fn whom_one_chose_is_sent_by_id_and_shown_by_name() {
        let mut words = Words { text: "😀请 @li 看".into(), ..Words::default() };
        let sought = words.sought(7).expect("a name");
        assert_eq!(sought.name, "li");
        assert_eq!(words.mention(&sought, "李娜", ID), 8);
        assert_eq!(words.text, "😀请 @李娜  看");
        let sent = format!("😀请 @[李娜]({ID})  看");
        assert_eq!((words.sent(), plain(&sent), Words::of(&sent)), (sent.clone(), words.text.clone(), words));
    }

    #[test]
    fn of_names_that_begin_alike_the_longest_is_meant() {
        let people = vec![("Tom".into(), ID.into()), ("Tom Li".into(), OTHER.into())];
        let words = Words { text: "@Tom Li @Tom @Tim".into(), people };
        assert_eq!(words.sent(), format!("@[Tom Li]({OTHER}) @[Tom]({ID}) @Tim"));
    }

    #[test]
    fn nobody_is_sought_in_an_address_or_after_a_space() {
        let sought = |text: &str| Words { text: text.into(), ..Words::default() }.sought(text.encode_utf16().count());
        assert_eq!(sought("li@example"), None);
        assert_eq!(sought("@li "), None);
        assert_eq!(sought("请@").map(|sought| sought.name), Some(String::new()));
    }
}
