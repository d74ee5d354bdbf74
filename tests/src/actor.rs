//! Somebody who is signed in. Tests tell stories about people, not about tokens.

use std::collections::BTreeMap;

use domain::messages;
use domain::platform::users::Locale;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Answer, App};

/// Good enough for the rules, and the same for everybody.
pub const PASSWORD: &str = "Tuning-fork 4711";

pub struct Actor<'a> {
    pub app: &'a App,
    /// The user's id.
    pub id: String,
    pub username: String,
    /// The access token.
    pub token: String,
    /// The refresh token, as the browser's cookie holds it.
    pub cookie: String,
}

impl App {
    /// Sets the application up; the first person in it is its administrator.
    pub async fn administrator(&self) -> Actor<'_> {
        let token = &self.setup_token;
        let body = json!({"token": token, "name": "管理员", "username": "admin", "password": PASSWORD});
        let answer = self.post("/api/v1/setup", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.actor("admin", &answer).await
    }

    /// Signs somebody in.
    pub async fn sign_in(&self, username: &str, password: &str) -> Actor<'_> {
        let answer = self.try_sign_in(username, password).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.actor(username, &answer).await
    }

    /// What the door says to a name and a password.
    pub async fn try_sign_in(&self, username: &str, password: &str) -> Answer {
        self.post("/api/v1/auth/login", &json!({"username": username, "password": password})).await
    }

    /// Sends a refresh or a logout the way our own page does.
    pub async fn with_cookie(&self, path: &str, cookie: &str) -> Answer {
        let request = self.request(Method::POST, path).header("x-requested-by", "crm").header("origin", &self.address);
        Answer::of(request.header("cookie", format!("__Host-refresh={cookie}"))).await
    }

    /// A request by nobody.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    async fn actor(&self, username: &str, signed_in: &Answer) -> Actor<'_> {
        let token = signed_in.json()["access_token"].as_str().expect("an access token").to_owned();
        let cookie = cookie_of(signed_in);
        let mut actor = Actor { app: self, id: String::new(), username: username.to_owned(), token, cookie };
        let me = actor.get("/api/v1/me").await;
        actor.id = me.json()["id"].as_str().expect("an id").to_owned();
        actor
    }
}

impl Actor<'_> {
    /// A request that is not sent yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.app.request(method, path).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, path).json(body)).await
    }

    pub async fn put(&self, path: &str, etag: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PUT, path).header("if-match", etag).json(body)).await
    }

    pub async fn patch(&self, path: &str, etag: &str, body: &Value) -> Answer {
        Answer::of(self.request(Method::PATCH, path).header("if-match", etag).json(body)).await
    }

    pub async fn delete(&self, path: &str, etag: &str) -> Answer {
        Answer::of(self.request(Method::DELETE, path).header("if-match", etag)).await
    }

    /// Creates a record, which must succeed, and returns it.
    pub async fn create(&self, resource: &str, body: &Value) -> Value {
        let answer = self.post(&format!("/api/v1/{resource}"), body).await;
        assert_eq!(answer.status, 201, "{resource} {body}: {answer:?}");
        answer.json()
    }

    /// The entity tag of a record as it is now.
    pub async fn etag(&self, path: &str) -> String {
        self.get(path).await.header("etag").to_owned()
    }

    /// Changes a record, or what belongs to it, with the entity tag that it has now.
    pub async fn change(&self, method: Method, record: &str, rest: &str, body: &Value) -> Answer {
        let etag = self.etag(record).await;
        Answer::of(self.request(method, &format!("{record}{rest}")).header("if-match", etag).json(body)).await
    }

    /// A person who cannot sign in yet; the id.
    pub async fn new_user(&self, username: &str) -> String {
        let user = self.create("users", &json!({"name": "王芳", "username": username})).await;
        user["id"].as_str().expect("an id").to_owned()
    }

    /// Gives a person exactly these shipped roles.
    pub async fn give_roles(&self, user: &str, roles: &[&str]) -> Answer {
        let body = json!({"roles": self.role_ids(roles).await});
        self.change(Method::PUT, &format!("/api/v1/users/{user}"), "/roles", &body).await
    }

    /// The address of a shipped role.
    pub async fn role(&self, key: &str) -> String {
        format!("/api/v1/roles/{}", self.role_ids(&[key]).await[0].as_str().expect("an id"))
    }

    /// Makes a colleague with shipped roles, and signs them in. Only an administrator can.
    pub async fn colleague(&self, roles: &[&str], department: Option<&str>) -> Actor<'_> {
        let role_ids = self.role_ids(roles).await;
        self.hire(&role_ids, department).await
    }

    /// The same with roles by their ids.
    pub async fn colleague_with(&self, role_ids: &[Value]) -> Actor<'_> {
        self.hire(role_ids, None).await
    }

    /// The same in a department, which their first session knows.
    pub async fn colleague_in(&self, department: &str, role_ids: &[Value]) -> Actor<'_> {
        self.hire(role_ids, Some(department)).await
    }

    /// The same with roles by their ids, in a department.
    pub async fn hire(&self, role_ids: &[Value], department: Option<&str>) -> Actor<'_> {
        let username = format!("u{}", Uuid::new_v4().simple());
        let user = json!({"name": "同事", "username": username, "department_id": department});
        let id = self.create("users", &user).await["id"].as_str().expect("an id").to_owned();
        let path = format!("/api/v1/users/{id}");
        let answer = self.change(Method::PUT, &path, "/roles", &json!({"roles": role_ids})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let reset = self.request(Method::POST, &format!("{path}/password"));
        let answer = Answer::of(reset.header("if-match", answer.header("etag"))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let temporary = answer.json()["password"].as_str().expect("a password").to_owned();
        let person = self.app.sign_in(&username, &temporary).await;
        let change = person.post("/api/v1/me/password", &json!({"current": temporary, "new": PASSWORD})).await;
        assert_eq!(change.status, 204, "{change:?}");
        // A new session, because the old one was read before the change and may be remembered for a moment.
        self.app.sign_in(&username, PASSWORD).await
    }

    async fn role_ids(&self, keys: &[&str]) -> Vec<Value> {
        let roles = self.get("/api/v1/roles?limit=100").await.json();
        let name = |key: &str| messages::text(Locale::Chinese, &format!("role.{key}"), &BTreeMap::new());
        let id = |key: &&str| {
            let role = roles["data"].as_array().expect("roles").iter().find(|role| role["name"] == name(key).as_str());
            role.unwrap_or_else(|| panic!("no role {key}"))["id"].clone()
        };
        keys.iter().map(id).collect()
    }
}

/// The refresh token that an answer sets.
pub fn cookie_of(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").split(';').next().unwrap_or_default();
    cookie.split_once('=').map(|(_, token)| token.to_owned()).unwrap_or_default()
}
