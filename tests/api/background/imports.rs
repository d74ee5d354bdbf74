//! Files that become records.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, eventually};

use super::{customers, ended, operation, preview, repeatable};

const FILE: &str = "编号,客户名称,联系人,手机,城市,级别\n\
                    K1,华信科技,王小明,13800001111,深圳,A 级\n\
                    K2,鑫盛贸易,李雷,13800002222,\"贵阳\n南明\",B 级\n\
                    K3,,韩梅梅,12,上海,Z\n\
                    K1,重复的,,,,\n";

async fn begin(person: &tests::Actor<'_>, file: &'static str, options: Value) -> Value {
    let looked_at = preview(person, "customers", file).await;
    assert_eq!(looked_at.status, 200, "{looked_at:?}");
    let mut body =
        json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at.json()["file_id"]});
    body.as_object_mut().expect("an object").extend(options.as_object().expect("an object").clone());
    ended(person, &repeatable(person, "/api/v1/imports", &body).await).await
}

#[tokio::test]
async fn a_preview_guesses_what_the_columns_are() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let columns = looked_at["columns"].as_array().expect("columns");
    let targets: Vec<_> = columns.iter().map(|column| column["target"].as_str().unwrap_or_default()).collect();
    assert_eq!(targets, ["external_id", "name", "contact.name", "contact.phones", "city", "level"]);
    assert_eq!(columns[1]["samples"][0], "华信科技");
}

#[tokio::test]
async fn good_lines_come_in_and_bad_ones_say_all_that_is_wrong() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, FILE, json!({})).await;
    assert_eq!((&job["state"], &job["done"], &job["failed"]), (&json!("succeeded"), &json!(2), &json!(2)), "{job}");
    let names: Vec<_> = customers(&admin).await.iter().map(|customer| customer["name"].clone()).collect();
    assert_eq!(names, ["华信科技", "鑫盛贸易"]);
    let id = job["operation_id"].as_str().expect("an operation").to_owned();
    let rows = admin.get(&format!("/api/v1/operations/{id}/rows")).await.json();
    let faults: Vec<(i64, Vec<&str>)> = rows["data"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| {
            let faults = row["faults"].as_array().expect("faults").iter();
            (row["row"].as_i64().unwrap_or_default(), faults.filter_map(|fault| fault["pointer"].as_str()).collect())
        })
        .collect();
    assert_eq!(faults, [(5, vec!["/name", "/level", "/contact/phones/0"]), (6, vec!["/external_id"])]);
    let contacts = admin.get("/api/v1/contacts?q=1111").await.json();
    assert_eq!((&contacts["data"][0]["name"], &contacts["data"][0]["is_primary"]), (&json!("王小明"), &json!(true)));
}

#[tokio::test]
async fn what_comes_from_a_file_is_sorted_like_all_else() {
    let app = App::start().await;
    let admin = app.administrator().await;
    begin(&admin, "客户名称\n重庆力帆\n阿里云谷\n长沙远大\n", json!({"again": true})).await;
    let names: Vec<_> = customers(&admin).await.iter().map(|customer| customer["name"].clone()).collect();
    assert_eq!(names, ["阿里云谷", "长沙远大", "重庆力帆"]);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing_and_an_undo_leaves_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let first = begin(&admin, FILE, json!({})).await;
    let again = operation(&admin, &begin(&admin, FILE, json!({})).await).await;
    assert_eq!(
        (&again["created"], &again["updated"], &again["unchanged"]),
        (&json!(0), &json!(0), &json!(2)),
        "{again}"
    );
    assert!(customers(&admin).await.iter().all(|customer| customer["version"] == 1));
    let path = format!("/api/v1/operations/{}/undo", first["operation_id"].as_str().expect("an operation"));
    let rehearsed = admin.post(&path, &json!({"dry_run": true})).await;
    assert_eq!((rehearsed.status, &rehearsed.json()["deleted"]), (200, &json!(4)), "{rehearsed:?}");
    assert_eq!(customers(&admin).await.len(), 2);
    let undone = admin.post(&path, &json!({})).await;
    assert_eq!((undone.status, &undone.json()["deleted"]), (200, &json!(4)), "{undone:?}");
    assert_eq!(customers(&admin).await.len(), 0);
    assert_eq!(admin.post(&path, &json!({})).await.problem()["errors"][0]["code"], "already_undone");
    let once_more = operation(&admin, &begin(&admin, FILE, json!({})).await).await;
    assert_eq!(once_more["created"], 2, "what was undone can come in again: {once_more}");
}

