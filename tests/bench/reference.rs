//! The yardstick: pgbench running the statements that the server really sends.
//!
//! The server is started once with a database role that logs every statement with its values. Each request becomes a
//! pgbench script with these values as literals, so both sides ask for the same rows. What a process
//! asks every few seconds, however many requests come, is left out: about sessions, keys and quotas.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use serde_json::Value;

use crate::http::{Connection, request};
use crate::operations::{self, Operation, Requests};

/// The log of the server, read from where the last reading ended.
pub struct Log {
    path: PathBuf,
    read: usize,
}

impl Log {
    pub fn new(path: PathBuf) -> Self {
        Self { path, read: 0 }
    }

    /// The statements since the last call, with their values in place.
    pub async fn statements(&mut self) -> Result<Vec<String>> {
        // The log is written by another process, a moment after the answer.
        tokio::time::sleep(Duration::from_millis(40)).await;
        let text = fs::read_to_string(&self.path)?;
        let new = text.get(self.read..).unwrap_or_default().to_owned();
        self.read = text.len();
        Ok(statements(&new))
    }
}

/// Reads messages such as `... LOG:  execute s3: select ...` and `... DETAIL:  parameters: $1 = '...'`.
fn statements(log: &str) -> Vec<String> {
    let mut messages: Vec<String> = Vec::new();
    for line in log.lines() {
        match (line.strip_prefix('\t'), messages.last_mut()) {
            (Some(rest), Some(message)) => {
                message.push('\n');
                message.push_str(rest);
            }
            _ => messages.push(line.split_once("] ").map_or(line, |(_, message)| message).to_owned()),
        }
    }
    let mut found: Vec<String> = Vec::new();
    for message in &messages {
        if let Some(statement) = message.strip_prefix("LOG:  statement: ") {
            found.push(statement.to_owned());
        } else if let Some((_, statement)) = message.strip_prefix("LOG:  execute ").and_then(|m| m.split_once(": ")) {
            found.push(statement.to_owned());
        } else if let (Some(values), Some(last)) = (message.strip_prefix("DETAIL:  parameters: "), found.last_mut()) {
            *last = filled_in(last, &values_of(values));
        }
    }
    // None of these belongs to a request: a process looks at sessions and keys every few seconds, and tells of quotas once
    // a second.
    found.retain(|statement| {
        !["from sessions", "request_quotas", "from data_keys"].iter().any(|table| statement.contains(table))
    });
    found
}

/// `$1 = 'it''s', $2 = NULL` as literals of SQL.
fn values_of(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            values.push("null".to_owned());
            rest = value.split_once(", $").map_or("", |(_, rest)| rest);
            continue;
        };
        let mut end = 0;
        while let Some(quote) = quoted[end..].find('\'') {
            end += quote;
            if quoted[end + 1..].starts_with('\'') {
                end += 2;
            } else {
                break;
            }
        }
        // pgbench sees a variable in every colon, also within quotes.
        let plain = quoted[..end].replace('\\', "\\\\").replace(':', "\\x3a").replace('\n', "\\n");
        values.push(format!("E'{plain}'"));
        rest = &quoted[end..];
    }
    values
}

/// Puts values in the places of `$1`, `$2`.
fn filled_in(statement: &str, values: &[String]) -> String {
    let mut parts = statement.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        match part[..digits].parse::<usize>().ok().and_then(|number| values.get(number.wrapping_sub(1))) {
            Some(value) => text.push_str(value),
            None => {
                text.push('$');
                text.push_str(&part[..digits]);
            }
        }
        text.push_str(&part[digits..]);
    }
    text
}

/// Sends each request of an operation and writes down what the server sent to the database, a file a request.
pub async fn scripts(
    operation: &Operation,
    connection: &mut Connection,
    token: &str,
    log: &mut Log,
    folder: &Path,
    most: usize,
) -> Result<Vec<PathBuf>> {
    let folder = folder.join(operation.name.replace([' ', ','], "_"));
    fs::create_dir_all(&folder)?;
    let requests = prepared_requests(&operation.requests, connection, token, most).await?;
    // The first one brings statements that are sent once in a while only.
    connection.send(&requests[0]).await?;
    log.statements().await?;
    let mut files = Vec::new();
    for request in requests.iter().skip(1) {
        let answer = connection.send(request).await?;
        ensure!(answer.status < 300, "{}: {} {}", operation.name, answer.status, String::from_utf8_lossy(&answer.body));
        let mut statements = log.statements().await?;
        if let Requests::Create(..) = operation.requests {
            let made = answer.json()?;
            statements = statements.iter().map(|statement| as_another(statement, &made)).collect();
            statements.insert(0, "\\set i random(1, 1000000000000000)".to_owned());
        }
        let script: String = statements
            .iter()
            .map(
                |statement| {
                    if statement.starts_with('\\') { format!("{statement}\n") } else { format!("{statement};\n") }
                },
            )
            .collect();
        let file = folder.join(format!("{}.sql", files.len()));
        fs::write(&file, script)?;
        files.push(file);
    }
    Ok(files)
}

