//! Users.

use super::Fault;
use crate::policy::UserMatch;
use crate::policy::parse::Value;

const RIGHT: &str = "write a user's name, a number of 0 to 4294967294, or a list of them";

/// A name, or a number; the digits of a number are a number.
pub fn read(value: &Value) -> Result<UserMatch, Fault> {
    if let Some(number) = value.number() {
        // The largest number is what system calls take for "no user".
        let id = u32::try_from(number).ok().filter(|id| *id != u32::MAX);
        let out_of_range = || Fault::unreadable(format!("{number} is no user")).hinted(RIGHT);
        return id.map(UserMatch::Id).ok_or_else(out_of_range);
    }
    let Value::Text(name) = value else {
        return Err(Fault::wrong_type("a user", value).hinted(RIGHT));
    };
    // What can't stand in a line of the user database can't be a name.
    if name.is_empty() || name.contains(|one: char| one.is_control() || one == ':') {
        return Err(Fault::unreadable(format!("{name:?} is no user's name")).hinted(RIGHT));
    }
    Ok(UserMatch::Name(name.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_are_read() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        assert_eq!(text("www-data"), Ok(UserMatch::Name("www-data".to_owned())));
        assert_eq!(text("33"), Ok(UserMatch::Id(33)));
        assert_eq!(read(&Value::Integer(0)), Ok(UserMatch::Id(0)));
        for wrong in [-1, i64::from(u32::MAX), i64::MAX] {
            read(&Value::Integer(wrong)).unwrap_err();
        }
        for wrong in ["", "a:b", "a\n"] {
            text(wrong).unwrap_err();
        }
    }
}