#[tokio::test]
async fn a_dry_run_lists_what_would_change_and_changes_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    begin(&admin, FILE, json!({})).await;
    const CHANGED: &str = "编号,客户名称,手机,城市,联系人\nK1,华信科技,13800003333,广州,王小明\nK9,新来的,,,\n";
    let job = begin(&admin, CHANGED, json!({"mode": "dry_run"})).await;
    let id = job["operation_id"].as_str().expect("an operation");
    let rows = admin.get(&format!("/api/v1/operations/{id}/rows")).await.json();
    assert_eq!(rows["data"][0]["outcome"], "updated", "{rows}");
    assert_eq!(rows["data"][0]["changed"]["city"], json!(["深圳", "广州"]));
    assert!(!rows.to_string().contains("13800003333"), "personal values are masked: {rows}");
    assert_eq!(rows["data"][1]["outcome"], "created");
    let names: Vec<_> = customers(&admin).await.iter().map(|customer| customer["city"].clone()).collect();
    assert_eq!(names, ["深圳", "贵阳 南明"]);
}

#[tokio::test]
async fn what_was_changed_since_is_left_alone_by_an_undo() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, FILE, json!({})).await;
    let kept = customers(&admin).await[0].clone();
    let path = format!("/api/v1/customers/{}", kept["id"].as_str().expect("an id"));
    let etag = admin.etag(&path).await;
    assert_eq!(admin.patch(&path, &etag, &json!({"city": "珠海"})).await.status, 200);
    let undo = format!("/api/v1/operations/{}/undo", job["operation_id"].as_str().expect("an operation"));
    let undone = admin.post(&undo, &json!({})).await.json();
    assert_eq!((&undone["deleted"], &undone["skipped"]), (&json!(3), &json!(1)), "{undone}");
    assert_eq!(undone["rows"][0]["record_id"], kept["id"]);
    assert_eq!(customers(&admin).await.len(), 1);
}

#[tokio::test]
async fn a_file_comes_in_with_the_rights_of_who_sent_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let analyst = admin.colleague(&["analyst"], None).await;
    assert_eq!(preview(&analyst, "customers", FILE).await.status, 403);
    begin(&admin, FILE, json!({})).await;
    // The seller sees only their own customers, so the administrator's stay as they are.
    let job = begin(&seller, FILE, json!({})).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(0), &json!(4)), "{job}");
    let own = begin(&seller, FILE, json!({"system": "other"})).await;
    assert_eq!(own["done"], 2, "{own}");
    assert!(customers(&seller).await.iter().all(|customer| customer["owner_id"] == seller.id.as_str()));
    assert_eq!(admin.get(&format!("/api/v1/jobs/{}", own["id"].as_str().unwrap_or_default())).await.status, 200);
    let of_admin = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap_or_default());
    assert_eq!(analyst.get(&of_admin).await.status, 404);
}

#[tokio::test]
async fn a_file_comes_from_a_system_whose_records_can_be_asked_for_by_their_names() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let body = |system: &str| json!({"resource": "customers", "mode": "upsert", "system": system, "file_id": looked_at["file_id"]});
    let refused = repeatable(&admin, "/api/v1/imports", &body(&"长".repeat(61))).await;
    let fault = &refused.problem()["errors"][0];
    assert_eq!((refused.status, &fault["pointer"], &fault["code"]), (422, &json!("/system"), &json!("too_long")));
    assert_eq!(repeatable(&admin, "/api/v1/imports", &body(&"长".repeat(60))).await.status, 202);
}

/// The faults of an operation's rows: row, pointer, code.
async fn faults(person: &tests::Actor<'_>, job: &Value) -> Vec<(i64, String, String)> {
    let id = job["operation_id"].as_str().expect("an operation");
    let rows = person.get(&format!("/api/v1/operations/{id}/rows?outcome=failed")).await.json();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut faults = Vec::new();
    for row in rows["data"].as_array().expect("rows") {
        let number = row["row"].as_i64().unwrap_or_default();
        let of_row = row["faults"].as_array().expect("faults").iter();
        faults.extend(of_row.map(|fault| (number, word(&fault["pointer"]), word(&fault["code"]))));
    }
    faults
}

