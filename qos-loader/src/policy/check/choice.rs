//! Values that are one of a few words.

use super::{Fault, key};
use crate::diagnostic::quoted;
use crate::policy::condition::KnownName;
use crate::policy::parse::Value;

/// One of the names of `T`, in any case.
pub fn read<T: KnownName>(value: &Value) -> Result<T, Fault> {
    let names = T::ALL.iter().map(|one| one.name());
    let right = format!("write one of {}", names.clone().collect::<Vec<_>>().join(", "));
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a word in quotation marks", value).hinted(right));
    };
    let chosen = T::ALL.iter().find(|one| one.name().eq_ignore_ascii_case(text));
    chosen.copied().ok_or_else(|| {
        let fault =
            Fault::unreadable(format!("{} is none of the words for this key", quoted(text)));
        match key::nearest(text, names) {
            Some(near) => fault.hinted(format!("did you mean \"{near}\"?")),
            None => fault.hinted(right),
        }
    })
}

/// `true` or `false`; an argument writes it as a text.
pub fn boolean(value: &Value) -> Result<bool, Fault> {
    match value {
        Value::Boolean(boolean) => Ok(*boolean),
        Value::Text(text) if text == "true" => Ok(true),
        Value::Text(text) if text == "false" => Ok(false),
        Value::Text(_) | Value::Integer(_) | Value::List(_) | Value::Other(_) => {
            Err(Fault::wrong_type("a boolean", value).hinted("write true or false"))
        }
    }
}

/// The level of inbound throughput, 0 to 3.
pub fn inbound_level(value: &Value) -> Result<u8, Fault> {
    const RIGHT: &str = "0 is 64 KB, 1 is 256 KB, 2 is 1 MB and 3 is 16 MB of receive window";
    let Some(number) = value.number() else {
        return Err(Fault::wrong_type("a level of 0 to 3", value).hinted(RIGHT));
    };
    let level = u8::try_from(number).ok().filter(|level| *level <= 3);
    level.ok_or_else(|| Fault::no(number, "level").hinted(RIGHT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::settings::{AppMarking, Shaper};

    #[test]
    fn words_are_read_in_any_case_and_near_ones_suggested() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(read(&text("Ignore")), Ok(AppMarking::Ignore));
        let hints = |text: &Value| read::<Shaper>(text).unwrap_err().hints;
        assert_eq!(hints(&text("gcar")), ["did you mean \"gcra\"?"]);
        assert_eq!(hints(&text("tbf")), ["write one of auto, gcra, htb, edt"]);
        assert_eq!(hints(&Value::Boolean(true)), ["write one of auto, gcra, htb, edt"]);
    }

    #[test]
    fn booleans_and_levels_are_nothing_else() {
        assert_eq!(boolean(&Value::Text("false".to_owned())), Ok(false));
        boolean(&Value::Integer(1)).unwrap_err();
        boolean(&Value::Text("yes".to_owned())).unwrap_err();
        assert_eq!(inbound_level(&Value::Integer(3)), Ok(3));
        for wrong in [-1, 4, 256] {
            inbound_level(&Value::Integer(wrong)).unwrap_err();
        }
    }
}
