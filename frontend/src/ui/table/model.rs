//! The table's arithmetic, apart from any document: where keys lead, what a range holds, which rows are in sight.

/// One column as the table must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub key: String,
    pub title: String,
    /// Right-aligned.
    pub number: bool,
    pub sortable: bool,
    pub editable: bool,
}

/// One row as the table must know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    pub id: String,
    /// What the row is called, for the select box and the card.
    pub name: String,
    pub href: String,
    /// Changes whenever the row's content changed, so that only changed rows are drawn anew.
    pub revision: u64,
}

/// Where a key leads from a cell in a table of so many rows and columns; `None` if it is no key of the table.
pub fn step((row, column): (usize, usize), (rows, columns): (usize, usize), key: &str) -> Option<(usize, usize)> {
    let (last_row, last_column) = (rows.checked_sub(1)?, columns.checked_sub(1)?);
    Some(match key {
        "ArrowDown" => ((row + 1).min(last_row), column),
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowRight" => (row, (column + 1).min(last_column)),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "Home" => (row, 0),
        "End" => (row, last_column),
        "PageDown" => ((row + 10).min(last_row), column),
        "PageUp" => (row.saturating_sub(10), column),
        _ => return None,
    })
}

/// The places between two, both included, whichever comes first.
pub fn range(one: usize, other: usize) -> std::ops::RangeInclusive<usize> {
    one.min(other)..=one.max(other)
}

/// Rows are drawn in blocks of this many, so that scrolling a little draws nothing.
const BLOCK: usize = 10;
/// The head of the table, which covers the first rows when scrolled.
const HEAD: i32 = 36;

/// The rows that are in the document, and their height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub start: usize,
    pub end: usize,
    pub height: i32,
}

impl Window {
    pub fn first() -> Self {
        Self { start: 0, end: 50, height: 40 }
    }

    /// The blocks in sight and one more on either side, at most 60 rows.
    pub fn at(scroll_top: i32, frame: i32, height: i32) -> Self {
        let row_at = |pixels: i32| usize::try_from(pixels.max(0) / height).unwrap_or(0);
        // A frame that is not yet laid out, or that grows with its content, tells nothing.
        let in_sight = row_at(frame).clamp(20, 40);
        let first = row_at(scroll_top);
        let start = (first / BLOCK * BLOCK).saturating_sub(BLOCK);
        let end = ((first + in_sight) / BLOCK + 1) * BLOCK;
        Self { start, end: end.min(start + 60), height }
    }

    /// How far to scroll so that a row is in sight; `None` if it is already.
    pub fn scroll_to(self, row: usize, scroll_top: i32, frame: i32) -> Option<i32> {
        let top = i32::try_from(row).ok()? * self.height;
        if top < scroll_top {
            Some(top)
        } else if top + self.height + HEAD > scroll_top + frame {
            Some(top + self.height + HEAD - frame)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside_the_table() {
        assert_eq!(step((0, 0), (3, 2), "ArrowUp"), Some((0, 0)));
        assert_eq!(step((2, 1), (3, 2), "ArrowDown"), Some((2, 1)));
        assert_eq!(step((1, 0), (3, 2), "End"), Some((1, 1)));
        assert_eq!(step((1, 0), (30, 2), "PageDown"), Some((11, 0)));
        assert_eq!(step((0, 0), (0, 2), "ArrowDown"), None);
        assert_eq!(step((0, 0), (3, 2), "a"), None);
    }

    #[test]
    fn the_window_follows_the_scroll_and_stays_small() {
        assert_eq!(Window::at(0, 600, 40), Window { start: 0, end: 30, height: 40 });
        let deep = Window::at(4000, 600, 40);
        assert!(deep.start <= 100 && deep.end >= 120, "{deep:?}");
        assert!(deep.end - deep.start <= 60);
        assert!(Window::at(100_000, 5_000, 20).end - Window::at(100_000, 5_000, 20).start <= 60);
    }

    #[test]
    fn a_row_is_brought_into_sight_with_the_least_scrolling() {
        let window = Window::first();
        assert_eq!(window.scroll_to(3, 0, 600), None);
        assert_eq!(window.scroll_to(3, 400, 600), Some(120));
        assert_eq!(window.scroll_to(20, 0, 600), Some(20 * 40 + 40 + 36 - 600));
    }

    #[test]
    fn a_range_runs_either_way() {
        assert_eq!(range(5, 2).collect::<Vec<_>>(), [2, 3, 4, 5]);
    }
}