fn fault(row: i64, pointer: &str, code: &str) -> (i64, String, String) {
    (row, pointer.to_owned(), code.to_owned())
}

#[tokio::test]
async fn what_a_spreadsheet_damaged_is_refused_and_what_it_adorned_is_read() {
    const SHEET: &str = "sep=;\r\n客户名单 2026 年 1 月;;;;;\r\n\r\n\
        编号;客户名称;电话;统一社会信用代码;下次联系日期;邮政编码\r\n\
        1;华\u{200b}信（中国）;（021）5888－1234;91350100m000100y43;2026/1/5 0:00;５１８０００\r\n\
        1.2E+12;甲;1.38001E+10;;;\r\n\
        \r\n\
        3;\u{3164};E1E2E3E4E5;9135 0100 M000 100Y43;26-1-5;1.2E+05\r\n\
        4;\"不完的;13800001111;;;\r\n\
        5;丁;13800002222;;+20266-01-05;\r\n\
        6;戊;13800003333;;2026.1.5;\r\n";
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, SHEET, json!({})).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(2), &json!(4)), "{job}");
    assert_eq!(
        faults(&admin, &job).await,
        [
            fault(6, "/external_id", "spreadsheet_number"),
            fault(6, "/phones/0", "spreadsheet_number"),
            fault(8, "/credit_code", "repeated_key"),
            fault(8, "/name", "required"),
            fault(8, "/phones/0", "not_a_phone"),
            fault(8, "/postal_code", "spreadsheet_number"),
            fault(8, "/next_contact_on", "two_digit_year"),
            fault(9, "", "unclosed_quote"),
            fault(10, "/next_contact_on", "year_out_of_range"),
        ]
    );
    let held = customers(&admin).await;
    let first = held.iter().find(|held| held["name"] == "华信（中国）").expect("the first");
    assert_eq!((&first["phones"][0], &first["postal_code"]), (&json!("(021)5888-1234"), &json!("518000")));
    assert!(held.iter().all(|held| held["next_contact_on"] == "2026-01-05"), "{held:?}");
    let reasons = operation(&admin, &job).await["reasons"].clone();
    let of_years = reasons.as_array().expect("reasons").iter().find(|reason| reason["code"] == "two_digit_year");
    let of_years = of_years.expect("a reason");
    assert_eq!((&of_years["pointer"], &of_years["count"]), (&json!("/next_contact_on"), &json!(1)), "{reasons}");
    assert!(of_years["detail"].as_str().is_some_and(|detail| detail.contains("四位")), "{reasons}");
}

#[tokio::test]
async fn lines_that_did_not_come_in_are_mended_in_their_file_and_loaded_again() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let job = begin(&admin, FILE, json!({})).await;
    let file = admin.get(job["error_file"].as_str().expect("a file of errors")).await.text;
    let lines: Vec<&str> = file.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "编号,客户名称,联系人,手机,城市,级别,行号,错误原因");
    assert!(lines[1].starts_with("K3,,韩梅梅,12,上海,Z,5,"), "{file}");
    assert!(lines[1].contains("客户名称：不能为空") && lines[1].contains("手机：电话号码不正确"), "{file}");
    assert!(lines[2].starts_with("K1,重复的,,,,,6,"), "{file}");
    let mended =
        file.replace("K3,,韩梅梅,12,上海,Z", "K3,补上的,韩梅梅,13800004444,上海,C").replace("K1,重复的", "K4,改名的");
    let mended: &'static str = mended.leak();
    let job = begin(&admin, mended, json!({})).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(2), &json!(0)), "{job}");
    assert_eq!(customers(&admin).await.len(), 4);
}

