//! The row that stays in sight below all others: what the columns come to.

use leptos::prelude::*;

use super::{DrawLine, Grid};

pub fn foot(grid: Grid, draw: &DrawLine, selectable: bool) -> impl IntoView + use<> {
    let draw = draw.clone();
    view! {
        <tfoot>
            <tr aria-rowindex=move || (grid.rows.with(Vec::len) + 2).to_string()>
                {selectable.then(|| view! { <td class="select-cell pinned"></td> })}
                {move || grid.columns.with(|columns| columns.iter().enumerate().map(|(at, column)| {
                    if at > 0 {
                        return view! { <td class:number=column.number>{draw(at)}</td> }.into_any();
                    }
                    let pin = if selectable { "40px" } else { "0px" };
                    view! { <th scope="row" class="pinned pinned-last" style:--pin=pin>{draw(at)}</th> }.into_any()
                }).collect_view())}
            </tr>
        </tfoot>
    }
}
