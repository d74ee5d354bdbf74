//! A large house to measure in: customers and contacts such as a Chinese company has them, by the million.
//!
//! Every value is a pure function of the row's number. The vocabulary is our own; the shape is what matters: names of
//! which few share a rare part and most share a common one, some salespeople with thousands of customers and most with
//! hundreds, and one name in seven in English.

mod draw;
mod load;
mod vocabulary;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::custom::Custom;
use domain::id::Id;
use domain::platform::users::Locale;
use domain::platform::{Department, User};
use domain::relations::contacts::ContactRole;
use domain::relations::customers::{CustomerKind, CustomerLevel, CustomerSource, CustomerStatus, Industry};
use domain::relations::{Contact, Customer};
use domain::resource::{ExternalIds, Record, Seals, Stamp};
use domain::text::pinyin::sort_key;
use uuid::Uuid;

use draw::Draw;
pub use load::load;
use vocabulary::{BRAND, CITIES, FORMS, GIVEN, MAIL_HOSTS, STREETS, SURNAMES, TITLES, TRADES};

/// The people who own customers.
pub const OWNERS: u64 = 500;
const DEPARTMENTS: u64 = 10;
/// So many contacts to each customer.
pub const CONTACTS: u64 = 3;

/// A field of customers as an administrator makes one, with so many different values.
pub const CUSTOM_KEY: &str = "x_batch";
pub const CUSTOM_VALUES: u64 = 2_000;

pub fn custom_value(row: u64) -> String {
    format!("B{:04}", row % CUSTOM_VALUES)
}

/// The first customer came at the start of 2019, the last at the end of 2025.
const FIRST: i64 = 1_546_300_800;
const LAST: i64 = 1_767_225_600;

/// The numbers of the kinds of rows, for chance and ids.
const CUSTOMER: u64 = 1;
const CONTACT: u64 = 2;
const USER: u64 = 3;
const DEPARTMENT: u64 = 4;
const OWNER: u64 = 5;

/// A house of so many customers.
#[derive(Clone, Copy, Debug)]
pub struct Population {
    pub customers: u64,
}

impl Population {
    pub fn contacts(&self) -> u64 {
        self.customers * CONTACTS
    }

    pub fn departments(&self) -> u64 {
        DEPARTMENTS
    }

    pub fn department(&self, row: u64) -> Record<Department> {
        let data = Department { name: format!("销售{}部", row + 1), parent_id: None };
        Record { stamp: stamp(department_id(row), moment(0), None, None), data }
    }

    pub fn user(&self, row: u64) -> Record<User> {
        let mut draw = Draw::of(USER, row);
        let data = User {
            name: person(&mut draw),
            username: format!("seller{row}"),
            locale: Locale::Chinese,
            ..User::default()
        };
        Record { stamp: stamp(owner_id(row), moment(0), None, Some(department_id(row % DEPARTMENTS))), data }
    }

