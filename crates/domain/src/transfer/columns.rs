//! Columns: the names people give to fields in their files, in both languages.

use std::fmt;

use crate::catalogue;
use crate::field::{Access, Field};
use crate::messages;
use crate::platform::users::Locale;
use crate::relations::{Contact, Customer};
use crate::resource::{Definition, Resource};

/// A record of another resource that is told in the same line, such as the first contact of a customer.
#[derive(Clone, Copy, Debug)]
pub struct Companion {
    /// What its targets begin with.
    pub prefix: &'static str,
    pub resource: &'static str,
    /// Its field that names the line's record.
    pub link: &'static str,
    /// Its field that says that it is the one meant.
    pub mark: &'static str,
}

const PRIMARY_CONTACT: Companion =
    Companion { prefix: "contact", resource: Contact::NAME, link: "customer_id", mark: "is_primary" };

/// The companion of a resource's lines.
pub fn companion(resource: &str) -> Option<&'static Companion> {
    (resource == Customer::NAME).then_some(&PRIMARY_CONTACT)
}

impl Companion {
    fn fields(&self) -> impl Iterator<Item = &'static Field> {
        let fields = catalogue::find(self.resource).map_or(&[][..], |definition| definition.fields);
        // What it names beside its record is not looked up by names.
        let own = |field: &&Field| field.key != self.mark && field.kind.referred().is_none();
        fields.iter().filter(own)
    }
}

/// What a column stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// The record's name in the system that the file comes from.
    ExternalId,
    Field(&'static Field),
    /// A field of the record that is told in the same line.
    Companion(&'static Companion, &'static Field),
    /// A column of a document's lines, of which each row of the file tells one.
    Line(&'static Field, &'static Field),
}

impl PartialEq for Companion {
    fn eq(&self, other: &Self) -> bool {
        self.prefix == other.prefix
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::ExternalId => f.write_str("external_id"),
            Target::Field(field) => f.write_str(field.key),
            Target::Companion(companion, field) => write!(f, "{}.{}", companion.prefix, field.key),
            Target::Line(lines, field) => write!(f, "{}.{}", lines.key, field.key),
        }
    }
}

impl Target {
    /// Everything that a column of this resource's files may stand for.
    pub fn all(definition: &Definition) -> Vec<Target> {
        let is_told = |field: &&Field| field.access != Access::ReadOnly && field.kind.is_one_cell();
        let own = definition.own_fields().filter(is_told).map(Target::Field);
        let lines = definition.lines().flat_map(|(lines, columns)| {
            columns.fields.iter().filter(is_told).map(move |field| Target::Line(lines, field))
        });
        let others = companion(definition.name)
            .into_iter()
            .flat_map(|companion| companion.fields().map(|field| Target::Companion(companion, field)));
        [Target::ExternalId].into_iter().chain(own).chain(lines).chain(others).collect()
    }

    /// Reads what `Display` writes.
    pub fn named(definition: &Definition, name: &str) -> Option<Target> {
        Self::all(definition).into_iter().find(|target| target.to_string() == name)
    }

    pub fn label(&self, definition: &Definition, locale: Locale) -> String {
        match self {
            Target::ExternalId => words(locale, "transfer.external_id").to_owned(),
            Target::Field(field) => messages::label(locale, definition.name, field).to_owned(),
            Target::Companion(companion, field) => {
                let resource = words(locale, &format!("resource.{}.one", companion.resource));
                let label = messages::field_label(locale, companion.resource, field.key);
                match locale {
                    Locale::Chinese => format!("{resource}{label}"),
                    Locale::English => format!("{resource} {}", label.to_lowercase()),
                }
            }
            Target::Line(lines, field) => {
                let (lines, label) = (messages::label(locale, definition.name, lines), line_label(locale, field));
                match locale {
                    Locale::Chinese => format!("{lines}：{label}"),
                    Locale::English => format!("{lines}: {}", label.to_lowercase()),
                }
            }
        }
    }

    /// Whether several columns may hold items of it.
    pub fn is_many(&self) -> bool {
        matches!(self, Target::Field(field) | Target::Companion(_, field) | Target::Line(_, field) if field.kind.is_many())
    }

    /// Whether a file without this column cannot make new records.
    pub fn is_required(&self) -> bool {
        matches!(self, Target::Field(field) if field.is_asked_of_new())
    }

    /// What people call it: its key, its labels, and the words of other systems.
    fn names(&self, definition: &Definition) -> Vec<String> {
        let labels = [Locale::Chinese, Locale::English].map(|locale| self.label(definition, locale));
        let key = self.to_string();
        let aliases = ALIASES.iter().filter(|(target, _)| *target == key).flat_map(|(_, words)| words.iter().copied());
        // In a file of documents a column of their lines is called what it is.
        let bare = match self {
            Target::Line(_, field) => {
                vec![field.key, line_label(Locale::Chinese, field), line_label(Locale::English, field)]
            }
            _ => Vec::new(),
        };
        labels.iter().map(String::as_str).chain([key.as_str()]).chain(bare).chain(aliases).map(plain).collect()
    }
}

fn line_label(locale: Locale, field: &Field) -> &'static str {
    messages::field_label(locale, "lines", field.key)
}

fn words(locale: Locale, key: &str) -> &'static str {
    messages::lookup(locale, key).unwrap_or_default()
}