#[tokio::test]
async fn lines_at_fault_are_mended_in_place_and_come_in_as_they_were_mended() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let start = async |options: Value| {
        let mut body =
            json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at["file_id"]});
        body.as_object_mut().expect("an object").extend(options.as_object().expect("an object").clone());
        ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await
    };
    let trial = start(json!({"dry_run": true})).await;
    let lines = async |job: &Value| {
        let id = job["operation_id"].as_str().expect("an operation");
        admin.get(&format!("/api/v1/operations/{id}/rows?outcome=failed&cells=true")).await.json()["data"].clone()
    };
    let told = lines(&trial).await;
    assert_eq!(
        told[0]["cells"],
        json!({"编号": "K3", "客户名称": "", "联系人": "韩梅梅", "手机": "12", "城市": "上海", "级别": "Z"})
    );
    let corrections = json!([
        {"line": 5, "cells": {"客户名称": "补上的", "手机": "13800004444"}},
        {"line": 6, "cells": {"编号": "K4"}},
    ]);
    let again = start(json!({"dry_run": true, "trial": trial["operation_id"], "corrections": corrections})).await;
    assert_eq!((&again["done"], faults(&admin, &again).await), (&json!(3), vec![fault(5, "/level", "not_a_choice")]));
    assert_eq!(lines(&again).await[0]["cells"]["客户名称"], "补上的", "the cells are told as they were mended");
    let file = admin.get(again["error_file"].as_str().expect("a file of errors")).await.text;
    assert!(file.contains("K3,补上的,韩梅梅,13800004444,上海,Z,5,"), "{file}");
    assert_eq!(customers(&admin).await.len(), 0, "nothing is written by looking");

    let last = json!([{"line": 5, "cells": {"级别": "C"}}]);
    let job = start(json!({"trial": again["operation_id"], "corrections": last})).await;
    assert_eq!((&job["done"], &job["failed"]), (&json!(4), &json!(0)), "{job}");
    let held = customers(&admin).await;
    let mended = held.iter().find(|held| held["name"] == "补上的").expect("mended");
    assert_eq!((&mended["level"], &mended["external_ids"]), (&json!("c"), &json!({"erp": "K3"})));
    assert_eq!(admin.get("/api/v1/contacts?q=4444").await.json()["data"][0]["name"], "韩梅梅");
    let client = app.database.connect().await;
    let open = "select count(*) from (select payload::text as text from jobs union all select request::text from operations) kept \
                where text ~ '13800004444|补上的'";
    assert_eq!(client.query_one(open, &[]).await.expect("asked").get::<_, i64>(0), 0, "what was typed lies sealed");
    let undo = format!("/api/v1/operations/{}/undo", job["operation_id"].as_str().expect("an operation"));
    assert_eq!(admin.post(&undo, &json!({})).await.status, 200);
    assert_eq!(customers(&admin).await.len(), 0);
}

#[tokio::test]
async fn a_line_that_could_not_be_read_is_mended_by_its_cells_and_children_follow_a_mended_parent() {
    const FAMILY: &str = "客户名称,上级客户,城市\n子公司,总公司,\n\"总公司,,\n别家,,苏州,江苏\n孤儿,没有的,\n";
    let app = App::start().await;
    let admin = app.administrator().await;
    let corrections = json!([
        {"line": 3, "cells": {"客户名称": "总公司"}},
        {"line": 4, "cells": {"城市": "苏州"}},
        {"line": 5, "cells": {"上级客户": "别家"}},
        {"line": 1, "cells": {"城市": "x"}},
        {"line": 99, "cells": {"城市": "x"}},
    ]);
    let trial = begin(&admin, FAMILY, json!({"dry_run": true})).await;
    let id = trial["operation_id"].as_str().expect("an operation");
    let told = admin.get(&format!("/api/v1/operations/{id}/rows?after=3&cells=true")).await.json()["data"].clone();
    assert_eq!(told[0]["cells"], json!({"客户名称": "别家", "上级客户": "", "城市": "苏州", "": "江苏"}), "{told}");
    for options in [json!({"dry_run": true, "corrections": corrections}), json!({"corrections": corrections})] {
        let job = begin(&admin, FAMILY, options).await;
        assert_eq!(faults(&admin, &job).await, [fault(1, "", "no_such_line"), fault(99, "", "no_such_line")]);
        assert_eq!((&job["done"], &job["failed"]), (&json!(4), &json!(2)), "{job}");
    }
    let held = customers(&admin).await;
    let of = |name: &str| held.iter().find(|held| held["name"] == name).expect("a customer");
    assert_eq!(of("子公司")["parent_id"], of("总公司")["id"]);
    assert_eq!(of("孤儿")["parent_id"], of("别家")["id"]);
}

