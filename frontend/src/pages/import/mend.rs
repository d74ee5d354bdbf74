//! Mending lines where they are told: the cells at fault can be typed over, each with its reason below it.

use domain::{Definition, Fault};
use leptos::prelude::*;

use super::plan::Plan;
use crate::api::imports::Correction;
use crate::api::operations::Row;
use crate::resource::entry;
use crate::t;
use crate::ui::{Field, TextArea, TextInput};

/// What is being typed into cells, until it is checked.
#[derive(Clone, Copy)]
pub struct Mending {
    cells: RwSignal<Vec<Cell>>,
    /// The page, whose cells outlive the drawing of its lines.
    owner: StoredValue<Option<Owner>>,
}

#[derive(Clone)]
struct Cell {
    line: u64,
    heading: String,
    was: String,
    text: RwSignal<String>,
}

impl Mending {
    pub fn new() -> Self {
        Self { cells: RwSignal::new(Vec::new()), owner: StoredValue::new(Owner::current()) }
    }

    /// The text of a cell under the hand, which begins as what the file says.
    fn cell(&self, line: u64, heading: &str, was: &str) -> RwSignal<String> {
        let is_it = |cell: &&Cell| cell.line == line && cell.heading == heading;
        if let Some(known) = self.cells.with_untracked(|cells| cells.iter().find(is_it).map(|cell| cell.text)) {
            return known;
        }
        let make = || RwSignal::new(was.to_owned());
        let text = self.owner.with_value(|owner| owner.as_ref().map_or_else(make, |owner| owner.with(make)));
        let cell = Cell { line, heading: heading.to_owned(), was: was.to_owned(), text };
        self.cells.update(|cells| cells.push(cell));
        text
    }

    /// How many lines were typed into.
    pub fn lines(&self) -> usize {
        let changed = self.changed();
        changed
            .iter()
            .enumerate()
            .filter(|(at, cell)| changed[..*at].iter().all(|known| known.line != cell.line))
            .count()
    }

    pub fn corrections(&self) -> Vec<Correction> {
        let mut corrections: Vec<Correction> = Vec::new();
        for cell in untrack(|| self.changed()) {
            let text = cell.text.get_untracked();
            match corrections.iter_mut().find(|known| known.line == cell.line) {
                Some(known) => drop(known.cells.insert(cell.heading, text)),
                None => corrections.push(Correction { line: cell.line, cells: [(cell.heading, text)].into() }),
            }
        }
        corrections
    }

    /// Nothing more is to be lost.
    pub fn forget(&self) {
        self.cells.try_set(Vec::new());
    }

    fn changed(&self) -> Vec<Cell> {
        self.cells.with(|cells| cells.iter().filter(|cell| cell.text.with(|text| *text != cell.was)).cloned().collect())
    }
}

/// What is at fault of a record: of a document, perhaps several rows of the file.
pub fn lines(definition: &Definition, plan: &Plan, mending: Mending, row: Row) -> AnyView {
    row.at_fault().into_iter().map(|row| line(definition, plan, mending, row)).collect_view().into_any()
}

/// A line at fault: its number, a few of its other cells by which one knows it, and the cells to be mended.
fn line(definition: &Definition, plan: &Plan, mending: Mending, row: Row) -> AnyView {
    let (cells, elsewhere) = at_fault(plan, &row);
    let beside: Vec<String> = plan
        .headings()
        .filter(|(heading, _)| cells.iter().all(|(known, _)| known != heading))
        .filter_map(|(heading, _)| row.cells.get(heading).filter(|cell| !cell.trim().is_empty()).cloned())
        .take(3)
        .collect();
    let fields = cells.into_iter().map(|(heading, reasons)| {
        let was = row.cells.get(heading).cloned().unwrap_or_default();
        let value = mending.cell(row.row, heading, &was);
        let error = (!reasons.is_empty()).then(|| reasons.join(t!("list.semicolon").as_str()));
        view! {
            <Field label=heading error=Signal::stored(error)>
                {if was.contains('\n') { view! { <TextArea value/> }.into_any() } else { view! { <TextInput value/> }.into_any() }}
            </Field>
        }
    });
    let fields = fields.collect_view();
    let elsewhere: Vec<String> = elsewhere.into_iter().map(|fault| entry::reason(definition.name, fault)).collect();
    view! {
        <li class="card-row mended-line">
            <p class="lines">
                <span class="row-number">{t!("operations.row", number = row.row)}</span>
                <span class="meta ellipsis">{beside.join(" · ")}</span>
            </p>
            <div class="stack grow">
                {(!elsewhere.is_empty()).then(|| view! { <p>{elsewhere.join(t!("list.semicolon").as_str())}</p> })}
                {row.cells.get("").map(|text| view! { <p class="muted">{t!("import.surplus", text = text)}</p> })}
                <div class="form-grid">{fields}</div>
            </div>
        </li>
    }
    .into_any()
}

/// A heading with what is wrong with its cell.
type AtFault<'a> = (&'a str, Vec<String>);

/// The cells at fault, and the faults that are of no cell. Of a line that could not be read every cell is in question.
fn at_fault<'a>(plan: &'a Plan, row: &'a Row) -> (Vec<AtFault<'a>>, Vec<&'a Fault>) {
    let (mut cells, mut elsewhere): (Vec<AtFault>, Vec<&Fault>) = (Vec::new(), Vec::new());
    for fault in &row.faults {
        let about = target(&fault.pointer);
        let unread = matches!(fault.code.as_str(), "unclosed_quote" | "too_many_cells");
        let mut found = false;
        for (heading, _) in
            plan.headings().filter(|(heading, target)| row.cells.contains_key(*heading) && (unread || *target == about))
        {
            found = !unread;
            let reason = (!unread).then(|| entry::sentence(fault));
            match cells.iter_mut().find(|(known, _)| *known == heading) {
                Some((_, reasons)) => {
                    reasons.extend(reason.filter(|reason| !reasons.contains(reason)).into_iter().collect::<Vec<_>>())
                }
                None => cells.push((heading, reason.into_iter().collect())),
            }
        }
        if !found {
            elsewhere.push(fault);
        }
    }
    (cells, elsewhere)
}

/// What a pointer is about, as columns name it: `/contact/phones/0` is about `contact.phones`.
fn target(pointer: &str) -> String {
    let is_index = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = pointer.split('/').filter(|part| !is_index(part)).collect();
    parts.join(".")
}
