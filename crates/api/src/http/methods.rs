//! Which methods an address answers, and which parameters they take. The router only knows that nothing fits; the
//! OpenAPI document, which is made from the same routes, knows what would have.

use utoipa::openapi::path::{self, ParameterIn, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

/// Addresses with their methods, as the document lists them.
pub struct Methods(Vec<(String, Vec<Method>)>);

struct Method {
    name: &'static str,
    /// Answered to whoever asks, without a token.
    public: bool,
    /// What its query string may hold.
    parameters: Vec<String>,
}

impl Methods {
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(pattern, item)| (pattern.clone(), methods(item))).collect())
    }

    /// The value of the `Allow` header for an address that exists, whatever the method.
    pub fn allowed(&self, path: &str) -> Option<String> {
        // HEAD is answered wherever GET is.
        let name = |method: &Method| if method.name == "GET" { "GET, HEAD" } else { method.name };
        Some(self.at(path)?.iter().map(name).collect::<Vec<_>>().join(", "))
    }

    /// Whether nobody is answered at an address without a token.
    pub fn needs_token(&self, path: &str) -> bool {
        self.at(path).is_some_and(|methods| !methods.iter().any(|method| method.public))
    }

    /// What the query string of a request may hold, if the document knows the request.
    pub fn parameters(&self, method: &str, path: &str) -> Option<&[String]> {
        let method = self.at(path)?.iter().find(|known| known.name == method)?;
        Some(&method.parameters)
    }

    fn at(&self, path: &str) -> Option<&[Method]> {
        let fitting = self.0.iter().filter(|(pattern, _)| fits(pattern, path));
        // `/customers/{id}` also fits `/customers/search`; the pattern with fewer holes is meant.
        let best = fitting.min_by_key(|(pattern, _)| pattern.matches('{').count())?;
        Some(&best.1)
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    let listed = [
        (&item.get, "GET"),
        (&item.post, "POST"),
        (&item.put, "PUT"),
        (&item.patch, "PATCH"),
        (&item.delete, "DELETE"),
    ];
    listed.into_iter().filter_map(|(operation, name)| Some(method(name, operation.as_ref()?))).collect()
}

fn method(name: &'static str, operation: &path::Operation) -> Method {
    // Those of the query string are written out; only headers that many operations share are referred to.
    let of_query = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Query) => Some(parameter.name.clone()),
        _ => None,
    });
    Method {
        name,
        public: operation.extensions.as_ref().is_some_and(|marks| marks.contains_key("x-public")),
        parameters: of_query.collect(),
    }
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