#[tokio::test]
async fn corrections_are_refused_with_all_that_is_wrong_and_taken_from_ones_own_trial_only() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let seller = admin.colleague(&["sales"], None).await;
    let looked_at = preview(&admin, "customers", FILE).await.json();
    let wanted = |file: &Value, options: Value| {
        let mut body = json!({"resource": "customers", "mode": "dry_run", "file_id": file["file_id"]});
        body.as_object_mut().expect("an object").extend(options.as_object().expect("an object").clone());
        body
    };
    let wrong = json!({
        "mapping": {"客户名称": "nothing"},
        "corrections": [{"line": 5, "cells": {}}, {"line": 6, "cells": {"没有的列": "x"}}],
    });
    let refused = repeatable(&admin, "/api/v1/imports", &wanted(&looked_at, wrong)).await;
    let told: Vec<_> =
        refused.problem()["errors"].as_array().expect("errors").iter().map(|fault| fault["pointer"].clone()).collect();
    assert_eq!(told, ["/mapping/客户名称", "/corrections/0/cells", "/corrections/1/cells/没有的列"]);
    let many: Vec<Value> = (0..501).map(|line| json!({"line": line, "cells": {"城市": "x"}})).collect();
    let refused = repeatable(&admin, "/api/v1/imports", &wanted(&looked_at, json!({"corrections": many}))).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (422, &json!("too_many")));

    let mend = json!({"corrections": [{"line": 5, "cells": {"客户名称": "补上的"}}]});
    let trial = ended(&admin, &repeatable(&admin, "/api/v1/imports", &wanted(&looked_at, mend)).await).await;
    let of_trial = json!({"trial": trial["operation_id"]});
    let own = preview(&seller, "customers", FILE).await.json();
    let others = preview(&admin, "customers", FILE).await.json();
    for (person, file) in [(&seller, own), (&admin, others)] {
        let refused = repeatable(person, "/api/v1/imports", &wanted(&file, of_trial.clone())).await;
        let fault = refused.problem()["errors"][0].clone();
        assert_eq!((refused.status, &fault["pointer"], &fault["code"]), (422, &json!("/trial"), &json!("not_found")));
    }
    let id = trial["operation_id"].as_str().expect("an operation");
    let rows = admin
        .colleague(&["administrator"], None)
        .await
        .get(&format!("/api/v1/operations/{id}/rows?cells=true"))
        .await
        .json();
    assert!(rows["data"].as_array().is_some_and(|rows| !rows.is_empty()), "{rows}");
    assert!(!rows.to_string().contains("韩梅梅"), "the cells are told to nobody but who brought the file: {rows}");
}

#[tokio::test]
async fn an_encoding_is_shown_and_can_be_chosen() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let western: Vec<u8> = "name,city\nMüller,Köln\n".chars().map(|letter| letter as u8).collect();
    let looked_at = preview(&admin, "customers", western).await.json();
    assert_eq!(
        (&looked_at["format"]["encoding"], &looked_at["lines"][0][0]),
        (&json!("windows-1252"), &json!("Müller"))
    );
    let file = looked_at["file_id"].as_str().expect("a file");
    let path =
        |encoding: &str| format!("/api/v1/imports/preview?resource=customers&file_id={file}&encoding={encoding}");
    let taken_for = admin.post(&path("gb18030"), &json!({})).await.json();
    assert_ne!(taken_for["lines"][0][0], "Müller");
    assert_eq!(admin.post(&path("klingon"), &json!({})).await.problem()["errors"][0]["code"], "not_a_choice");
    let wanted =
        |encoding: &str| json!({"resource": "customers", "mode": "create", "file_id": file, "encoding": encoding});
    let garbled = ended(&admin, &repeatable(&admin, "/api/v1/imports", &wanted("utf-8")).await).await;
    assert_eq!(faults(&admin, &garbled).await[0], fault(2, "/name", "unreadable_character"));
    let read = ended(&admin, &repeatable(&admin, "/api/v1/imports", &wanted("latin1")).await).await;
    assert_eq!((&read["done"], &customers(&admin).await[0]["name"]), (&json!(1), &json!("Müller")));
}

