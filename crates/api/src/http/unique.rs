//! JSON in which no object names a member twice. Readers disagree which of the two counts (RFC 8259, section 4), so that
//! what one of them has checked is not what the next one sees; such a body is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// A value that is read like any other, and fails at a member that is there already. Nothing else about a value can fail
/// that its syntax has not.
pub struct Unique(Value);

impl Unique {
    pub fn into_value(self) -> Value {
        self.0
    }
}

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(item)) = items.next_element()? {
            values.push(item);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Unique(value))) = members.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member is given twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Value, serde_json::Error> {
        serde_json::from_str::<Unique>(text).map(Unique::into_value)
    }

    #[test]
    fn whatever_has_no_member_twice_is_read_as_ever() {
        let text = r#"{"a":[null,true,-1,18446744073709551615,1.5,"\u4e2d",{"a":{}}],"b":{"a":"x"}}"#;
        assert_eq!(read(text).expect("read"), serde_json::from_str::<Value>(text).expect("read"));
        assert!(read("{\"a\":").expect_err("cut").is_eof());
    }

    #[test]
    fn a_member_given_twice_is_refused_however_deep_and_however_it_is_written() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":[{"a":1,"c":2,"\u0061":3}]}]"#] {
            assert!(read(text).expect_err("refused").is_data(), "{text}");
        }
    }
}
