//! The properties of a page that paging needs: number of elements, their order, the greatest id.
//! The rest is not parsed.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use clover_core::ids::ItemId;
use clover_core::json::{JsonError, repaired};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The properties of one page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// Number of elements, including those without a usable id.
    pub count: usize,
    /// The least and the greatest id.
    pub ids: Option<(String, String)>,
    /// Whether each id is greater than the previous one.
    pub ascending: bool,
}

/// Reads the properties of a page.
///
/// # Errors
/// [`JsonError`] when the text is not JSON or has no `elements`.
pub(crate) fn head(body: &Bytes) -> Result<Head, JsonError> {
    let read = read_head(body).or_else(|_| read_head(&repaired(body)));
    read.map_err(|error| JsonError {
        path: "elements".into(),
        reason: if error.is_data() {
            "is missing or not a list".into()
        } else {
            format!(
                "broken JSON at line {}, column {}",
                error.line(),
                error.column()
            )
        },
    })
}

fn read_head(body: &[u8]) -> serde_json::Result<Head> {
    let envelope: Envelope<'_> = serde_json::from_slice(body)?;
    let mut head = Head {
        count: envelope.elements.len(),
        ids: None,
        ascending: true,
    };
    let mut previous: Option<&str> = None;
    let mut least: Option<&str> = None;
    let mut greatest: Option<&str> = None;
    for id in envelope.elements.iter().filter_map(Loose::id) {
        head.ascending &= previous.is_none_or(|before| before < id);
        previous = Some(id);
        least = Some(least.map_or(id, |other| other.min(id)));
        greatest = greatest.max(Some(id));
    }
    head.ids = least
        .zip(greatest)
        .map(|(a, b)| (a.to_owned(), b.to_owned()));
    Ok(head)
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    elements: Vec<Loose<'a>>,
}

/// Any JSON value; only a possible id is stored.
enum Loose<'a> {
    Text(Cow<'a, str>),
    Object { id: Option<Cow<'a, str>> },
    Other,
}

impl Loose<'_> {
    fn id(&self) -> Option<&str> {
        match self {
            // All of Clover's ids have the same form, for all kinds of objects.
            Self::Object { id: Some(id) } if ItemId::new(id.as_ref()).is_ok() => Some(id),
            _ => None,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor)
    }
}

struct LooseVisitor;

impl<'de> Visitor<'de> for LooseVisitor {
    type Value = Loose<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id = None;
        while let Some(key) = map.next_key::<Loose<'de>>()? {
            if matches!(&key, Loose::Text(name) if name == "id") {
                id = match map.next_value()? {
                    Loose::Text(text) => Some(text),
                    Loose::Object { .. } | Loose::Other => None,
                };
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Loose::Object { id })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Loose::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Loose::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Head, JsonError> {
        head(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn a_page_gives_its_count_its_outermost_ids_and_its_order() {
        let page = read(
            r#"{"elements":[
               {"id":"A0A0A0A0A0A0A","item":{"id":"Z0Z0Z0Z0Z0Z0Z"}},
               {"name":"b","id":"B0B0B0B0B0B0B"}],"href":"http://x"}"#,
        );
        let ids = Some(("A0A0A0A0A0A0A".into(), "B0B0B0B0B0B0B".into()));
        assert_eq!(
            page,
            Ok(Head {
                count: 2,
                ids: ids.clone(),
                ascending: true
            })
        );
        let page = read(r#"{"elements":[{"id":"B0B0B0B0B0B0B"},{"id":"A0A0A0A0A0A0A"}]}"#);
        assert_eq!(
            page,
            Ok(Head {
                count: 2,
                ids,
                ascending: false
            })
        );
    }

    #[test]
    fn elements_without_a_usable_id_count_and_do_no_harm() {
        let page = read(
            r#"{"elements":[null,7,-7,1.5,true,"text",[1,[2]],{},
               {"id":null},{"id":8},{"id":{"id":"x"}},{"id":["y"]},
               {"id":"no/id"},{"id":"\u0041AAAAAAAAAAAA"},{"a\"b":1,"id":"'no id'"}]}"#,
        )
        .unwrap();
        assert_eq!(page.count, 15);
        assert_eq!(
            page.ids,
            Some(("AAAAAAAAAAAAA".into(), "AAAAAAAAAAAAA".into()))
        );
    }

    #[test]
    fn an_empty_page_has_no_ids() {
        assert_eq!(
            read(r#"{"elements": [ ]}"#),
            Ok(Head {
                count: 0,
                ids: None,
                ascending: true
            })
        );
    }

    #[test]
    fn what_is_no_list_or_no_json_is_an_error_without_its_content() {
        for text in [
            r#"{"message":"CANARY"}"#,
            r#"{"elements":{"CANARY":1}}"#,
            r#"{"elements":[{"id":"CANARY"#,
            "CANARY",
            "",
            r#"{"elements":[]} CANARY"#,
        ] {
            let error = read(text).unwrap_err();
            assert!(!error.to_string().contains("CANARY"), "{error}");
        }
    }
}