    pub fn customer(&self, row: u64) -> Record<Customer> {
        let mut draw = Draw::of(CUSTOMER, row);
        let (city, region, area) = CITIES[draw.skewed(CITIES.len(), 2.0)];
        let (trade, trade_in_english, industry) = TRADES[draw.skewed(TRADES.len(), 1.6)];
        let brand = brand(&mut draw);
        let name = if draw.chance(0.15) {
            let words = [city, brand.as_str()].map(|text| capitalised(&sort_key(text)));
            format!("{} {} {trade_in_english} Co., Ltd.", words[0], words[1])
        } else {
            let place = if draw.chance(0.8) { city } else { "" };
            format!("{place}{brand}{trade}{}", draw.one_of(FORMS))
        };
        let data = Customer {
            name,
            short_name: draw.chance(0.3).then(|| brand.clone()),
            kind: CustomerKind::Company,
            level: word(CustomerLevel::from_word, &["a", "b", "b", "c", "c", "c", "c", "d", "d", "d"], &mut draw),
            status: word(CustomerStatus::from_word, &["potential", "active", "active", "dormant", "lost"], &mut draw)
                .unwrap_or(CustomerStatus::Potential),
            industry: Industry::from_word(industry),
            source: word(CustomerSource::from_word, CustomerSource::WORDS, &mut draw),
            phones: phones(&mut draw, area),
            emails: if draw.chance(0.7) { vec![email(&brand, row, &mut draw)] } else { Vec::new() },
            region: Some(region.to_owned()),
            city: Some(city.to_owned()),
            address: Some(format!("{}{}号", draw.one_of(STREETS), draw.below(999) + 1)),
            next_contact_on: draw.chance(0.3).then(|| day(&mut draw)),
            ..Customer::default()
        };
        let created = self.created(row, self.customers);
        let owner = owner(row);
        let mut stamp = stamp(self.customer_id(row), created, Some(owner), Some(department_of(owner)));
        stamp.updated_at = later(created, &mut draw);
        stamp.custom.0.insert(CUSTOM_KEY.to_owned(), custom_value(row.wrapping_mul(7919)).into());
        Record { stamp, data }
    }

    /// The contact of a number; the first round gives each customer its primary one.
    pub fn contact(&self, row: u64) -> Record<Contact> {
        let mut draw = Draw::of(CONTACT, row);
        let customer = row % self.customers;
        let name = person(&mut draw);
        let data = Contact {
            customer_id: Id::new(self.customer_id(customer)),
            title: Some(draw.one_of(TITLES).to_owned()),
            role: word(ContactRole::from_word, ContactRole::WORDS, &mut draw),
            is_primary: row < self.customers,
            phones: vec![mobile(&mut draw)],
            emails: if draw.chance(0.5) { vec![email(&name, row, &mut draw)] } else { Vec::new() },
            name,
            ..Contact::default()
        };
        let owner = owner(customer);
        let created = self.created(row, self.contacts());
        let id = draw::id(CONTACT, created.timestamp_millis().unsigned_abs(), row);
        let mut stamp = stamp(id, created, Some(owner), Some(department_of(owner)));
        stamp.updated_at = later(created, &mut draw);
        Record { stamp, data }
    }

    pub fn customer_id(&self, row: u64) -> Uuid {
        draw::id(CUSTOMER, self.created(row, self.customers).timestamp_millis().unsigned_abs(), row)
    }

    fn created(&self, row: u64, rows: u64) -> DateTime<Utc> {
        let milliseconds = (LAST - FIRST) as u64 * 1000 / rows * row;
        moment(0) + TimeDelta::milliseconds(milliseconds as i64)
    }
}

/// Whose customer it is: the first sellers have thousands, the last ones some hundreds.
fn owner(customer: u64) -> u64 {
    Draw::of(OWNER, customer).skewed(OWNERS as usize, 2.0) as u64
}

pub fn owner_id(row: u64) -> Uuid {
    draw::id(USER, FIRST as u64 * 1000, row)
}

fn department_id(row: u64) -> Uuid {
    draw::id(DEPARTMENT, FIRST as u64 * 1000, row)
}

fn department_of(owner: u64) -> Uuid {
    department_id(owner % DEPARTMENTS)
}

fn stamp(id: Uuid, at: DateTime<Utc>, owner: Option<u64>, department_id: Option<Uuid>) -> Stamp {
    Stamp {
        id,
        version: 1,
        created_at: at,
        created_by: None,
        updated_at: at,
        updated_by: None,
        owner_id: owner.map(owner_id),
        department_id,
        external_ids: ExternalIds::default(),
        seals: Seals::default(),
        custom: Custom::default(),
    }
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(FIRST + seconds, 0).expect("a moment of our time")
}

