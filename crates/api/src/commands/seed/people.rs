//! The people of the demo data: a small company whose sellers own the demo customers. None of them has a password, so
//! nobody can sign in as one of them until an administrator gives them one.

use domain::platform::{Department, User};
use serde_json::json;
use store::platform::{departments, roles, user_roles, users};
use store::{Tx, records};
use uuid::Uuid;

use super::customers::object;

const COMPANY: &str = "演示公司";

struct Person {
    username: &'static str,
    name: &'static str,
    department: &'static str,
    role: &'static str,
}

const PEOPLE: [Person; 9] = [
    person("demo.zhao", "赵敏", "华东销售部", "sales_manager"),
    person("demo.chen", "陈晓", "华东销售部", "sales"),
    person("demo.zhou", "周婷", "华东销售部", "sales"),
    person("demo.huang", "黄磊", "华南销售部", "sales_manager"),
    person("demo.lin", "林海", "华南销售部", "sales"),
    person("demo.wu", "吴静", "华南销售部", "sales"),
    person("demo.xu", "徐军", "客户服务部", "service_manager"),
    person("demo.sun", "孙丽", "客户服务部", "service_agent"),
    person("demo.gao", "高洁", "市场部", "marketing"),
];

const fn person(username: &'static str, name: &'static str, department: &'static str, role: &'static str) -> Person {
    Person { username, name, department, role }
}

/// Makes those who are not there yet, and answers with who sells.
pub async fn hire(tx: &mut Tx<'_>) -> store::Result<Vec<Uuid>> {
    let company = department(tx, COMPANY, None).await?;
    let mut sellers = Vec::new();
    for person in &PEOPLE {
        let department = department(tx, person.department, Some(company)).await?;
        let id = match users::by_username(tx, person.username).await? {
            Some(id) => id,
            None => hired(tx, person, department).await?,
        };
        if person.role.starts_with("sales") {
            sellers.push(id);
        }
    }
    Ok(sellers)
}

async fn hired(tx: &mut Tx<'_>, person: &Person, department: Uuid) -> store::Result<Uuid> {
    let user = json!({"username": person.username, "name": person.name, "department_id": department});
    let id = records::create::<User>(tx, &object(user)).await?.stamp().id;
    let role = roles::by_name(tx, person.role).await?;
    user_roles::add(tx, id, role.as_slice()).await?;
    Ok(id)
}

async fn department(tx: &mut Tx<'_>, name: &str, parent: Option<Uuid>) -> store::Result<Uuid> {
    if let Some(id) = departments::by_name(tx, name, parent).await? {
        return Ok(id);
    }
    let department = object(json!({"name": name, "parent_id": parent}));
    Ok(records::create::<Department>(tx, &department).await?.stamp().id)
}
