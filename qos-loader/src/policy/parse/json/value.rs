//! Values of a JSON document.

use core::ops::Range;

use jsonc_parser::ast::{self, Object, ObjectProp};
use jsonc_parser::common::Ranged as _;
use qos_common::dscp::Dscp;
use toml::Spanned;

use crate::policy::parse::Value;

const ODD_DSCP: &str = "no object as {\"value\":46,\"name\":\"EF\",\"tos\":184} is one";

/// A DSCP, which may be an object.
pub(super) fn dscp(json: &ast::Value<'_>) -> Spanned<Value> {
    match json.as_object().map(number_of) {
        Some(Some(number)) => value(number),
        Some(None) => Spanned::new(span(json), Value::Other(ODD_DSCP)),
        None => value(json),
    }
}

/// The number of `{"value":46,"name":"EF","tos":184}`, unless something in it contradicts it.
fn number_of<'a, 'b>(dscp: &'b Object<'a>) -> Option<&'b ast::Value<'a>> {
    let number = &dscp.get("value")?.value;
    let value = number.as_number_lit().and_then(|number| number.value.parse().ok());
    // What is no code point is told so where values are checked.
    let Some(code_point) = value.and_then(Dscp::new) else { return Some(number) };
    let agrees = |property: &ObjectProp<'_>| match (property.name.as_str(), &property.value) {
        ("value", _) | ("name", ast::Value::NullKeyword(_)) => true,
        ("name", ast::Value::StringLit(name)) => Dscp::by_name(&name.value) == Some(code_point),
        ("tos", ast::Value::NumberLit(tos)) => tos.value == code_point.tos().to_string(),
        _ => false,
    };
    (dscp.properties.len() <= 3 && dscp.properties.iter().all(agrees)).then_some(number)
}

/// A value as TOML would have it.
pub(super) fn value(json: &ast::Value<'_>) -> Spanned<Value> {
    let read = match json {
        ast::Value::StringLit(text) => Value::Text(text.value.to_string()),
        ast::Value::NumberLit(number) => match number.value.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) if number.value.contains(['.', 'e', 'E']) => Value::Other("a fraction"),
            Err(_) => Value::Other("a number of more than 64 bits"),
        },
        ast::Value::BooleanLit(boolean) => Value::Boolean(boolean.value),
        ast::Value::Array(list) => Value::List(list.elements.iter().map(value).collect()),
        ast::Value::Object(_) | ast::Value::NullKeyword(_) => Value::Other(kind(json)),
    };
    Spanned::new(span(json), read)
}

/// What people call its type.
pub(super) const fn kind(json: &ast::Value<'_>) -> &'static str {
    match json {
        ast::Value::StringLit(_) => "a text",
        ast::Value::NumberLit(_) => "a number",
        ast::Value::BooleanLit(_) => "a boolean",
        ast::Value::Object(_) => "an object",
        ast::Value::Array(_) => "a list",
        ast::Value::NullKeyword(_) => "null",
    }
}

/// Where it stands.
pub(super) fn span(json: &ast::Value<'_>) -> Range<usize> {
    json.start()..json.end()
}

/// Where the name of a property stands.
pub(super) fn name_span(property: &ObjectProp<'_>) -> Range<usize> {
    property.name.start()..property.name.end()
}
