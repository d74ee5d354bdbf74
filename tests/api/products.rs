//! Products with their units, codes and pictures.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Actor, Answer, App};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a picture";

async fn attach(person: &Actor<'_>, to: &str) -> Value {
    let request = person.request(Method::POST, &format!("{to}/attachments?name=a.png"));
    let made = Answer::of(request.header("content-type", "image/png").body(PNG)).await;
    assert_eq!(made.status, 201, "{made:?}");
    made.json()
}

#[tokio::test]
async fn a_product_has_a_place_codes_units_and_a_picture_and_leaves_the_catalogue() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let top = admin.create("product-categories", &json!({"name": "轴承"})).await;
    let below = admin.create("product-categories", &json!({"name": "滚珠轴承", "parent_id": top["id"]})).await;
    let round = json!({"parent_id": below["id"]});
    let of_top = format!("/api/v1/product-categories/{}", top["id"].as_str().expect("an id"));
    let cycle = admin.change(Method::PATCH, &of_top, "", &round).await;
    assert_eq!((cycle.status, &cycle.problem()["errors"][0]["code"]), (422, &json!("cycle")), "a tree stays one");
    let product = json!({
        "name": "深沟球轴承 6204", "code": "ZC-6204", "barcode": "6901234567892", "category_id": below["id"], "unit": "个",
        "price": "18.5", "tax_rate": "13", "units": [{"unit": "盒", "factor": "10", "barcode": "6901234567908"}, {"unit": "箱", "factor": "200"}],
    });
    let made = admin.create("products", &product).await;
    let path = format!("/api/v1/products/{}", made["id"].as_str().expect("an id"));
    assert_eq!([&made["price"], &made["units"][1]["factor"]], ["18.50", "200"]);
    for code in ["ZC-6204", "6901234567892"] {
        let found = admin.get(&format!("/api/v1/products?q={code}")).await.json();
        assert_eq!(found["data"][0]["id"], made["id"], "{code}");
    }
    let taken = admin.post("/api/v1/products", &json!({"name": "别的", "code": "zc-6204"})).await;
    assert_eq!((taken.status, &taken.problem()["errors"][0]["pointer"]), (409, &json!("/code")));
    let twice = json!({"units": [{"unit": "个", "factor": "1"}, {"unit": "盒", "factor": "0"}]});
    let faults = admin.change(Method::PATCH, &path, "", &twice).await;
    let told: Vec<_> =
        faults.problem()["errors"].as_array().expect("faults").iter().map(|f| f["pointer"].clone()).collect();
    assert_eq!((faults.status, told), (422, vec![json!("/units/0/unit"), json!("/units/1/factor")]));
    let picture = attach(&admin, &path).await;
    let shown = admin.change(Method::PATCH, &path, "", &json!({"image_id": picture["id"]})).await;
    assert_eq!((shown.status, &shown.json()["image_id"]), (200, &picture["id"]), "{shown:?}");
    let gone = admin.change(Method::POST, &path, "/retirement", &json!({})).await;
    assert_eq!(gone.json()["status"], "retired", "{gone:?}");
    let active = admin.get("/api/v1/products?filter[status]=active").await.json();
    assert_eq!(active["data"], json!([]));
}
