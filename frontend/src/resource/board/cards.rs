//! The cards of a column as far as they are loaded, and which of them are drawn.

use crate::api::records::{Item, Page};

/// From the top of one card to that of the next, in pixels; the style sheet says the same.
pub const PITCH: f64 = 124.0;
/// Cards beyond the edges that are drawn, so that none is missing while one scrolls.
const SPARE: usize = 4;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cards {
    pub items: Vec<Item>,
    /// Where the next page begins, if there is one.
    pub next: Option<String>,
}

impl Cards {
    pub fn of(page: Page) -> Self {
        Self { items: page.items, next: page.info.next_cursor }
    }

    /// A further page. A record that was moved meanwhile may come once more.
    pub fn extend(&mut self, page: Page) {
        let fresh = page.items.into_iter().filter(|item| self.items.iter().all(|own| own.id != item.id));
        let fresh: Vec<Item> = fresh.collect();
        self.items.extend(fresh);
        self.next = page.info.next_cursor;
    }

    pub fn position(&self, id: &str) -> Option<usize> {
        self.items.iter().position(|item| item.id == id)
    }

    pub fn take(&mut self, id: &str) -> Option<(usize, Item)> {
        let at = self.position(id)?;
        Some((at, self.items.remove(at)))
    }

    pub fn put(&mut self, at: usize, item: Item) {
        if self.position(&item.id).is_none() {
            self.items.insert(at.min(self.items.len()), item);
        }
    }

    /// What the server answered to a change. What was embedded before stays: the answer embeds nothing.
    pub fn replace(&mut self, item: &Item) {
        if let Some(own) = self.items.iter_mut().find(|own| own.id == item.id) {
            let mut document = own.document.clone();
            document.extend(item.document.clone());
            *own = Item { document, ..item.clone() };
        }
    }
}

/// The cards to draw, from the first up to but without the last, where `top` is scrolled to.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place on a page, never below its top")]
pub fn drawn(top: f64, height: f64, count: usize) -> (usize, usize) {
    let first = ((top.max(0.0) / PITCH) as usize).saturating_sub(SPARE);
    let last = ((top.max(0.0) + height.max(0.0)) / PITCH) as usize + 1 + SPARE;
    (first.min(count), last.min(count))
}

/// How far to scroll at once while something is held at `at`, between `start` and `end`: faster the nearer to an edge.
pub fn pull(at: f64, start: f64, end: f64) -> f64 {
    const EDGE: f64 = 56.0;
    const STEP: f64 = 16.0;
    if end - start < 2.0 * EDGE {
        return 0.0;
    }
    match at {
        at if at < start + EDGE => -STEP * ((start + EDGE - at) / EDGE).min(1.0),
        at if at > end - EDGE => STEP * ((at - end + EDGE) / EDGE).min(1.0),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use domain::listing::PageInfo;

    use super::*;

    fn item(id: &str) -> Item {
        Item { id: id.to_owned(), ..Item::default() }
    }

    fn page(ids: &[&str], next: Option<&str>) -> Page {
        let info = PageInfo { next_cursor: next.map(str::to_owned), ..PageInfo::default() };
        Page { items: ids.iter().map(|id| item(id)).collect(), info }
    }

    fn ids(cards: &Cards) -> Vec<&str> {
        cards.items.iter().map(|item| item.id.as_str()).collect()
    }

    #[test]
    fn a_card_that_was_moved_while_one_scrolled_stands_there_once() {
        let mut cards = Cards::of(page(&["a", "b"], Some("2")));
        cards.put(0, item("d"));
        cards.extend(page(&["c", "d"], None));
        assert_eq!((ids(&cards), cards.next.clone()), (vec!["d", "a", "b", "c"], None));
    }

    #[test]
    fn a_card_goes_back_to_where_it_was() {
        let mut cards = Cards::of(page(&["a", "b", "c"], None));
        let (at, taken) = cards.take("b").expect("a card");
        assert_eq!(ids(&cards), ["a", "c"]);
        cards.put(at, taken);
        assert_eq!(ids(&cards), ["a", "b", "c"]);
        cards.put(9, item("z"));
        assert_eq!(cards.take("y"), None);
        assert_eq!(ids(&cards), ["a", "b", "c", "z"]);
    }

    #[test]
    fn of_ten_thousand_cards_a_windowful_is_drawn() {
        assert_eq!(drawn(0.0, 620.0, 10_000), (0, 10));
        assert_eq!(drawn(124_000.0, 620.0, 10_000), (996, 1010));
        assert_eq!(drawn(124_000.0, 620.0, 12), (12, 12));
        assert_eq!(drawn(-50.0, 620.0, 3), (0, 3), "a phone that bounces at the top");
    }

    #[test]
    fn the_board_runs_along_at_its_edges_only() {
        assert_eq!(pull(500.0, 0.0, 1000.0), 0.0);
        assert_eq!(pull(-20.0, 0.0, 1000.0), -16.0);
        assert_eq!(pull(28.0, 0.0, 1000.0), -8.0);
        assert_eq!(pull(1100.0, 0.0, 1000.0), 16.0);
        assert_eq!(pull(5.0, 0.0, 100.0), 0.0, "too small to have a middle");
    }
}
