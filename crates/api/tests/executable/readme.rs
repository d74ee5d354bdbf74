//! The README tells the truth about the settings.

use api::config::SETTINGS;

#[test]
fn every_setting_stands_in_the_readme_with_its_default_and_meaning() {
    let readme = include_str!("../../../../README.md");
    let expected: Vec<String> = SETTINGS
        .iter()
        .map(|setting| format!("| `{}` | {} | {} |", setting.name, default(setting.default), setting.meaning))
        .collect();
    let is_setting = |line: &&str| line.starts_with("| `ZHIYIN_") || line.starts_with("| `DATABASE_");
    let table: Vec<&str> = readme.lines().filter(is_setting).collect();
    assert_eq!(table, expected, "the table must be:\n{}", expected.join("\n"));
}

fn default(text: &str) -> String {
    if text.is_empty() || text.contains(' ') { text.to_owned() } else { format!("`{text}`") }
}
