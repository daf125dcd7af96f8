//! Names and globs of network interfaces.

use glob::Pattern;

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::parse::Value;

const RIGHT: &str = "write a name (\"eth0\"), a glob (\"eth*\"), or one to leave out (\"!eth9\")";

/// A name or a glob, with a `!` before it to leave out what it matches.
pub fn read(value: &Value) -> Result<String, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("an interface in quotation marks", value).hinted(RIGHT));
    };
    let pattern = text.strip_prefix('!').unwrap_or(text);
    // The kernel allows neither in a name.
    let possible = !pattern.is_empty()
        && !pattern.contains(|one: char| one == '/' || one.is_whitespace() || one.is_control());
    if possible && Pattern::new(pattern).is_ok() {
        Ok(text.clone())
    } else {
        Err(Fault::unreadable(format!("{} names no interface", quoted(text))).hinted(RIGHT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_globs_and_exceptions_are_read() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        for right in ["eth0", "eth*", "!eth9", "en[op]*"] {
            assert_eq!(text(right).as_deref(), Ok(right));
        }
        for wrong in ["", "!", "a b", "a/b", "eth[0"] {
            text(wrong).unwrap_err();
        }
    }
}