async fn prepared_requests(
    requests: &Requests,
    connection: &mut Connection,
    token: &str,
    most: usize,
) -> Result<Vec<Vec<u8>>> {
    Ok(match requests {
        Requests::Read(paths) => {
            paths.iter().cycle().take(most).map(|path| request("GET", path, token, "", "")).collect()
        }
        Requests::Ask(path, bodies) | Requests::Create(path, bodies) => {
            bodies.iter().cycle().take(most).map(|body| operations::post(path, body, token)).collect()
        }
        Requests::Update(ids) => {
            let mut ready = Vec::new();
            for (turn, id) in ids.iter().enumerate().take(most) {
                let record = operations::get(connection, token, &format!("/api/v1/customers/{id}")).await?;
                let etag = format!("\"{}\"", record["etag"].as_str().context("an etag")?);
                ready.push(operations::update(id, &etag, turn + 1, token));
            }
            ready
        }
    })
}

/// A record that pgbench inserts must have an id of its own, at the end of the index as ours are, and so must its number and
/// its lines.
fn as_another(statement: &str, made: &Value) -> String {
    let new = "(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '70008' \
               || lpad(to_hex(:i::bigint), 15, '0'))::uuid";
    let mut statement = statement.to_owned();
    if let Some(id) = made["id"].as_str() {
        statement = statement.replace(&format!("E'{id}'"), new);
    }
    if let Some(number) = made["number"].as_str() {
        statement = statement.replace(&format!("E'{number}'"), "('N' || :i)");
    }
    let Some(first) = made["lines"][0]["id"].as_str().and_then(|id| statement.find(id)) else { return statement };
    let (Some(from), Some(to)) = (statement[..first].rfind("E'["), statement[first..].find("]'")) else {
        return statement;
    };
    let mut lines = statement[from..first + to + 2].to_owned();
    for line in made["lines"].as_array().into_iter().flatten().filter_map(|line| line["id"].as_str()) {
        lines = lines.replace(line, "' || gen_random_uuid() || E'");
    }
    format!("{}({lines})::jsonb{}", &statement[..from], &statement[first + to + 2..])
}

/// Runs scripts, chosen at random, for so long; transactions a second.
pub fn pgbench(
    program: &Path,
    url: &str,
    scripts: &[PathBuf],
    prepared: bool,
    connections: usize,
    seconds: u64,
) -> Result<f64> {
    let mut command = Command::new(program);
    let mode = if prepared { "prepared" } else { "extended" };
    command.args(["--no-vacuum", "--protocol", mode, "--client", &connections.to_string()]);
    command.args(["--jobs", &connections.min(2).to_string(), "--time", &seconds.to_string()]);
    for script in scripts {
        command.arg("--file").arg(script);
    }
    let answer = command.arg(url).output().with_context(|| format!("cannot start {}", program.display()))?;
    let (text, complaint) = (String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    let line = text.lines().find_map(|line| line.strip_prefix("tps = "));
    let Some(figure) = line.and_then(|line| line.split(' ').next()?.parse().ok()) else {
        bail!("pgbench: {complaint}")
    };
    Ok(figure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_statement_gets_its_values_back() {
        let log = "2026-11-21 23:00:00 UTC [7] LOG:  execute s1: select a from t where b = $1 and\n\
                   \tc = $2 or d = $10\n\
                   2026-11-21 23:00:00 UTC [7] DETAIL:  parameters: $1 = 'it''s 10:30', $2 = NULL, $3 = 'x, $4 = y'\n\
                   2026-11-21 23:00:00 UTC [7] LOG:  statement: COMMIT\n";
        let expected = ["select a from t where b = E'it''s 10\\x3a30' and\nc = null or d = $10", "COMMIT"];
        assert_eq!(statements(log), expected);
    }
}
