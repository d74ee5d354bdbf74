//! A small table that is read and not worked in. On a phone each row is a card.

use leptos::prelude::*;

/// The head of a column.
pub struct Head {
    pub title: String,
    /// Right-aligned.
    pub number: bool,
    /// Whether a card says it beside the value.
    pub said: bool,
}

impl Head {
    pub fn text(title: String) -> Self {
        Self { title, number: false, said: true }
    }

    pub fn number(title: String) -> Self {
        Self { title, number: true, said: true }
    }

    fn class(&self) -> Option<&'static str> {
        self.number.then_some("number")
    }
}

/// The rows as they stand, each with a cell for each head.
pub fn ruled(heads: &[Head], rows: Vec<Vec<AnyView>>) -> AnyView {
    let row = |cells: Vec<AnyView>| {
        let cells = heads.iter().zip(cells).map(|(head, cell)| {
            let label = head.said.then(|| head.title.clone());
            view! { <td class=head.class() data-label=label>{cell}</td> }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    };
    view! {
        <table class="line-table">
            <thead><tr>
                {heads.iter().map(|head| view! { <th scope="col" class=head.class()>{head.title.clone()}</th> }).collect_view()}
            </tr></thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}