#[tokio::test]
async fn children_find_their_parents_wherever_in_the_file_these_stand() {
    const FAMILY: &str = "客户名称,上级客户\n孙公司,子公司\n子公司,总公司\n总公司,\n孤儿,不存在的\n";
    let app = App::start().await;
    let admin = app.administrator().await;
    for options in [json!({"dry_run": true}), json!({})] {
        let job = begin(&admin, FAMILY, options).await;
        assert_eq!((&job["done"], faults(&admin, &job).await), (&json!(3), vec![fault(5, "/parent_id", "not_found")]));
    }
    let held = customers(&admin).await;
    let of = |name: &str| held.iter().find(|held| held["name"] == name).expect("a customer");
    assert_eq!((&of("孙公司")["parent_id"], &of("子公司")["parent_id"]), (&of("子公司")["id"], &of("总公司")["id"]));
}

#[tokio::test]
async fn a_file_that_would_double_its_records_comes_in_twice_only_when_told() {
    const NAMELESS: &str = "客户名称,城市\n华信,深圳\n";
    let app = App::start().await;
    let admin = app.administrator().await;
    begin(&admin, NAMELESS, json!({"dry_run": true})).await;
    begin(&admin, NAMELESS, json!({})).await;
    let looked_at = preview(&admin, "customers", NAMELESS).await.json();
    let mut body = json!({"resource": "customers", "mode": "upsert", "file_id": looked_at["file_id"]});
    let refused = repeatable(&admin, "/api/v1/imports", &body).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (409, &json!("imported_before")));
    assert_eq!(customers(&admin).await.len(), 1);
    body["again"] = json!(true);
    ended(&admin, &repeatable(&admin, "/api/v1/imports", &body).await).await;
    assert_eq!(customers(&admin).await.len(), 2);
}

#[tokio::test]
async fn two_columns_do_not_stand_for_one_field() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let looked_at = preview(&admin, "customers", "a,b,c,d\n1,2,13800001111,13800002222\n").await.json();
    let wanted = |mapping: Value| json!({"resource": "customers", "mode": "create", "file_id": looked_at["file_id"], "mapping": mapping});
    let refused = repeatable(&admin, "/api/v1/imports", &wanted(json!({"a": "name", "b": "name"}))).await;
    let fault = refused.problem()["errors"][0].clone();
    assert_eq!(
        (refused.status, &fault["pointer"], &fault["params"]["column"]),
        (422, &json!("/mapping/b"), &json!("a"))
    );
    let taken = wanted(json!({"a": "name", "c": "phones", "d": "phones"}));
    ended(&admin, &repeatable(&admin, "/api/v1/imports", &taken).await).await;
    assert_eq!(customers(&admin).await[0]["phones"], json!(["13800001111", "13800002222"]));
}

#[tokio::test]
async fn an_import_stops_when_whoever_began_it_may_no_longer_work() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let manager = admin.colleague(&["administrator"], None).await;
    let lines: String = (1..=2500).map(|n| format!("K{n},客户{n}\n")).collect();
    let looked_at = preview(&manager, "customers", format!("编号,客户名称\n{lines}")).await.json();
    let client = app.database.connect().await;
    // It is held up in its first chunk.
    client.batch_execute("begin; lock table customers in exclusive mode").await.expect("locked");
    let body = json!({"resource": "customers", "mode": "upsert", "system": "erp", "file_id": looked_at["file_id"]});
    let accepted = repeatable(&manager, "/api/v1/imports", &body).await;
    let path = accepted.header("location").to_owned();
    eventually("the import waits", async || {
        let waits = client.query_one("select count(*) from pg_locks where not granted", &[]).await.expect("asked");
        (waits.get::<_, i64>(0) > 0).then_some(())
    })
    .await;
    let user = format!("/api/v1/users/{}", manager.id);
    assert_eq!(admin.change(Method::PATCH, &user, "", &json!({"status": "disabled"})).await.status, 200);
    client.batch_execute("commit").await.expect("let go");
    let job = ended(&admin, &accepted).await;
    assert_eq!((&job["state"], &job["error"], &job["done"]), (&json!("failed"), &json!("forbidden"), &json!(1000)));
    assert_eq!(admin.get(&path).await.json()["state"], "failed");
    let written = client.query_one("select count(*) from customers", &[]).await.expect("counted");
    assert_eq!(written.get::<_, i64>(0), 1000, "only what was at work when it was taken away");
}