/// Names in files of other systems, beside keys and labels. Written as `plain` leaves them.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "external_id",
        &[
            "externalid",
            "id",
            "code",
            "customerid",
            "customercode",
            "customerno",
            "accountnumber",
            "客户编号",
            "客户编码",
            "客户代码",
            "外部编号",
            "编码",
            "编号",
        ],
    ),
    (
        "name",
        &[
            "companyname",
            "company",
            "customer",
            "customername",
            "account",
            "accountname",
            "公司",
            "公司名称",
            "企业名称",
            "单位名称",
            "客户",
            "名称",
            "姓名",
        ],
    ),
    ("short_name", &["shortname", "abbreviation", "客户简称"]),
    ("credit_code", &["creditcode", "taxid", "taxnumber", "uscc", "信用代码", "税号", "纳税人识别号"]),
    ("phones", &["phone", "phones", "telephone", "tel", "电话号码", "联系电话", "公司电话", "座机"]),
    ("emails", &["email", "emails", "mail", "emailaddress", "电子邮箱", "电子邮件", "公司邮箱"]),
    ("fax", &["fax", "faxnumber", "传真号码"]),
    ("website", &["website", "url", "homepage", "web", "网站", "官网"]),
    ("country", &["country", "国家"]),
    ("region", &["region", "state", "province", "省份", "省", "地区"]),
    ("city", &["city", "town", "所在城市"]),
    ("address", &["address", "street", "addressline1", "地址", "公司地址"]),
    ("postal_code", &["postalcode", "postcode", "zip", "zipcode", "邮编"]),
    ("type_id", &["type", "customertype"]),
    ("parent_id", &["parent", "parentcompany", "上级公司", "母公司"]),
    ("industry", &["industry", "所属行业"]),
    ("level", &["level", "grade", "rating", "级别", "等级", "客户等级"]),
    ("status", &["status", "客户状态"]),
    ("source", &["source", "leadsource", "来源"]),
    ("notes", &["notes", "note", "remark", "remarks", "comment", "comments", "备注信息"]),
    ("customer_id", &["customer", "company", "companyname", "customername", "客户", "客户名称", "公司", "公司名称"]),
    ("title", &["jobtitle", "position", "职位"]),
    ("contact.name", &["contact", "contactname", "contactperson", "联系人", "首要联系人"]),
    ("contact.title", &["contacttitle", "contactposition", "联系人职位"]),
    ("contact.phones", &["contactphone", "mobile", "mobilephone", "cellphone", "手机", "手机号", "联系人手机"]),
    ("contact.emails", &["contactemail", "contactmail"]),
    ("contact.wechat", &["wechat", "微信", "微信号"]),
    (
        "lines.product_id",
        &["product", "productname", "productcode", "sku", "item", "产品名称", "产品编码", "商品", "品名"],
    ),
    ("lines.quantity", &["qty"]),
    ("lines.price", &["unitprice"]),
    ("lines.tax_rate", &["taxrate", "tax", "税率"]),
    ("lines.discount", &["discount", "折扣"]),
];

/// A name without what people write differently: case, blanks, marks.
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What the columns of a file most likely stand for; each target is given once, to the first column that fits it best.
pub fn guess(definition: &Definition, headers: &[String]) -> Vec<Option<Target>> {
    let targets: Vec<(Target, Vec<String>)> =
        Target::all(definition).into_iter().map(|target| (target, target.names(definition))).collect();
    let mut taken = Vec::new();
    let mut guesses = vec![None; headers.len()];
    // Names that fit in an earlier place of a target's list fit better: labels and keys before borrowed words.
    for exact in [true, false] {
        for (header, guess) in headers.iter().zip(&mut guesses).filter(|(_, guess)| guess.is_none()) {
            let header = plain(header);
            let fits = |names: &[String]| {
                let known = if exact { &names[..names.len().min(3)] } else { names };
                known.contains(&header)
            };
            let found = targets.iter().map(|(target, names)| (*target, names.as_slice()));
            *guess =
                found.filter(|(target, names)| !taken.contains(target) && fits(names)).map(|(target, _)| target).next();
            taken.extend(*guess);
        }
    }
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::definition;

    fn guessed(headers: &[&str]) -> Vec<String> {
        let headers: Vec<String> = headers.iter().map(|header| header.to_string()).collect();
        let targets = guess(&definition::<Customer>(), &headers);
        targets.into_iter().map(|target| target.map_or_else(String::new, |target| target.to_string())).collect()
    }

    #[test]
    fn the_headers_of_another_system_are_understood() {
        let headers = [
            "customer_id",
            "company_name",
            "contact_name",
            "contact_title",
            "address",
            "city",
            "region",
            "postal_code",
            "country",
            "phone",
            "fax",
        ];
        let expected = [
            "external_id",
            "name",
            "contact.name",
            "contact.title",
            "address",
            "city",
            "region",
            "postal_code",
            "country",
            "phones",
            "fax",
        ];
        assert_eq!(guessed(&headers), expected);
    }

    #[test]
    fn chinese_headers_are_understood_and_no_target_is_given_twice() {
        assert_eq!(
            guessed(&["客户名称", "公司", "联系人", "手机", "省份/地区", "颜色"]),
            ["name", "", "contact.name", "contact.phones", "region", ""]
        );
    }

    #[test]
    fn every_label_of_an_export_is_understood() {
        for locale in [Locale::Chinese, Locale::English] {
            let definition = definition::<Customer>();
            let targets = Target::all(&definition);
            let headers: Vec<String> = targets.iter().map(|target| target.label(&definition, locale)).collect();
            let guesses: Vec<Target> = guess(&definition, &headers).into_iter().flatten().collect();
            assert_eq!(guesses, targets, "{headers:?}");
        }
    }
}
