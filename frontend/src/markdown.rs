//! The little markdown that help articles use: headings, paragraphs, lists, bold, code, links.

use leptos::prelude::*;

use crate::ui::Kind;

/// A piece of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    Heading(usize, String),
    Paragraph(String),
    List {
        ordered: bool,
        /// The number of its first item.
        start: u32,
        items: Vec<String>,
    },
}

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    Text(String),
    Bold(String),
    Code(String),
    Link { text: String, href: String },
}

pub fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut fresh = true;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            fresh = true;
            continue;
        }
        let level = line.bytes().take_while(|byte| *byte == b'#').count();
        if level > 0 {
            blocks.push(Block::Heading(level, line[level..].trim().to_owned()));
            fresh = true;
            continue;
        }
        let bullet = line.strip_prefix("- ").map(|item| (None, item));
        // A list that was interrupted, as by one within it, goes on with the number that is written.
        let numbered = line.split_once(". ").and_then(|(number, item)| Some((Some(number.parse::<u32>().ok()?), item)));
        let item = bullet.or(numbered);
        match (item, blocks.last_mut()) {
            (Some((number, item)), Some(Block::List { ordered, items, .. }))
                if *ordered == number.is_some() && !fresh =>
            {
                items.push(item.to_owned());
            }
            (Some((number, item)), _) => {
                let (ordered, start) = (number.is_some(), number.unwrap_or(1));
                blocks.push(Block::List { ordered, start, items: vec![item.to_owned()] });
            }
            (None, Some(Block::Paragraph(text))) if !fresh => {
                // Chinese lines join without a blank.
                if text.ends_with(|last: char| last.is_ascii()) {
                    text.push(' ');
                }
                text.push_str(line);
            }
            (None, Some(Block::List { items, .. })) if !fresh => {
                if let Some(last) = items.last_mut() {
                    last.push(' ');
                    last.push_str(line);
                }
            }
            (None, _) => blocks.push(Block::Paragraph(line.to_owned())),
        }
        fresh = false;
    }
    blocks
}

pub fn spans(line: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let taken = marked(rest, "**", "**")
            .map(|(text, end)| (Span::Bold(text.to_owned()), end))
            .or_else(|| marked(rest, "`", "`").map(|(text, end)| (Span::Code(text.to_owned()), end)))
            .or_else(|| link(rest));
        match taken {
            Some((span, end)) => {
                if !plain.is_empty() {
                    spans.push(Span::Text(std::mem::take(&mut plain)));
                }
                spans.push(span);
                rest = &rest[end..];
            }
            None => {
                plain.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
    spans
}

fn marked<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, usize)> {
    let inside = text.strip_prefix(open)?;
    let length = inside.find(close).filter(|length| *length > 0)?;
    Some((&inside[..length], open.len() + length + close.len()))
}

fn link(text: &str) -> Option<(Span, usize)> {
    let (words, after) = marked(text, "[", "](")?;
    let length = text[after..].find(')')?;
    let href = text[after..after + length].to_owned();
    Some((Span::Link { text: words.to_owned(), href }, after + length + 1))
}

/// An article. A link to `name` (without a slash) opens that article through `on_article`.
pub fn render(text: &str, on_article: Callback<String>) -> AnyView {
    let drawn = blocks(text).into_iter().map(|block| match block {
        // The article's own heading is shown by whoever shows the article.
        Block::Heading(1, _) => ().into_any(),
        Block::Heading(2, text) => view! { <h3>{text}</h3> }.into_any(),
        Block::Heading(_, text) => view! { <h4>{text}</h4> }.into_any(),
        Block::Paragraph(text) => view! { <p>{line(&text, on_article)}</p> }.into_any(),
        Block::List { ordered, start, items } => {
            let items = items.iter().map(|item| view! { <li>{line(item, on_article)}</li> }).collect_view();
            if ordered {
                view! { <ol start=start>{items}</ol> }.into_any()
            } else {
                view! { <ul>{items}</ul> }.into_any()
            }
        }
    });
    view! { <div class="prose">{drawn.collect_view()}</div> }.into_any()
}

fn line(text: &str, on_article: Callback<String>) -> AnyView {
    let drawn = spans(text).into_iter().map(|span| match span {
        Span::Text(text) => text.into_any(),
        Span::Bold(text) => view! { <strong>{text}</strong> }.into_any(),
        Span::Code(text) => view! { <code>{text}</code> }.into_any(),
        // What the server answers is no page of this client, so the router must leave it alone.
        Span::Link { text, href } if href.starts_with("/api/") => view! { <a href=href rel="external">{text}</a> }.into_any(),
        Span::Link { text, href } if href.contains('/') => view! { <a href=href>{text}</a> }.into_any(),
        Span::Link { text, href } => view! {
            <button type="button" class="button" data-kind=Kind::Link.name() on:click=move |_| on_article.run(href.clone())>
                {text}
            </button>
        }.into_any(),
    });
    drawn.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_fall_into_blocks() {
        let found = blocks("# 客户\n\n第一行，\n第二行。\n\n- 一\n- 二\n\n1. one\n2. two\n   - deep\n3. three\n");
        assert_eq!(
            found,
            [
                Block::Heading(1, "客户".into()),
                Block::Paragraph("第一行，第二行。".into()),
                Block::List { ordered: false, start: 1, items: vec!["一".into(), "二".into()] },
                Block::List { ordered: true, start: 1, items: vec!["one".into(), "two".into()] },
                Block::List { ordered: false, start: 1, items: vec!["deep".into()] },
                Block::List { ordered: true, start: 3, items: vec!["three".into()] },
            ]
        );
    }

    #[test]
    fn lines_fall_into_spans() {
        assert_eq!(
            spans("按 `?` 看**全部**，或读[列表](lists)。"),
            [
                Span::Text("按 ".into()),
                Span::Code("?".into()),
                Span::Text(" 看".into()),
                Span::Bold("全部".into()),
                Span::Text("，或读".into()),
                Span::Link { text: "列表".into(), href: "lists".into() },
                Span::Text("。".into()),
            ]
        );
        assert_eq!(spans("2 * 3 [x"), [Span::Text("2 * 3 [x".into())]);
    }
}
