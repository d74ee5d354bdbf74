//! Where a record can stand on a board, and the acts that lead from one place to another.

use domain::Act;
use domain::Filter;
use domain::filter::Op;
use serde_json::{Map, Value};

use crate::resource::boards::Board;

/// A state, and within the state that has columns one of them, or none where the record has no column yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub state: String,
    pub column: Option<String>,
    /// A state that ends the board, shown whole: from whichever column its records came.
    pub end: bool,
}

/// One act on the way, with the column that it leads to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub act: &'static Act,
    pub column: Option<String>,
}

impl Place {
    /// Where a record stands.
    pub fn of(board: &Board, state: &str, document: &Map<String, Value>) -> Self {
        let text = |key: &str| document.get(key).and_then(Value::as_str).map(str::to_owned);
        Self { state: text(state).unwrap_or_default(), column: text(board.column), end: false }
    }

    /// Whether what stands at `other` is shown here.
    pub fn holds(&self, other: &Place) -> bool {
        self.state == other.state && (self.end || self.column == other.column)
    }

    /// What is listed here, of the records that pass `base`. Of what has left the board that of this month.
    pub fn filter(&self, board: &Board, state: &str, base: &Filter, columns: &[String]) -> Filter {
        let mut parts: Vec<Filter> = (!base.is_everything()).then(|| base.clone()).into_iter().collect();
        parts.push(Filter::test(state, Op::Eq, self.state.as_str()));
        match &self.column {
            Some(column) => parts.push(Filter::test(board.column, Op::Eq, column.as_str())),
            None if !self.end => parts.push(Filter::test(board.column, Op::IsNull, true)),
            None => {
                parts.push(Filter::test(board.column, Op::In, columns.to_vec()));
                parts.push(Filter::test(board.closed, Op::Eq, "@this_month"));
            }
        }
        Filter::all(parts)
    }
}

/// The records that stand in the state of the columns and in none of them.
pub fn loose(board: &Board, state: &str) -> Filter {
    let open = Filter::test(state, Op::Eq, board.open().unwrap_or_default());
    Filter::all(vec![open, Filter::test(board.column, Op::IsNull, true)])
}

/// Everything on the board, for its figures.
pub fn everything(board: &Board, state: &str, base: &Filter, columns: &[String]) -> Filter {
    let mut parts: Vec<Filter> = (!base.is_everything()).then(|| base.clone()).into_iter().collect();
    let within = Filter::test(board.column, Op::In, columns.to_vec());
    parts.push(Filter::any(vec![within, loose(board, state)]));
    parts.push(Filter::any(vec![
        Filter::test(state, Op::Eq, board.open().unwrap_or_default()),
        Filter::test(board.closed, Op::Eq, "@this_month"),
    ]));
    Filter::all(parts)
}

/// The acts that lead from where a record stands to another place; none if it stands there already, or if no way leads
/// there.
pub fn way(acts: &[&'static Act], moves: &str, from: &Place, to: &Place) -> Vec<Step> {
    let mut steps = Vec::new();
    if from.state != to.state {
        let leads = |act: &&&'static Act| act.to == Some(to.state.as_str()) && act.is_open_in(Some(&from.state));
        let Some(act) = acts.iter().find(leads) else { return Vec::new() };
        steps.push(Step { act, column: None });
    }
    if to.column.is_some() && from.column != to.column {
        let leads = |act: &&&'static Act| act.noun == moves && act.is_open_in(Some(&to.state));
        let Some(act) = acts.iter().find(leads) else { return Vec::new() };
        steps.push(Step { act, column: to.column.clone() });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::boards;

    fn place(state: &str, column: Option<&str>) -> Place {
        Place { state: state.to_owned(), column: column.map(str::to_owned), end: false }
    }

    fn end(state: &str) -> Place {
        Place { end: true, ..place(state, None) }
    }

    fn nouns(from: &Place, to: &Place) -> Vec<&'static str> {
        let board = boards::of("opportunities").expect("a board");
        let acts: Vec<&Act> = board.definition().expect("a resource").acts.iter().collect();
        way(&acts, board.moves, from, to).into_iter().map(|step| step.act.noun).collect()
    }

    #[test]
    fn from_stage_to_stage_one_advances_and_to_the_ends_one_wins_or_loses() {
        let first = place("open", Some("1"));
        assert_eq!(nouns(&first, &place("open", Some("2"))), ["advancement"]);
        assert_eq!(nouns(&first, &end("won")), ["win"]);
        assert_eq!(nouns(&first, &end("lost")), ["loss"]);
        assert_eq!(nouns(&first, &first), [""; 0]);
    }

    #[test]
    fn what_was_decided_is_reopened_on_its_way_back() {
        let won = place("won", Some("2"));
        assert_eq!(nouns(&won, &place("open", Some("2"))), ["reopening"]);
        assert_eq!(nouns(&won, &place("open", Some("1"))), ["reopening", "advancement"]);
        assert_eq!(nouns(&won, &end("lost")), [""; 0], "it was not lost, it was won");
    }

    #[test]
    fn nobody_is_led_over_an_act_that_is_not_theirs() {
        let board = boards::of("opportunities").expect("a board");
        let acts: Vec<&Act> =
            board.definition().expect("a resource").acts.iter().filter(|act| act.noun != "reopening").collect();
        assert_eq!(way(&acts, board.moves, &place("won", Some("2")), &place("open", Some("1"))), []);
    }

    #[test]
    fn the_ends_hold_what_comes_from_any_column() {
        assert!(end("won").holds(&place("won", Some("2"))));
        assert!(place("open", Some("2")).holds(&place("open", Some("2"))));
        assert!(!place("open", Some("2")).holds(&place("open", Some("1"))));
        assert!(!place("open", Some("2")).holds(&place("lost", Some("2"))));
    }

    #[test]
    fn what_has_no_column_stands_by_itself_and_goes_to_any() {
        let loose = place("open", None);
        assert!(loose.holds(&place("open", None)) && !loose.holds(&place("open", Some("2"))));
        assert!(!place("open", Some("2")).holds(&loose));
        assert_eq!(nouns(&loose, &place("open", Some("2"))), ["advancement"]);
        assert_eq!(nouns(&place("open", Some("2")), &loose), [""; 0], "nothing goes back there");
    }
}
