//! Which methods an address answers. The router only knows that nothing fits; the OpenAPI document, which is made from
//! the same routes, knows what would have.

use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

/// Addresses with their methods, as the document lists them.
pub struct Methods(Vec<(String, Vec<&'static str>)>);

impl Methods {
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(pattern, item)| (pattern.clone(), methods(item))).collect())
    }

    /// The value of the `Allow` header for an address that exists, whatever the method.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let fitting = self.0.iter().filter(|(pattern, _)| fits(pattern, path));
        // `/customers/{id}` also fits `/customers/search`; the pattern with fewer holes is meant.
        let best = fitting.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
        Some(best.1.join(", "))
    }
}

fn methods(item: &PathItem) -> Vec<&'static str> {
    let listed = [
        (item.get.is_some(), "GET"),
        // Answered wherever GET is.
        (item.get.is_some(), "HEAD"),
        (item.post.is_some(), "POST"),
        (item.put.is_some(), "PUT"),
        (item.patch.is_some(), "PATCH"),
        (item.delete.is_some(), "DELETE"),
    ];
    listed.iter().filter(|(there, _)| *there).map(|(_, name)| *name).collect()
}

/// Whether a path has the segments of a pattern, in which `{name}` stands for any one.
fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(hole), Some(value)) if hole.starts_with('{') && !value.is_empty() => {}
            (Some(word), Some(value)) if word == value => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::{HttpMethod, OperationBuilder, Paths};
    use utoipa::openapi::{Info, PathItem};

    use super::*;

    fn document(routes: &[(&str, HttpMethod)]) -> OpenApi {
        let mut paths = Paths::new();
        for (path, method) in routes {
            let item = PathItem::new(method.clone(), OperationBuilder::new().build());
            match paths.paths.get_mut(*path) {
                Some(known) => known.merge_operations(item),
                None => drop(paths.paths.insert((*path).to_owned(), item)),
            }
        }
        OpenApi::new(Info::new("test", "1"), paths)
    }

    #[test]
    fn an_address_answers_the_methods_of_its_own_pattern() {
        let methods = Methods::of(&document(&[
            ("/api/v1/customers", HttpMethod::Get),
            ("/api/v1/customers", HttpMethod::Post),
            ("/api/v1/customers/{id}", HttpMethod::Delete),
            ("/api/v1/customers/search", HttpMethod::Post),
        ]));
        assert_eq!(methods.allowed("/api/v1/customers").as_deref(), Some("GET, HEAD, POST"));
        assert_eq!(methods.allowed("/api/v1/customers/7").as_deref(), Some("DELETE"));
        assert_eq!(methods.allowed("/api/v1/customers/search").as_deref(), Some("POST"));
        assert_eq!(methods.allowed("/api/v1/customers/"), None);
        assert_eq!(methods.allowed("/api/v1/orders"), None);
    }
}
