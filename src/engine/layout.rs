//! The layout of a type as a number, asked from the type itself.
//!
//! Enters: a type that can be read in. Leaves: a number that is another one when a field or a variant, its name, its
//! order or its type is. Must not know: which type it is.
//!
//! The type is read from a source that has one of everything: it asks for its fields by their names, one after the other,
//! and what it asks for is noted. When it asks for one of several variants it is given the next of them, until it had all.

use std::collections::BTreeMap;

use serde::de::value::Error;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};

use crate::rollup::hash;

/// The number of a type's layout.
pub fn of<T: DeserializeOwned>() -> u64 {
    let mut asked = Asked::default();
    loop {
        // What refuses to be read has asked first.
        let _ = T::deserialize(&mut asked);
        if !std::mem::take(&mut asked.gave_another) {
            return asked.noted;
        }
    }
}

/// The name of a type, and those of its variants.
type Variants = (&'static str, &'static [&'static str]);

/// What was asked for.
#[derive(Default)]
struct Asked {
    noted: u64,
    /// How many of the variants were given.
    had: BTreeMap<Variants, usize>,
    /// One was given that had not been given before.
    gave_another: bool,
}

impl Asked {
    fn note(&mut self, what: &str) {
        self.noted = hash::combine(self.noted, hash::bytes(what.as_bytes()));
    }

    fn note_all(&mut self, name: &str, parts: &[&str]) {
        self.note(name);
        parts.iter().for_each(|part| self.note(part));
    }

    /// The next variant; the first one again after all others.
    fn next(&mut self, (name, variants): Variants) -> usize {
        let had = self.had.entry((name, variants)).or_default();
        let next = *had;
        if next >= variants.len() {
            return 0;
        }
        *had += 1;
        self.gave_another = true;
        next
    }
}

/// So many values, one after the other.
struct Values<'a>(&'a mut Asked, usize);

impl<'de> SeqAccess<'de> for Values<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(left) = self.1.checked_sub(1) else {
            return Ok(None);
        };
        self.1 = left;
        seed.deserialize(&mut *self.0).map(Some)
    }
}

impl<'de> MapAccess<'de> for Values<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.next_element_seed(seed)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.0)
    }
}

/// The variant with a number.
struct Variant<'a>(&'a mut Asked, usize);

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let number = self.1 as u32;
        Ok((seed.deserialize(number.into_deserializer())?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_struct("", fields, visitor)
    }
}

/// Notes what is asked for, and gives the simplest there is.
macro_rules! simple {
    ($($ask:ident $give:ident($($value:expr)?);)*) => {
        $(fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.note(stringify!($ask));
            visitor.$give($($value)?)
        })*
    };
}

impl<'de> Deserializer<'de> for &mut Asked {
    type Error = Error;

    simple! {
        deserialize_any visit_unit();
        deserialize_ignored_any visit_unit();
        deserialize_unit visit_unit();
        deserialize_bool visit_bool(false);
        deserialize_i8 visit_i8(0);
        deserialize_i16 visit_i16(0);
        deserialize_i32 visit_i32(0);
        deserialize_i64 visit_i64(0);
        deserialize_i128 visit_i128(0);
        deserialize_u8 visit_u8(0);
        deserialize_u16 visit_u16(0);
        deserialize_u32 visit_u32(0);
        deserialize_u64 visit_u64(0);
        deserialize_u128 visit_u128(0);
        deserialize_f32 visit_f32(0.0);
        deserialize_f64 visit_f64(0.0);
        deserialize_char visit_char('0');
        deserialize_str visit_borrowed_str("");
        deserialize_string visit_borrowed_str("");
        deserialize_identifier visit_borrowed_str("");
        deserialize_bytes visit_borrowed_bytes(b"");
        deserialize_byte_buf visit_borrowed_bytes(b"");
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note("option");
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note("seq");
        visitor.visit_seq(Values(self, 1))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.note("map");
        visitor.visit_map(Values(self, 1))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.note(&format!("tuple {len}"));
        visitor.visit_seq(Values(self, len))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(name);
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(name);
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note(name);
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note_all(name, fields);
        visitor.visit_seq(Values(self, fields.len()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.note_all(name, variants);
        let number = self.next((name, variants));
        visitor.visit_enum(Variant(self, number))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    #![allow(dead_code, reason = "these are only asked for their layout")]

    use std::collections::{BTreeMap, BTreeSet};

    use serde::Deserialize;

    use super::of;

    macro_rules! layouts {
        ($($layout:item)*) => {
            [$({
                #[derive(Deserialize)]
                $layout
                of::<Vec<Kept>>()
            }),*]
        };
    }

    #[test]
    fn whatever_changes_is_another_layout() {
        let layouts = layouts! {
            struct Kept { first: u64, last: Option<i64> }
            struct Kept { last: u64, first: Option<i64> }
            struct Kept { first: u64, last: i64 }
            struct Kept { first: u64, last: Option<u64> }
            struct Kept { first: u64, last: Option<i64>, n: u8 }
            struct Kept { first: [u64; 2] }
            struct Kept { first: [u64; 3] }
            struct Kept { first: Vec<u64> }
            struct Kept { first: BTreeMap<u64, u64> }
            struct Kept { first: String }
            struct Kept(u64, i64);
            enum Kept { One, Other(u64) }
            enum Kept { Other(u64), One }
            enum Kept { One, Other(u32) }
            enum Kept { One, Other { n: u32 } }
            enum Kept { One, Other { m: u32 } }
        };
        let different = BTreeSet::from(layouts);
        assert_eq!(different.len(), layouts.len());
    }

    #[test]
    fn it_is_the_same_each_time() {
        type Kept = BTreeMap<(u32, Option<String>), Result<f64, Vec<u8>>>;
        assert_eq!(of::<Kept>(), of::<Kept>());
    }
}
