//! Users and groups.

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::NameOrId;
use crate::policy::parse::Value;

/// A user's name, or a number; the digits of a number are a number.
pub fn user(value: &Value) -> Result<NameOrId, Fault> {
    read(value, "user")
}

/// A group's name or number, likewise.
pub fn group(value: &Value) -> Result<NameOrId, Fault> {
    read(value, "group")
}

fn read(value: &Value, what: &str) -> Result<NameOrId, Fault> {
    let right = format!("write a {what}'s name, a number of 0 to 4294967294, or a list of them");
    if let Some(number) = value.number() {
        // The largest number is what system calls take for "nobody".
        let id = u32::try_from(number).ok().filter(|id| *id != u32::MAX);
        let out_of_range = || Fault::no(number, what).hinted(right);
        return id.map(NameOrId::Id).ok_or_else(out_of_range);
    }
    let Value::Text(name) = value else {
        return Err(Fault::wrong_type(&format!("a {what}"), value).hinted(right));
    };
    // What can't stand in a line of the system's databases can't be a name.
    if name.is_empty() || name.contains(|one: char| one.is_control() || one == ':') {
        return Err(
            Fault::unreadable(format!("{} is no {what}'s name", quoted(name))).hinted(right)
        );
    }
    Ok(NameOrId::Name(name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read() {
        let text = |text: &str| user(&Value::Text(text.to_owned()));
        assert_eq!(text("www-data"), Ok(NameOrId::Name("www-data".to_owned())));
        assert_eq!(text("33"), Ok(NameOrId::Id(33)));
        assert_eq!(group(&Value::Integer(0)), Ok(NameOrId::Id(0)));
        for wrong in [-1, i64::from(u32::MAX), i64::MAX] {
            user(&Value::Integer(wrong)).unwrap_err();
        }
        for wrong in ["", "a:b", "a\n"] {
            text(wrong).unwrap_err();
        }
    }
}
