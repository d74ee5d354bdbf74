//! Documents in files: a row for each line, in and out.

use serde_json::{Value, json};
use tests::{Actor, App};

use super::{ended, operation, preview, repeatable};

const FILE: &str = "外部编号,客户,产品,数量,单价,税率\n\
                    A1,华信,茶叶,2,10,13\n\
                    A1,华信,茶壶,1,99.5,\n\
                    ,,T1,3,5,6\n\
                    A2,华信,没有的,1,1,\n\
                    A2,鑫盛,茶壶,x,1,\n\
                    A3,鑫盛,,,,\n";

async fn import(person: &Actor<'_>, file: String) -> Value {
    let looked_at = preview(person, "orders", file).await.json();
    let body = json!({"resource": "orders", "mode": "upsert", "system": "erp", "file_id": looked_at["file_id"]});
    let job = ended(person, &repeatable(person, "/api/v1/imports", &body).await).await;
    assert_eq!(job["state"], "succeeded", "{job}");
    operation(person, &job).await
}

async fn prepare(person: &Actor<'_>) {
    for name in ["华信", "鑫盛"] {
        person.create("customers", &json!({"name": name})).await;
    }
    person.create("products", &json!({"name": "茶叶", "code": "T1", "price": "8"})).await;
    person.create("products", &json!({"name": "茶壶", "price": "100"})).await;
}

/// An order of the file by what that calls it.
async fn order(person: &Actor<'_>, name: &str) -> Value {
    let list = person.get("/api/v1/orders?limit=50").await.json();
    let orders = list["data"].as_array().expect("orders");
    let found = orders.iter().find(|order| order["external_ids"]["erp"] == name).expect("the order");
    person.get(&format!("/api/v1/orders/{}", found["id"].as_str().expect("an id"))).await.json()
}

#[tokio::test]
async fn rows_of_one_document_are_its_lines_and_each_fault_names_its_row() {
    let app = App::start().await;
    let admin = app.administrator().await;
    prepare(&admin).await;
    let looked_at = preview(&admin, "orders", FILE).await.json();
    let targets: Vec<_> = looked_at["columns"].as_array().expect("columns").iter().map(|it| &it["target"]).collect();
    let lines = ["lines.product_id", "lines.quantity", "lines.price", "lines.tax_rate"];
    assert_eq!(targets, [&["external_id", "customer_id"][..], &lines].concat());
    let operation = import(&admin, FILE.to_owned()).await;
    assert_eq!([&operation["created"], &operation["failed"]], [2, 1], "{operation}");
    let tea = order(&admin, "A1").await;
    let told: Vec<_> =
        tea["lines"].as_array().expect("lines").iter().map(|line| [&line["quantity"], &line["net"]]).collect();
    assert_eq!(told, [["2", "20.00"], ["1", "99.50"], ["3", "15.00"]], "{tea}");
    assert_eq!((&tea["lines"][0]["product_id"], &tea["amount"]), (&tea["lines"][2]["product_id"], &json!("138.00")));
    assert_eq!(order(&admin, "A3").await["lines"], json!([]));

    let of_operation = format!("/api/v1/operations/{}", operation["id"].as_str().expect("an id"));
    let rows = admin.get(&format!("{of_operation}/rows?cells=true")).await.json();
    let row = &rows["data"][0];
    let faults = row["faults"].as_array().expect("faults").iter();
    let faults: Vec<_> = faults.map(|fault| [&fault["pointer"], &fault["code"], &fault["params"]["row"]]).collect();
    let expected = [
        ["/customer_id", "unlike_first_row", "6"],
        ["/lines/0/product_id", "not_found", "5"],
        ["/lines/1/quantity", "not_a_number", "6"],
    ];
    assert_eq!(faults, expected, "{rows}");
    assert_eq!([&row["row"], &row["cells"]["产品"]], [&json!(5), &json!("没有的")]);
    assert_eq!([&row["lines"][0]["row"], &row["lines"][0]["cells"]["数量"]], [&json!(6), &json!("x")]);
    let errors = admin.get(&format!("{of_operation}/errors.csv")).await.text;
    let told: Vec<_> = errors.lines().skip(1).map(|line| line.split(',').take(7).collect::<Vec<_>>()).collect();
    assert_eq!(
        told,
        [["A2", "华信", "没有的", "1", "1", "", "5"], ["A2", "鑫盛", "茶壶", "x", "1", "", "6"]],
        "{errors}"
    );
}

