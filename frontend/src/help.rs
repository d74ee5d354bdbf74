//! The manual: short articles, one for each screen, fetched in the language in use.

use std::collections::BTreeMap;

use domain::catalogue;
use domain::resource::Area;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;

use crate::api::assets;
use crate::ui::Load;
use crate::{i18n, t};

#[derive(Debug, Clone, Deserialize)]
pub struct Article {
    pub title: String,
    pub text: String,
}

/// The articles in the order in which one would read them: key of the heading, names.
pub const CHAPTERS: [(&str, &[&str]); 9] = [
    ("help.group.start", &["start", "workbench", "tasks", "comments", "activity", "search", "filters", "keys"]),
    (
        "help.group.relations",
        &["leads", "customers", "contacts", "contact-records", "customer-types", "tags", "duplicate-rules", "record"],
    ),
    ("help.group.sales", &["opportunities", "board", "quotes", "orders", "contracts", "pipelines"]),
    ("help.group.finance", &["invoices", "payment-plans", "payments", "receivables"]),
    ("help.group.catalog", &["products"]),
    ("help.group.service", &["service-requests", "tickets"]),
    ("help.group.data", &["bulk", "import", "export"]),
    ("help.group.platform", &["me", "users", "departments", "roles", "fields", "number-rules", "server"]),
    ("help.group.api", &["api"]),
];

/// All articles, and how far their loading has come.
#[derive(Clone, Copy)]
pub struct Manual {
    articles: RwSignal<BTreeMap<String, Article>>,
    pub load: RwSignal<Load>,
}

impl Manual {
    /// A manual that is fetched when somebody wants to read.
    pub fn closed() -> Self {
        Self { articles: RwSignal::default(), load: RwSignal::new(Load::Waiting) }
    }

    pub fn fetch(self) {
        self.load.set(Load::Waiting);
        spawn_local(async move {
            match assets::json(&format!("help-{}", i18n::current().tag())).await {
                Ok(found) => {
                    self.articles.set(found);
                    self.load.set(Load::Ready);
                }
                Err(assets::Missing) => {
                    self.load.set(Load::Failed { text: t!("state.network"), request_id: String::new() });
                }
            }
        });
    }

    pub fn article(self, name: &str) -> Option<Article> {
        self.articles.with(|all| all.get(name).cloned())
    }

    /// The chapters with names and titles of the articles in which the words occur.
    pub fn contents(self, query: &str) -> Vec<(String, Vec<(String, String)>)> {
        let query = query.trim().to_lowercase();
        let fits =
            |article: &Article| [&article.title, &article.text].iter().any(|text| text.to_lowercase().contains(&query));
        let chapters = CHAPTERS.iter().map(|(key, names)| {
            let found = names.iter().filter_map(|name| {
                let article = self.article(name).filter(fits)?;
                Some(((*name).to_owned(), article.title))
            });
            (t!(key), found.collect::<Vec<_>>())
        });
        chapters.filter(|(_, found)| !found.is_empty()).collect()
    }
}

/// The article about the page of an address.
pub fn topic(path: &str) -> &str {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        [] => "workbench",
        ["help", name] => name,
        [_, "import"] => "import",
        [_, "board"] => "board",
        ["stages", ..] => "pipelines",
        ["product-categories", ..] => "products",
        ["attachments" | "notifications", ..] => "comments",
        ["operations", ..] => "bulk",
        // The article of that name is about the keyboard.
        ["keys"] => "server",
        ["help" | "setup" | "gallery", ..] => "start",
        [resource, _, ..] if is_business(resource) => "record",
        [first, ..] => first,
    }
}

/// Whether the resource is one that people work on, not one that administrators keep the house with.
fn is_business(resource: &str) -> bool {
    catalogue::find(resource).is_some_and(|definition| definition.area != Area::Platform)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;
    use crate::routes::ROUTES;

    fn written() -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("help/zh");
        let files = std::fs::read_dir(folder).expect("the articles").map(|file| file.expect("an article").path());
        files.map(|file| file.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn every_article_stands_in_one_chapter() {
        let listed: Vec<String> =
            CHAPTERS.iter().flat_map(|(_, names)| names.iter().map(|name| (*name).to_owned())).collect();
        assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), written());
        assert_eq!(listed.len(), written().len(), "an article stands twice");
    }

    #[test]
    fn every_page_has_its_article() {
        let written = written();
        for definition in domain::CATALOGUE {
            for route in ROUTES {
                let path = route.path.replace("{resource}", definition.name).replace("{article}", "start");
                let topic = topic(&path);
                assert!(written.contains(topic), "{path} asks for the article {topic}");
            }
        }
    }
}
