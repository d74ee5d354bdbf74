//! Several texts in one: what stands in a cell of a file for a list.

/// What people put between the items of a list.
pub const SEPARATORS: [char; 5] = [';', '；', '、', '\n', '|'];

/// Whether a text can stand among others.
pub fn is_one(text: &str) -> bool {
    !text.contains(SEPARATORS)
}
