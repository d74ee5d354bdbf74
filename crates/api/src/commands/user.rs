//! `zhiyin user`: people, from the machine itself. For the first steps, and for whoever is locked out.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use api::application;
use api::auth::{first_start, passwords};
use api::config::Config;
use api::database::Database;
use clap::{Args, Subcommand};
use domain::platform::User;
use serde_json::json;
use store::platform::{credentials, roles, second_factors, user_roles, users};
use store::records::{self, IfMatch};
use store::{Db, Store};

#[derive(Subcommand)]
pub enum Command {
    /// Make somebody who can sign in, and print a temporary password.
    Create(NewUser),
    /// List everybody with their roles.
    List,
    /// Print a new temporary password for somebody; their sessions end.
    ResetPassword { username: String },
    /// Let somebody whose phone is gone in without a code; their sessions end.
    RemoveSecondFactor { username: String },
    /// Print a new link that makes the first administrator.
    SetupLink,
}

#[derive(Args)]
pub struct NewUser {
    /// What the person types to sign in.
    username: String,
    /// What colleagues call the person.
    #[arg(long)]
    name: String,
    /// A role by its name or key, such as administrator or sales; can be repeated.
    #[arg(long = "role")]
    roles: Vec<String>,
}

pub async fn run(config: &Config, command: Command) -> Result<ExitCode> {
    let database = Database::open(config).await?;
    database.migrate().await?;
    let store = application::open_store(config, &database.url).await?;
    let db = store.system("zhiyin user");
    match command {
        Command::Create(user) => create(&db, &user).await?,
        Command::List => list(&db).await?,
        Command::ResetPassword { username } => reset_password(&db, &username).await?,
        Command::RemoveSecondFactor { username } => {
            // The reason that the history has words for, because no field of the person shows what was done.
            remove_second_factor(&store.system("second_factor_removed"), &username).await?;
        }
        Command::SetupLink => print_setup_link(&store, config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(db: &Db, new: &NewUser) -> Result<()> {
    let (password, hash) = temporary_password()?;
    let draft = json!({"username": new.username.trim().to_lowercase(), "name": new.name});
    let draft = draft.as_object().cloned().unwrap_or_default();
    let unknown = db
        .write(async |tx| {
            let mut ids = Vec::new();
            for name in &new.roles {
                match roles::by_name(tx, name).await? {
                    Some(id) => ids.push(id),
                    None => return Ok(Some(name.clone())),
                }
            }
            let user = records::create::<User>(tx, &draft).await?.stamp().id;
            user_roles::add(tx, user, &ids).await?;
            credentials::set(tx, user, &hash, true).await?;
            Ok(None)
        })
        .await
        .with_context(|| format!("{} cannot be made", new.username))?;
    match unknown {
        Some(role) => bail!("there is no role {role:?}"),
        None => println!("{password}"),
    }
    Ok(())
}

async fn list(db: &Db) -> Result<()> {
    for (id, user) in users::everybody(db).await? {
        let held = user_roles::held(db, id).await?;
        let roles: Vec<_> = held.into_iter().map(|role| role.name).collect();
        println!("{}\t{}\t{}\t{}", user.username, user.name, user.status.word(), roles.join(", "));
    }
    Ok(())
}

async fn reset_password(db: &Db, username: &str) -> Result<()> {
    let (password, hash) = temporary_password()?;
    let known = db
        .write(async |tx| {
            let Some(id) = users::by_username(tx, &username.to_lowercase()).await? else { return Ok(false) };
            users::reset_password(tx, id, &IfMatch::Any, &hash).await?;
            Ok(true)
        })
        .await?;
    if !known {
        bail!("there is nobody called {username:?}");
    }
    println!("{password}");
    Ok(())
}

async fn remove_second_factor(db: &Db, username: &str) -> Result<()> {
    let known = db
        .write(async |tx| {
            let Some(id) = users::by_username(tx, &username.to_lowercase()).await? else { return Ok(false) };
            second_factors::take_away(tx, id, &IfMatch::Any).await?;
            Ok(true)
        })
        .await
        .with_context(|| format!("nothing was taken away from {username:?}"))?;
    if !known {
        bail!("there is nobody called {username:?}");
    }
    println!("{username} signs in with the password alone");
    Ok(())
}

async fn print_setup_link(store: &Store, config: &Config) -> Result<()> {
    match first_start::setup_link(store, &config.public_url()).await? {
        Some(link) => println!("{link}"),
        None => bail!("there are people already; use `zhiyin user create` or `zhiyin user reset-password`"),
    }
    Ok(())
}

fn temporary_password() -> Result<(String, String)> {
    let password = passwords::temporary().ok_or_else(|| anyhow!("no randomness"))?;
    let hash = passwords::hash_now(&password).ok_or_else(|| anyhow!("the password cannot be hashed"))?;
    Ok((password, hash))
}
