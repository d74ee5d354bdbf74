//! Jobs: work that is not answered at once.

use serde::Deserialize;
use serde_json::json;

use super::{Call, Result, parse};

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Job {
    pub id: String,
    pub kind: String,
    pub state: String,
    pub user_id: Option<String>,
    pub total: Option<u64>,
    pub done: u64,
    pub failed: u64,
    pub created_at: String,
    pub operation_id: Option<String>,
    /// Where a finished export is fetched, once.
    pub download: Option<String>,
}

impl Job {
    pub fn is_under_way(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "running" | "paused")
    }

    /// How much is done, if anybody knows how much there is.
    pub fn percent(&self) -> Option<u8> {
        let share = ((self.done + self.failed) * 100).checked_div(self.total?)?;
        u8::try_from(share.min(100)).ok()
    }
}

/// The latest jobs of one's own.
pub async fn latest() -> Result<Vec<Job>> {
    let mut body = Call::get("/jobs?limit=20").send().await?.body;
    let mut jobs: Vec<Job> = parse(body["data"].take());
    // Whoever sees everybody's is told of what the house does by itself too, which is nobody's news.
    jobs.retain(|job| job.user_id.is_some());
    jobs.truncate(10);
    Ok(jobs)
}

pub async fn find(id: &str) -> Result<Job> {
    Ok(parse(Call::get(format!("/jobs/{id}")).send().await?.body))
}

/// Stop a job; what it did so far stays.
pub async fn cancel(id: &str) -> Result<Job> {
    Ok(parse(Call::post(format!("/jobs/{id}/cancel"), &json!({})).send().await?.body))
}

/// Fetch what an export made.
pub async fn save_download(job: &Job, name: &str) -> Result<()> {
    let path = job.download.as_deref().unwrap_or_default();
    Call::get(path.trim_start_matches(super::BASE)).save_as(name).await
}
