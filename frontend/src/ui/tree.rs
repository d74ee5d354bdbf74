use std::collections::HashSet;

use leptos::attr::custom::custom_attribute;
use leptos::html;
use leptos::prelude::*;

use super::Icon;
use crate::dom;

/// One branch as the tree is given it: flat, parents before their children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    pub key: String,
    pub parent: Option<String>,
    pub text: String,
    pub note: String,
}

/// A tree by the ARIA pattern: arrows move, right opens, left closes, Enter chooses.
#[component]
pub fn Tree(
    #[prop(into)] branches: Signal<Vec<Branch>>,
    chosen: RwSignal<Option<String>>,
    #[prop(into)] label: String,
) -> impl IntoView {
    let closed = RwSignal::new(HashSet::<String>::new());
    let node = NodeRef::<html::Ul>::new();
    let rows = Memo::new(move |_| branches.with(|branches| closed.with(|closed| visible(branches, closed))));
    view! {
        <ul
            class="tree"
            role="tree"
            aria-label=label
            node_ref=node
            on:keydown=move |event| {
                if let Some(tree) = node.get_untracked()
                    && dom::rove(&tree, ".tree-item", &event.key(), true)
                {
                    event.prevent_default();
                }
            }
        >
            {move || rows.get().into_iter().enumerate().map(|(at, row)| item(at, row, chosen, closed)).collect_view()}
        </ul>
    }
}

/// A branch that is to be seen, with its depth and whether it has children.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    branch: Branch,
    depth: usize,
    parent: bool,
    open: bool,
}

/// The branches whose ancestors are all open.
fn visible(branches: &[Branch], closed: &HashSet<String>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut stack: Vec<(Option<String>, usize)> = vec![(None, 0)];
    while let Some((parent, depth)) = stack.pop() {
        if let Some(branch) = parent.as_ref().and_then(|key| branches.iter().find(|branch| branch.key == *key)) {
            let has_children = branches.iter().any(|child| child.parent == parent);
            let open = !closed.contains(&branch.key);
            rows.push(Row { branch: branch.clone(), depth: depth - 1, parent: has_children, open });
            if !open {
                continue;
            }
        }
        let children = branches.iter().filter(|child| child.parent == parent).rev();
        stack.extend(children.map(|child| (Some(child.key.clone()), depth + 1)));
    }
    rows
}

fn item(at: usize, row: Row, chosen: RwSignal<Option<String>>, closed: RwSignal<HashSet<String>>) -> impl IntoView {
    let Row { branch, depth, parent, open } = row;
    let key = StoredValue::new(branch.key);
    let is_chosen = move || chosen.with(|chosen| key.with_value(|key| chosen.as_ref() == Some(key)));
    let toggle = move || {
        closed.update(|closed| {
            key.with_value(|key| {
                if !closed.remove(key) {
                    closed.insert(key.clone());
                }
            })
        })
    };
    // The branches are drawn anew, and the one that was folded keeps the focus.
    let fold = move || {
        toggle();
        dom::focus_soon(format!(".tree-item[data-key='{}']", key.get_value()));
    };
    view! {
        <li
            class="tree-item"
            role="treeitem"
            style:--depth=depth.to_string()
            tabindex=move || if is_chosen() || (at == 0 && chosen.with(Option::is_none)) { "0" } else { "-1" }
            {..custom_attribute("aria-level", (depth + 1).to_string())}
            data-key=key.get_value()
            aria-expanded=parent.then(|| open.to_string())
            aria-selected=move || is_chosen().to_string()
            on:click=move |_| chosen.set(Some(key.get_value()))
            on:keydown=move |event| match event.key().as_str() {
                "Enter" | " " => { event.prevent_default(); chosen.set(Some(key.get_value())); }
                "ArrowRight" if parent && !open => fold(),
                "ArrowLeft" if parent && open => fold(),
                _ => {}
            }
        >
            <span class="tree-twist" on:click=move |event| { event.stop_propagation(); toggle(); }>
                {parent.then(|| view! { <Icon name="chevron-right"/> })}
            </span>
            <span class="ellipsis">{branch.text}</span>
            <span class="meta">{branch.note}</span>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(key: &str, parent: Option<&str>) -> Branch {
        Branch { key: key.into(), parent: parent.map(Into::into), text: key.into(), note: String::new() }
    }

    #[test]
    fn children_follow_their_parent_and_hide_with_it() {
        let all = [branch("a", None), branch("b", None), branch("a1", Some("a")), branch("a2", Some("a"))];
        let shown = |closed: &[&str]| {
            let closed = closed.iter().map(|key| (*key).to_owned()).collect();
            visible(&all, &closed).into_iter().map(|row| (row.branch.key, row.depth)).collect::<Vec<_>>()
        };
        let at = |key: &str, depth: usize| (key.to_owned(), depth);
        assert_eq!(shown(&[]), [at("a", 0), at("a1", 1), at("a2", 1), at("b", 0)]);
        assert_eq!(shown(&["a"]), [at("a", 0), at("b", 0)]);
    }
}