#[tokio::test]
async fn documents_leave_with_a_row_for_each_line_and_come_back_as_they_were() {
    let app = App::start().await;
    let admin = app.administrator().await;
    prepare(&admin).await;
    import(&admin, FILE.to_owned()).await;
    let before = order(&admin, "A1").await;
    let again = import(&admin, FILE.to_owned()).await;
    assert_eq!([&again["unchanged"], &again["updated"]], [2, 0], "{again}");
    let changed = import(&admin, FILE.replace("A1,华信,茶壶,1,99.5", "A1,华信,茶壶,4,99.5")).await;
    assert_eq!([&changed["unchanged"], &changed["updated"]], [1, 1], "{changed}");
    let after = order(&admin, "A1").await;
    let ids =
        |order: &Value| order["lines"].as_array().expect("lines").iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
    assert_eq!((ids(&after), &after["lines"][1]["quantity"]), (ids(&before), &json!("4")));

    let wanted = json!({"resource": "orders", "sort": "number"});
    let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &wanted).await).await;
    let file = admin.get(job["download"].as_str().expect("an address")).await.text;
    let customers: Vec<_> = file.lines().skip(1).map(|line| line.split(',').nth(2).unwrap_or_default()).collect();
    assert_eq!(customers, ["华信", "华信", "华信", "鑫盛"], "{file}");
    assert!(file.lines().nth(2).is_some_and(|line| line.contains("茶壶,,4,,99.5,")), "{file}");
    let back = import(&admin, file.clone()).await;
    assert_eq!([&back["unchanged"], &back["updated"], &back["failed"]], [2, 0, 0], "{back} {file}");
}

#[tokio::test]
async fn half_a_document_does_not_come_in() {
    let app = App::start().await;
    let admin = app.administrator().await;
    prepare(&admin).await;
    let file = "外部编号,客户,产品,数量,单价\nA1,华信,茶叶,1,1\nA2,鑫盛,茶壶,1,1\nA1,华信,茶壶,1,1\n";
    let operation = import(&admin, file.to_owned()).await;
    assert_eq!([&operation["created"], &operation["failed"]], [1, 2], "{operation}");
    let rows = admin.get(&format!("/api/v1/operations/{}/rows", operation["id"].as_str().expect("an id"))).await.json();
    let rows = rows["data"].as_array().expect("rows").iter();
    let told: Vec<_> = rows.map(|row| [&row["row"], &row["faults"][0]["params"]["row"]]).collect();
    assert_eq!(told, [[&json!(2), &json!("4")], [&json!(4), &json!("2")]]);
}

#[tokio::test]
async fn an_export_tells_records_of_one_name_apart_so_that_it_comes_back() {
    let app = App::start().await;
    let admin = app.administrator().await;
    prepare(&admin).await;
    let customer = admin.get("/api/v1/customers?q=华信").await.json()["data"][0]["id"].clone();
    let namesake = json!({"name": "年度采购", "customer_id": customer});
    let (first, _) = (admin.create("opportunities", &namesake).await, admin.create("opportunities", &namesake).await);
    admin.create("orders", &json!({"customer_id": customer, "opportunity_id": first["id"]})).await;
    let job = ended(&admin, &repeatable(&admin, "/api/v1/exports", &json!({"resource": "orders"})).await).await;
    let file = admin.get(job["download"].as_str().expect("an address")).await.text;
    assert!(file.contains(first["number"].as_str().expect("a number")), "{file}");
    let back = import(&admin, file.clone()).await;
    assert_eq!([&back["unchanged"], &back["failed"]], [1, 0], "{back} {file}");
}
