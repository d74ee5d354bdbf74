//! What is sold.

pub mod product_categories;
pub mod products;

pub use product_categories::{ProductCategory, ProductCategoryId};
pub use products::{Product, ProductId};
