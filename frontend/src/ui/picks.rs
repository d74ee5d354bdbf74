use leptos::prelude::*;

use crate::dom;

/// One thing of which several values stand beside each other.
pub struct PickRow {
    pub name: String,
    /// A value for each column; none where there is nothing to choose.
    pub values: Vec<Option<String>>,
    /// The column whose value is taken.
    pub pick: Signal<usize>,
    pub on_pick: Callback<usize>,
}

/// A choice a row among the values of its columns.
#[component]
pub fn Picks(
    #[prop(into)] caption: String,
    #[prop(into)] corner: String,
    heads: Vec<String>,
    rows: Vec<PickRow>,
) -> impl IntoView {
    let labels = StoredValue::new(heads.clone());
    view! {
        <table class="diff">
            <caption class="sr-only">{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{corner}</th>
                    {heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view()}
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(|row| drawn(row, labels)).collect_view()}</tbody>
        </table>
    }
}

fn drawn(row: PickRow, labels: StoredValue<Vec<String>>) -> impl IntoView {
    let PickRow { name, values, pick, on_pick } = row;
    let group = dom::fresh_id("pick");
    let cells = values.into_iter().enumerate().map(|(column, value)| {
        let label = labels.with_value(|labels| labels.get(column).cloned().unwrap_or_default());
        let Some(value) = value else { return view! { <td hidden=true></td> }.into_any() };
        view! {
            <td data-label=label>
                <label>
                    <input type="radio" name=group.clone() prop:checked=move || pick.get() == column on:change=move |_| on_pick.run(column)/>
                    <span>{value}</span>
                </label>
            </td>
        }
        .into_any()
    });
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            {cells.collect_view()}
        </tr>
    }
}
