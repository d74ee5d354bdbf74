//! All lists behave the same.

use domain::CATALOGUE;
use domain::field::{Access, Kind};
use domain::filter::operators;
use domain::resource::{Definition, Verb};
use reqwest::Method;
use serde_json::json;
use tests::{Actor, App};

use super::document::{address, operations};
use super::samples;

fn listed() -> impl Iterator<Item = &'static Definition> {
    // Of what comes about by itself there is nothing here.
    CATALOGUE.iter().filter(|resource| [Verb::List, Verb::Create].iter().all(|verb| resource.verbs.contains(verb)))
}

async fn codes(actor: &Actor<'_>, path: &str) -> (u16, String) {
    let answer = actor.get(path).await;
    let code = if answer.status >= 400 {
        answer.problem()["code"].as_str().unwrap_or_default().to_owned()
    } else {
        String::new()
    };
    (answer.status, code)
}

#[tokio::test]
async fn every_list_has_the_envelope_and_walks_by_cursor() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in listed() {
        for _ in 0..3 {
            samples::create(&admin, resource).await;
        }
        let path = format!("/api/v1/{}?limit=2&count=exact&sort=-created_at", resource.name);
        let first = admin.get(&path).await;
        assert_eq!(first.status, 200, "{path}: {first:?}");
        let body = first.json();
        assert_eq!(body["data"].as_array().map(Vec::len), Some(2), "{path}");
        assert_eq!(body["page"]["has_more"], true, "{path}");
        assert!(first.header("link").contains("rel=\"next\""), "{path}");
        let mut seen: Vec<_> = ids(&body);
        let mut cursor = body["page"]["next_cursor"].as_str().map(str::to_owned);
        while let Some(next) = cursor {
            let page = admin.get(&format!("{path}&cursor={next}")).await.json();
            seen.extend(ids(&page));
            cursor = page["page"]["next_cursor"].as_str().map(str::to_owned);
        }
        let total = body["page"]["total"].as_u64().expect("a total");
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len() as u64, distinct.len() as u64), (total, total), "{path}");
    }
}

fn ids(page: &serde_json::Value) -> Vec<String> {
    page["data"].as_array().into_iter().flatten().map(|record| record["id"].to_string()).collect()
}

#[tokio::test]
async fn every_list_is_searched_by_title() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in listed() {
        let record = samples::create(&admin, resource).await;
        let title = record[resource.title].as_str().expect("a title").replace(' ', "%20");
        let found = admin.get(&format!("/api/v1/{}?q={title}", resource.name)).await.json();
        assert_eq!(ids(&found), [record["id"].to_string()], "{}: {found}", resource.name);
        assert_eq!(found["data"][0]["matches"][0]["field"], resource.title, "{}: {found}", resource.name);
    }
    let shipped = admin.get("/api/v1/roles?q=xiaoshou").await.json();
    assert!(!ids(&shipped).is_empty(), "the shipped roles are not found: {shipped}");
}

#[tokio::test]
async fn every_list_is_sorted_by_title_as_people_look_it_up() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in listed() {
        let field = resource.field(resource.title).expect("a title");
        if field.kind != Kind::Text || !field.sortable || field.access != Access::Writable {
            continue;
        }
        let mut made = Vec::new();
        for title in ["重庆", "阿里", "长沙"] {
            let mut draft = samples::draft(&admin, resource).await;
            draft[field.key] = json!(format!("{title}甲"));
            made.push(admin.create(resource.name, &draft).await["id"].to_string());
        }
        let list = admin.get(&format!("/api/v1/{}?limit=500&sort={}", resource.name, field.key)).await.json();
        let order: Vec<_> = ids(&list).into_iter().filter(|id| made.contains(id)).collect();
        assert_eq!(order, [1, 2, 0].map(|at: usize| made[at].clone()), "{}: a, chang sha, chong qing", resource.name);
    }
}

#[tokio::test]
async fn every_list_refuses_what_it_does_not_know() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in listed() {
        let path = |query: &str| format!("/api/v1/{}?{query}", resource.name);
        for query in [
            "limit=0",
            "limit=501",
            "limit=x",
            "offset=3",
            "limit=1&limit=2",
            "sort=nope",
            "fields=nope",
            "expand=nope",
            "count=all",
            "filter[nope][eq]=1",
            "filter[id][contains]=1",
            "filter[id][eq]=x",
            "filter=%7B",
            "sort=name,name,name,name",
        ] {
            assert_eq!(codes(&admin, &path(query)).await, (400, "bad_parameter".into()), "{}", path(query));
        }
        assert_eq!(codes(&admin, &path("cursor=abc")).await, (400, "invalid_cursor".into()), "{}", resource.name);
    }
}

#[tokio::test]
async fn every_list_that_is_walked_by_ids_refuses_what_it_does_not_know() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let mut walked = 0;
    for (method, path, operation) in operations() {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut names = parameters.filter_map(|parameter| parameter["name"].as_str());
        if method != Method::GET || !names.any(|name| matches!(name, "before" | "after")) {
            continue;
        }
        walked += 1;
        for query in ["nope=1", "limit=0", "limit=501", "limit=x", "before=x&after=x"] {
            let path = format!("{}?{query}", address(&path));
            assert_eq!(codes(&admin, &path).await, (400, "bad_parameter".into()), "{path}");
        }
    }
    assert!(walked >= 3, "jobs, operations and histories are walked so, but only {walked} were found");
}

#[tokio::test]
async fn every_filterable_field_takes_its_operators_and_every_sortable_field_sorts() {
    let app = App::start().await;
    let admin = app.administrator().await;
    for resource in listed() {
        for field in resource.all_fields() {
            let sort = codes(&admin, &format!("/api/v1/{}?sort=-{}", resource.name, field.key)).await;
            assert_eq!(sort.0 == 200, field.sortable, "{} by {}: {sort:?}", resource.name, field.key);
            for op in operators(field.kind, field.personal) {
                let one = || match samples::value(field) {
                    serde_json::Value::Array(mut items) => items.remove(0),
                    serde_json::Value::Null => json!("01900000-0000-7000-8000-000000000000"),
                    value => value,
                };
                let value = match op {
                    domain::filter::Op::IsNull => json!(true),
                    domain::filter::Op::In => json!([]),
                    domain::filter::Op::Between => json!([one(), one()]),
                    _ => one(),
                };
                let body = json!({"filter": {"field": field.key, "op": op.word(), "value": value}});
                let answer = admin.post(&format!("/api/v1/{}/search", resource.name), &body).await;
                assert_eq!(answer.status == 200, field.filterable, "{} {body}: {answer:?}", resource.name);
            }
        }
    }
}
