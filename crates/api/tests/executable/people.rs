//! People from the machine itself, while a server runs on the same data.

use serde_json::{Value, json};

use crate::stage::Stage;

#[test]
fn whoever_lost_the_phone_is_let_in_from_the_machine() {
    let mut stage = Stage::new();
    stage.serve();
    let printed = stage.printed(&["user", "create", "chen.xiao", "--name", "陈晓", "--role", "sales"]);
    let password = printed.trim();
    // Only an app could learn a secret and confirm it. The door asks for a code whatever the secret is.
    stage.sql(
        "insert into second_factors (user_id, secret, begun_at, active_since, last_step)
         select id, 'sealed', now(), now(), 0 from users where username = 'chen.xiao'",
    );
    let (status, answer) = sign_in(&stage, password);
    assert_eq!((status, &answer["access_token"]), (202, &Value::Null), "{answer}");
    let printed = stage.printed(&["user", "remove-second-factor", "Chen.Xiao"]);
    assert!(printed.contains("signs in with the password alone"), "{printed}");
    let (status, answer) = sign_in(&stage, password);
    assert_eq!(status, 200, "{answer}");
    assert!(answer["access_token"].is_string(), "{answer}");
    let told = "select operation from changes where resource = 'users' and reason = 'second_factor_removed'";
    assert_eq!(stage.sql(told), ["update"], "the history tells of it as it does when an administrator did it");
    let again = stage.refused(&["user", "remove-second-factor", "chen.xiao"]);
    assert!(again.contains("nothing was taken away"), "{again}");
    let nobody = stage.refused(&["user", "remove-second-factor", "nobody"]);
    assert!(nobody.contains("there is nobody called \"nobody\""), "{nobody}");
}

fn sign_in(stage: &Stage, password: &str) -> (u16, Value) {
    let body = json!({"username": "chen.xiao", "password": password}).to_string();
    stage.post("/api/v1/auth/login", "Content-Type: application/json\r\n", &body)
}
