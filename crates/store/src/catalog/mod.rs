//! Products and their categories in their tables.

mod product_categories;
mod products;
