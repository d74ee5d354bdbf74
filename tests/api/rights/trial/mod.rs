//! The rights of random people with random roles over random records, asked at every door at once and compared with a
//! reading that knows nothing of scopes that hold each other, of lenses or of SQL.
//!
//! By default some thousand questions; how to ask them all stands in `tests/README.md`.

mod answers;
mod dice;
mod figures;
mod files;
mod lists;
mod oracle;
mod world;
mod writes;

use dice::Dice;
use domain::{CATALOGUE, Definition};
use futures_util::future::join_all;
use tests::App;
use world::{Person, World};

const PEOPLE: usize = 10;

/// What people work on; who they are themselves is not to be changed by questions.
const RELATIONS: &[Definition] = CATALOGUE.split_at(4).0;

/// What a question found: nothing, or where the house and the oracle differ.
type Told = Result<(), String>;

/// A person before the house, with the world as the oracle knows it.
struct Asking<'a> {
    world: &'a World<'a>,
    person: &'a Person<'a>,
}

impl Asking<'_> {
    async fn one(&self, dice: &mut Dice) -> Told {
        match dice.below(18) {
            0..=1 => self.record(dice).await,
            2 => self.history(dice).await,
            3 => self.expanded(dice).await,
            4..=6 => self.filtered(dice).await,
            7 => self.sorted(dice).await,
            8..=9 => self.searched(dice).await,
            10..=11 => self.changed(dice).await,
            12 => self.tried_in_bulk(dice).await,
            13 => self.batched(dice).await,
            14 => self.revealed(dice).await,
            15..=16 => self.summarised(dice).await,
            _ => self.by_external(dice).await,
        }
    }

    async fn all(&self, questions: usize, seed: u64) -> Vec<String> {
        let mut dice = Dice::of(seed);
        let mut differences = Vec::new();
        for _ in 0..questions {
            differences.extend(self.one(&mut dice).await.err());
        }
        differences.extend(self.imported(&mut dice).await.err());
        for csv in [true, false] {
            differences.extend(self.exported(csv).await.err());
        }
        differences
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_every_door_everybody_learns_what_their_roles_say_and_nothing_else() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let questions = number("RIGHTS_QUESTIONS").unwrap_or(2_000);
    let seed = number("RIGHTS_SEED").unwrap_or(1) as u64;
    let app = App::start().await;
    let admin = app.administrator().await;
    let world = World::make(&admin, PEOPLE, seed).await;
    let world = &world;
    let asked = world.people.iter().zip(1..).map(|(person, at)| async move {
        let asking = Asking { world, person };
        asking.all(questions / PEOPLE, seed * 1_000 + at).await
    });
    let differences: Vec<String> = join_all(asked).await.into_iter().flatten().collect();
    let shown = differences.iter().take(number("RIGHTS_SHOWN").unwrap_or(12)).cloned().collect::<Vec<_>>().join("\n");
    assert!(differences.is_empty(), "{} differences in {questions} questions:\n{shown}", differences.len());
}