/// Somewhere between the creation and the end of the population's time.
fn later(created: DateTime<Utc>, draw: &mut Draw) -> DateTime<Utc> {
    let left = (moment(LAST - FIRST) - created).num_milliseconds();
    created + TimeDelta::milliseconds((left as f64 * draw.share()) as i64)
}

fn day(draw: &mut Draw) -> NaiveDate {
    (moment(LAST - FIRST) + TimeDelta::days(draw.below(120) as i64)).date_naive()
}

fn word<T>(parse: impl Fn(&str) -> Option<T>, words: &[&str], draw: &mut Draw) -> Option<T> {
    parse(draw.one_of(words))
}

fn brand(draw: &mut Draw) -> String {
    let length = if draw.chance(0.45) { 3 } else { 2 };
    (0..length).map(|_| letter(BRAND, draw)).collect()
}

fn person(draw: &mut Draw) -> String {
    let length = if draw.chance(0.6) { 2 } else { 1 };
    let surname = letter(SURNAMES, draw);
    std::iter::once(surname).chain((0..length).map(|_| letter(GIVEN, draw)).collect::<Vec<_>>()).collect()
}

/// A character of a text whose characters all take three bytes.
fn letter(text: &'static str, draw: &mut Draw) -> char {
    let place = draw.below(text.len() / 3) * 3;
    text[place..].chars().next().unwrap_or('华')
}

fn phones(draw: &mut Draw, area: &str) -> Vec<String> {
    let mut phones = vec![mobile(draw)];
    if draw.chance(0.3) {
        phones.push(format!("{area}-{:08}", 20_000_000 + draw.below(69_999_999)));
    }
    phones
}

fn mobile(draw: &mut Draw) -> String {
    format!("1{}{:09}", draw.one_of(&['3', '5', '7', '8', '9']), draw.below(1_000_000_000))
}

fn email(name: &str, row: u64, draw: &mut Draw) -> String {
    format!("{}{row}@{}", sort_key(name).replace(' ', ""), draw.one_of(MAIL_HOSTS))
}

fn capitalised(spelled: &str) -> String {
    let joined = spelled.replace(' ', "");
    let (first, rest) = joined.split_at(joined.len().min(1));
    first.to_uppercase() + rest
}

#[cfg(test)]
mod tests {
    use domain::check::own::create;

    use super::*;

    const HOUSE: Population = Population { customers: 5_000 };

    #[test]
    fn the_same_number_is_the_same_customer() {
        assert_eq!(HOUSE.customer(77), HOUSE.customer(77));
        assert_ne!(HOUSE.customer(77).data.name, HOUSE.customer(78).data.name);
        assert!(HOUSE.customer_id(1) < HOUSE.customer_id(2), "newer rows have greater ids");
        assert_eq!(HOUSE.contact(77).data.customer_id.uuid(), HOUSE.customer_id(77));
    }

    #[test]
    fn rows_are_what_the_api_would_have_accepted() {
        for row in 0..500 {
            let (customer, contact) = (HOUSE.customer(row).data, HOUSE.contact(row).data);
            assert_eq!(create(&object(&customer), DateTime::default()), Ok(customer));
            assert_eq!(create(&object(&contact), DateTime::default()), Ok(contact));
        }
    }

    fn object(data: &impl serde::Serialize) -> serde_json::Map<String, serde_json::Value> {
        serde_json::from_value(serde_json::to_value(data).expect("JSON")).expect("an object")
    }

    #[test]
    fn some_parts_of_names_are_common_and_most_are_rare() {
        let names: Vec<String> = (0..5_000).map(|row| HOUSE.customer(row).data.name).collect();
        let share = |part: &str| names.iter().filter(|name| name.contains(part)).count() as f64 / 5_000.0;
        assert!((0.6..0.9).contains(&share("有限")), "{}", share("有限"));
        assert!((0.12..0.18).contains(&share("Co., Ltd.")), "{}", share("Co., Ltd."));
        assert!((0.0..0.01).contains(&share("华信")), "{}", share("华信"));
    }
}
