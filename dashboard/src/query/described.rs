//! What a query can have, for its documentation: read from the same visit that parses it.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ArrayBuilder, Schema};

use super::grammar::{Parameters, Query, QueryError, Value};

/// One parameter.
pub struct Described {
    pub name: &'static str,
    pub expected: Cow<'static, str>,
    pub default: Option<String>,
    pub schema: Schema,
}

/// The parameters of a query, in their canonical order.
pub fn described<Q: Query>() -> Vec<Described> {
    let mut describer = Describer(Vec::new());
    // Nothing is parsed, so nothing can be refused.
    let _ = Q::default().visit(&mut describer);
    describer.0
}

struct Describer(Vec<Described>);

impl Describer {
    fn describe<T: Value>(&mut self, name: &'static str, default: Option<&T>) {
        self.0.push(Described {
            name,
            expected: T::expected(),
            default: default.map(|it| it.print().into_owned()),
            schema: T::schema(),
        });
    }
}

impl Parameters for Describer {
    fn elsewhere<T: Value>(&mut self, name: &'static str, _: &'static str) {
        self.describe::<T>(name, None);
    }

    fn optional<T: Value>(
        &mut self,
        name: &'static str,
        _: &mut Option<T>,
    ) -> Result<(), QueryError> {
        self.describe::<T>(name, None);
        Ok(())
    }

    fn list<T: Value>(
        &mut self,
        name: &'static str,
        _: &mut Vec<T>,
        most: usize,
    ) -> Result<(), QueryError> {
        let list = ArrayBuilder::new()
            .items(RefOr::T(T::schema()))
            .max_items(Some(most))
            .build();
        self.0.push(Described {
            name,
            expected: T::expected(),
            default: None,
            schema: list.into(),
        });
        Ok(())
    }

    fn value<T: Value>(
        &mut self,
        name: &'static str,
        _: &mut T,
        default: T,
    ) -> Result<(), QueryError> {
        self.describe(name, Some(&default));
        Ok(())
    }
}
