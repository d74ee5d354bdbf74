//! Files that belong to records: what comes in, who fetches it, and how it is handed out.

use domain::platform::attachments::LARGEST;
use reqwest::{Body, Method};
use serde_json::{Value, json};
use tests::{Actor, Answer, App, eventually};
use tokio::io::AsyncWriteExt;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a picture";
const HTML: &[u8] = b"<!doctype html><script>alert(1)</script>";

fn path(resource: &str, record: &Value) -> String {
    format!("/api/v1/{resource}/{}", record["id"].as_str().expect("an id"))
}

async fn attach(person: &Actor<'_>, to: &str, name: &str, bytes: impl Into<Body>) -> Answer {
    let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let request = person.request(Method::POST, &format!("{to}/attachments?name={name}"));
    Answer::of(request.header("content-type", "image/png").body(bytes)).await
}

async fn customer(person: &Actor<'_>) -> String {
    path("customers", &person.create("customers", &json!({"name": "华信"})).await)
}

async fn files(app: &App) -> (i64, i64) {
    let client = app.database.connect().await;
    let counts = "select (select count(*) from files), (select count(*) from file_parts)";
    let row = client.query_one(counts, &[]).await.expect("counted");
    (row.get(0), row.get(1))
}

/// A file of several parts, no two places of which are alike.
fn long() -> Vec<u8> {
    (0..700_000_u32).flat_map(u32::to_be_bytes).collect()
}

#[tokio::test]
async fn a_file_comes_back_as_it_came_and_nobody_believes_what_it_is_said_to_be() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let of = customer(&admin).await;
    for (name, bytes, kind, inline) in [
        ("截图.png", PNG, "image/png", true),
        ("合同.pdf", b"%PDF-1.7 ...", "application/pdf", true),
        ("picture.png", HTML, "application/octet-stream", false),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/octet-stream", false),
    ] {
        let made = attach(&admin, &of, name, bytes).await;
        assert_eq!(made.status, 201, "{made:?}");
        let told = made.json();
        assert_eq!([&told["name"], &told["media_type"]], [&json!(name), &json!(kind)]);
        assert_eq!(told["size"], bytes.len());
        if bytes == PNG {
            assert_eq!(told["sha256"], "81c8e435c316518c956a21c21b4339ee8c7ba49f0517c42a09459ef65210fba7");
        }
        for wanted in [false, true] {
            let content = format!("{}/content?inline={wanted}", made.header("location"));
            let fetched = admin.get(&content).await;
            let shown = wanted && inline;
            assert_eq!(fetched.header("content-type"), if shown { kind } else { "application/octet-stream" }, "{name}");
            let disposition = fetched.header("content-disposition").to_owned();
            assert!(disposition.starts_with(if shown { "inline;" } else { "attachment;" }), "{name}: {disposition}");
            assert!(disposition.is_ascii() && disposition.contains("filename*=UTF-8''"), "{disposition}");
            assert_eq!(fetched.header("x-content-type-options"), "nosniff");
            assert!(fetched.header("content-security-policy").starts_with("default-src 'none'; sandbox"));
        }
    }
    let told = admin.get(&format!("{of}/timeline?kinds=attachments")).await.json();
    assert_eq!(told["data"].as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_long_file_is_had_in_parts_and_lies_sealed() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let of = customer(&admin).await;
    let bytes = long();
    let made = attach(&admin, &of, "录音.bin", bytes.clone()).await;
    assert_eq!(made.status, 201, "{made:?}");
    let content = format!("{}/content", made.header("location"));
    let part = async |range: &str| {
        let answer = admin.request(Method::GET, &content).header("range", range).send().await.expect("an answer");
        let told = answer.headers().get("content-range").map(|told| told.to_str().expect("ASCII").to_owned());
        (answer.status().as_u16(), told, answer.bytes().await.expect("bytes").to_vec())
    };
    let (status, _, whole) = part("bytes=0-1,5-6").await;
    assert!((status, &whole) == (200, &bytes), "the whole, byte by byte");
    let over = 1_048_570..2_097_200;
    let (status, told, middle) = part(&format!("bytes={}-{}", over.start, over.end - 1)).await;
    assert_eq!((status, told), (206, Some(format!("bytes {}-{}/{}", over.start, over.end - 1, bytes.len()))));
    assert!(middle == bytes[over], "over the borders of parts");
    assert!(part("bytes=-5").await.2 == bytes[bytes.len() - 5..]);
    let client = app.database.connect().await;
    let plain =
        "select count(*) from file_parts where position('\\x00000001000000020000000300000004'::bytea in content) > 0";
    let plain: i64 = client.query_one(plain, &[]).await.expect("counted").get(0);
    assert_eq!(plain, 0, "parts are sealed");
    let logged: i64 = client
        .query_one("select max(length(changed::text))::bigint from changes where resource = 'attachments'", &[])
        .await
        .expect("counted")
        .get(0);
    assert!(logged < 2_000, "the log tells of it and does not hold it");
}

