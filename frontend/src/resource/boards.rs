//! Which resources are shown on a board besides the list, what its columns are, and what its cards tell.

use domain::{Act, Definition, Field, Kind};

use crate::edition;

/// Columns in an order, and the act that moves a record from one to another. After them come the states that a record of
/// the board can be brought to.
#[derive(Debug, PartialEq)]
pub struct Board {
    pub resource: &'static str,
    /// The field that says in which column a record stands.
    pub column: &'static str,
    /// By what the columns follow each other, and what those of one board have in common.
    pub order: &'static str,
    pub within: &'static str,
    /// The act that moves from column to column.
    pub moves: &'static str,
    /// Of a column: the days after which somebody should look after what still stands there.
    pub patience: &'static str,
    /// Since when a record stands in its column, and when it left the board.
    pub since: &'static str,
    pub closed: &'static str,
    /// What a card tells besides its title and its owner.
    pub about: &'static str,
    pub amount: &'static str,
    pub due: &'static str,
}

const BOARDS: &[Board] = &[Board {
    resource: "opportunities",
    column: "stage_id",
    order: "position",
    within: "pipeline_id",
    moves: "advancement",
    patience: "stale_after",
    since: "stage_since",
    closed: "closed_at",
    about: "customer_id",
    amount: "amount",
    due: "close_on",
}];

/// The board of a resource, if it has one.
pub fn of(resource: &str) -> Option<&'static Board> {
    BOARDS.iter().find(|board| board.resource == resource)
}

impl Board {
    pub fn definition(&self) -> Option<&'static Definition> {
        edition::find(self.resource)
    }

    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.definition()?.field(key)
    }

    /// What the columns are.
    pub fn columns(&self) -> Option<&'static Definition> {
        referred(self.field(self.column)?)
    }

    /// What the columns of one board belong to.
    pub fn whole(&self) -> Option<&'static Definition> {
        referred(self.columns()?.field(self.within)?)
    }

    /// The state of a record that stands in a column.
    pub fn open(&self) -> Option<&'static str> {
        let mover = self.definition()?.acts.iter().find(|act| act.noun == self.moves)?;
        mover.from.first().copied()
    }

    /// The states that a record can be brought to from a column.
    pub fn ends(&self) -> Vec<&'static str> {
        let acts = self.definition().map_or(&[] as &[Act], |definition| definition.acts);
        acts.iter().filter(|act| act.is_open_in(self.open())).filter_map(|act| act.to).collect()
    }
}

fn referred(field: &'static Field) -> Option<&'static Definition> {
    match field.kind {
        Kind::Reference(resource) => edition::find(resource),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_board_is_made_of_what_there_is() {
        for board in BOARDS {
            let columns = board.columns().expect("columns");
            assert!(board.whole().is_some() && board.open().is_some() && !board.ends().is_empty(), "{board:?}");
            for key in [board.since, board.closed, board.about, board.amount, board.due] {
                assert!(board.field(key).is_some(), "{key}");
            }
            for key in [board.order, board.within, board.patience] {
                assert!(columns.field(key).is_some(), "{key}");
            }
        }
    }

    #[test]
    fn opportunities_end_won_or_lost() {
        let board = of("opportunities").expect("a board");
        assert_eq!((board.open(), board.ends()), (Some("open"), vec!["won", "lost"]));
        assert_eq!(of("customers"), None);
    }
}
