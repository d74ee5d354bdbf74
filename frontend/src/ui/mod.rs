//! The component kit. It knows how things look and behave, and no word of the business.
//!
//! Texts arrive as ready strings: switching the language draws the page anew. Values that change while a
//! component lives arrive as signals. See every component in every state at `/gallery`.

mod avatar;
mod breadcrumb;
mod bulk_bar;
mod button;
mod chart;
mod chips;
mod code_input;
mod combobox;
mod dialog;
mod diff;
mod field;
mod icon;
mod inputs;
mod loading;
mod matrix;
mod menu;
mod page;
mod pager;
mod progress;
mod ruled;
mod segments;
mod states;
mod steps;
pub mod table;
mod tabs;
mod tag;
mod timeline;
mod toast;
mod toggles;
mod tooltip;
mod tree;
mod view_bar;

pub use avatar::{Avatar, Person};
pub use breadcrumb::{Breadcrumb, Crumb};
pub use bulk_bar::BulkBar;
pub use button::{Button, IconButton, IconLink, Kind, LinkButton};
pub use chart::{BarChart, LineChart, PieChart, Point};
pub use chips::{ChoiceChips, Suggestions};
pub use code_input::CodeInput;
pub use combobox::{Choice, Combobox, Search};
pub use dialog::{Dialog, Shape};
pub use diff::{Diff, DiffRow, Side};
pub use field::{Field, control};
pub use icon::Icon;
pub use inputs::{AmountInput, DateInput, InstantInput, PasswordInput, SearchInput, SelectInput, TextArea, TextInput};
pub use loading::{Load, Loaded};
pub use matrix::Matrix;
pub use menu::{Menu, MenuItem, left as focus_left};
pub use page::Page;
pub use pager::Pager;
pub use progress::Progress;
pub use ruled::{Head, ruled};
pub use segments::Segments;
pub use states::{Banner, EmptyState, ErrorState, Hollow, NoPermission, Skeleton, SkeletonShape};
pub use steps::Steps;
pub use tabs::{Tab, TabPanel, Tabs};
pub use tag::{Tag, TagInput, Tone};
pub use timeline::{Moment, Timeline};
pub use toast::{Toasts, toast, toast_error, toast_offer, toast_undo};
pub use toggles::{Checkbox, Switch};
pub use tooltip::Tooltip;
pub use tree::{Branch, Tree};
pub use view_bar::{Chip, FilterChips, ViewBar};