#[tokio::test]
async fn a_file_is_had_by_who_sees_the_record_and_added_by_who_may_change_it() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let (seller, other) = (admin.colleague(&["sales"], None).await, admin.colleague(&["sales"], None).await);
    let looker = admin.colleague(&["analyst"], None).await;
    let of = customer(&seller).await;
    let made = attach(&seller, &of, "报价.png", PNG).await;
    let address = made.header("location").to_owned();
    let content = format!("{address}/content");
    let etag = made.header("etag").to_owned();

    assert_eq!(attach(&other, &of, "x.png", PNG).await.status, 404);
    assert_eq!(attach(&looker, &of, "x.png", PNG).await.status, 403);
    for (person, list, one) in [(&seller, 1, 200), (&looker, 1, 200), (&admin, 1, 200), (&other, 0, 404)] {
        let listed = person.get("/api/v1/attachments?count=exact").await.json();
        assert_eq!(listed["page"]["total"], list);
        let answers = [person.get(&address).await.status, person.get(&content).await.status];
        assert_eq!(answers, [one, one]);
        assert_eq!(person.get(&format!("{address}/history")).await.status, one);
    }
    assert_eq!(looker.patch(&address, &etag, &json!({"name": "y"})).await.status, 403);
    assert_eq!(looker.delete(&address, &etag).await.status, 403);
    assert_eq!(other.delete(&address, &etag).await.status, 404);
    assert_eq!(app.get(&content).await.status, 401);

    let handed = admin.change(Method::POST, &of, "/assign", &json!({"owner_id": other.id})).await;
    assert_eq!(handed.status, 200);
    assert_eq!((seller.get(&content).await.status, other.get(&content).await.status), (404, 200));
    let renamed = other.patch(&address, &etag, &json!({"name": "报价第二版.png"})).await;
    assert_eq!(renamed.status, 200, "{renamed:?}");
    assert_eq!(other.delete(&address, renamed.header("etag")).await.status, 204);
    assert_eq!(other.get(&content).await.status, 404, "in the bin");
    assert_eq!(other.post(&format!("{address}/restore"), &json!({})).await.status, 200);
    assert_eq!(other.get(&content).await.text.len(), String::from_utf8_lossy(PNG).len(), "with what is in it");
}

#[tokio::test]
async fn what_does_not_come_in_whole_leaves_nothing() {
    let app = App::start().await;
    let admin = app.administrator().await;
    let of = customer(&admin).await;
    let too_large = attach(&admin, &of, "x.bin", vec![7; LARGEST + 1]).await;
    assert_eq!((too_large.status, &too_large.problem()["errors"][0]["code"]), (413, &json!("file_too_large")));
    assert!(too_large.problem()["errors"][0]["detail"].as_str().is_some_and(|detail| detail.contains("50 MB")));
    let empty = attach(&admin, &of, "x.bin", "").await;
    assert_eq!((empty.status, &empty.problem()["errors"][0]["code"]), (422, &json!("required")));
    assert_eq!(attach(&admin, &of, " ", PNG).await.problem()["errors"][0]["pointer"], "/name");

    // The sender falls silent in the middle, and then is gone.
    let request = admin.request(Method::POST, &format!("{of}/attachments?name=x.bin")).build().expect("a request");
    let url = request.url();
    let (host, port) = (url.host_str().expect("a host"), url.port().expect("a port"));
    let token = request.headers()["authorization"].to_str().expect("a token");
    let head = format!(
        "POST {}?name=x.bin HTTP/1.1\r\nhost: {host}\r\nauthorization: {token}\r\ncontent-length: {LARGEST}\r\n\r\n",
        url.path()
    );
    let mut sender = tokio::net::TcpStream::connect((host, port)).await.expect("connected");
    sender.write_all(head.as_bytes()).await.expect("sent");
    sender.write_all(&vec![7; 3 << 20]).await.expect("sent");
    eventually("a part has come in", async || (files(&app).await.1 > 0).then_some(())).await;
    assert_eq!(admin.get("/api/v1/attachments?count=exact").await.json()["page"]["total"], 0);
    drop(sender);
    eventually("nothing is left of any of them", async || (files(&app).await == (0, 0)).then_some(())).await;
}
