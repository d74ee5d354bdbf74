//! Lines that name another line of the same file as their parent. Children wait until their parents are written,
//! wherever in the file these stand: each generation is read in a reading of its own.

use std::collections::HashMap;
use std::io;

use domain::field::Kind;
use domain::resource::Definition;
use domain::text::fold;
use domain::transfer::Target;

use super::lines::hash;
use super::records::Record;

/// Generations that are told apart. What lies deeper comes with the last, and finds only those parents that are there.
const MOST: usize = 20;

#[derive(Default)]
pub struct Family {
    member: Option<&'static str>,
    /// The lines with a parent in the file, and their generation.
    generations: HashMap<i64, usize>,
}

/// The column of a field that names another record of the same resource.
pub fn parent_column(definition: &Definition, mapping: &[Option<Target>]) -> Option<usize> {
    mapping.iter().position(|target| match target {
        Some(Target::Field(field)) => field.kind == Kind::Reference(definition.name),
        _ => false,
    })
}

impl Family {
    pub fn of(
        records: impl Iterator<Item = io::Result<Record>>,
        definition: &Definition,
        mapping: &[Option<Target>],
        parent: usize,
    ) -> io::Result<Self> {
        let is_name = |target: &Option<Target>| match target {
            Some(Target::ExternalId) => true,
            Some(Target::Field(field)) => field.key == definition.title,
            _ => false,
        };
        let names: Vec<usize> = (0..mapping.len()).filter(|column| is_name(&mapping[*column])).collect();
        let (mut bearers, mut parents) = (HashMap::new(), HashMap::new());
        for record in records {
            let record = record?;
            let key = |column: usize| {
                let cell = fold::key(record.cells.get(column)?);
                (!cell.is_empty()).then(|| hash(&cell))
            };
            for name in names.iter().filter_map(|column| key(*column)) {
                bearers.entry(name).or_insert(record.line);
            }
            if let Some(parent) = key(parent) {
                parents.insert(record.line, parent);
            }
        }
        let parents: HashMap<i64, i64> = parents
            .into_iter()
            .filter_map(|(line, name)| Some((line, *bearers.get(&name)?)))
            .filter(|(line, parent)| line != parent)
            .collect();
        let member = match mapping[parent] {
            Some(Target::Field(field)) => Some(field.key),
            _ => None,
        };
        Ok(Self { member, generations: parents.keys().map(|line| (*line, generation(*line, &parents))).collect() })
    }

    /// How often the file is read.
    pub fn readings(&self) -> usize {
        self.generations.values().max().map_or(1, |generation| generation + 1)
    }

    /// In which reading a line is due.
    pub fn reading_of(&self, line: i64) -> usize {
        self.generations.get(&line).copied().unwrap_or_default()
    }

    /// The members of a line that name a record of an earlier reading.
    pub fn told_before(&self, line: i64) -> Vec<&'static str> {
        if self.reading_of(line) > 0 { self.member.into_iter().collect() } else { Vec::new() }
    }
}

/// How many forebears a line has in the file. Those that are each other's come with the last, and are refused there.
fn generation(line: i64, parents: &HashMap<i64, i64>) -> usize {
    std::iter::successors(Some(line), |line| parents.get(line).copied()).skip(1).take(MOST).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::records::Records;

    #[test]
    fn each_generation_is_read_after_its_parents() {
        let customers = domain::catalogue::find("customers").expect("customers");
        let mapping = ["external_id", "name", "parent_id"].map(|name| Target::named(customers, name));
        let text = "3,孙公司,2\n2,子公司,总公司\n1,总公司,\n4,别家,外面的\n5,自己,5\n6,甲,7\n7,乙,6\n";
        let records = Records::new(text.as_bytes(), ',');
        let family = Family::of(records, customers, &mapping, 2).expect("read");
        let readings: Vec<usize> = (1..=7).map(|line| family.reading_of(line)).collect();
        assert_eq!(readings, [2, 1, 0, 0, 0, MOST, MOST]);
        assert_eq!(
            (family.readings(), family.told_before(1), family.told_before(4)),
            (MOST + 1, vec!["parent_id"], vec![])
        );
    }
}
