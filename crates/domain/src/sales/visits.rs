//! The way of opportunities through the stages of a pipeline, as it is told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A record and what it is called, where the caller may see that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct StageRef {
    pub id: Uuid,
    pub name: Option<String>,
}

/// A stretch of time in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Visit {
    pub stage: StageRef,
    #[serde(with = "crate::instant")]
    pub entered_at: DateTime<Utc>,
    /// Nothing while it stands there.
    #[serde(with = "crate::instant::option")]
    pub left_at: Option<DateTime<Utc>>,
    /// `moved` to another stage, `won` or `lost`.
    pub outcome: Option<String>,
    /// How long it stood there, up to now if it still does.
    pub seconds: i64,
}

/// What became of the opportunities that entered a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(utoipa::ToSchema))]
pub struct Passage {
    pub stage: StageRef,
    /// Opportunities that entered the stage in this time.
    pub entered: i64,
    /// Those of them that came to a later stage, or were won.
    pub advanced: i64,
    /// Those of them that were won, and those that were lost, out of this stage.
    pub won: i64,
    pub lost: i64,
    /// Days that one stood here on average, up to now if it still does.
    pub average_days: Option<f64>,
}
