//! Code points. People mix them up with the TOS byte that holds them, so that numbers above 63 are
//! answered with the code point that they stand for as a TOS byte.

use qos_common::dscp::{Dscp, ECN_MASK, REGISTRY};

use super::{Fault, key};
use crate::diagnostic::quoted;
use crate::policy::parse::{Value, digits};

const RIGHT: &str = "write 0 to 63, or a name such as EF, AF41 or CS1";

/// A number of 0 to 63, or a name of the registry in any case.
pub fn read(value: &Value) -> Result<Dscp, Fault> {
    match value {
        Value::Integer(number) => from_number(*number),
        Value::Text(text) => from_text(text),
        Value::List(_) => Err(Fault::wrong_type("one DSCP", value).hinted(RIGHT)),
        Value::Boolean(_) | Value::Other(_) => {
            Err(Fault::wrong_type("a DSCP", value).hinted(RIGHT))
        }
    }
}

/// A name of the registry in any case, or a number of 0 to 63, in hexadecimal after `0x`.
pub fn from_text(text: &str) -> Result<Dscp, Fault> {
    if let Some(number) = number(text) {
        return from_number(number);
    }
    Dscp::by_name(text).ok_or_else(|| {
        let names = REGISTRY.iter().flat_map(|entry| [&[entry.name], entry.aliases].concat());
        let fault = Fault::unreadable(format!("there is no DSCP called {}", quoted(text)));
        match key::nearest(text, names) {
            Some(near) => fault.hinted(format!("did you mean {near}?")),
            None => fault.hinted(RIGHT),
        }
    })
}

/// The number that `text` writes in decimal digits, or in hexadecimal ones after `0x`.
pub fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        // The library takes a sign too.
        Some(signed) if signed.starts_with('+') => None,
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok().map(i64::from),
        None => digits(text),
    }
}

/// A number of 0 to 63.
pub fn from_number(number: i64) -> Result<Dscp, Fault> {
    if let Some(dscp) = u8::try_from(number).ok().and_then(Dscp::new) {
        return Ok(dscp);
    }
    let fault = Fault::no(number, if number < 0 { "DSCP" } else { "DSCP: the largest is 63" });
    match u8::try_from(number) {
        Ok(tos) if tos & ECN_MASK == 0 => {
            let dscp = Dscp::of_traffic_class(tos);
            let name = dscp.name().map(|name| format!(" ({name})")).unwrap_or_default();
            let hint = format!("did you mean dscp = {}{name}, TOS {tos:#04x}?", dscp.value());
            Err(fault.hinted(hint))
        }
        _ => Err(fault.hinted(RIGHT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tos_byte_is_answered_with_its_code_point() {
        let hint = |number| from_number(number).unwrap_err().hints.remove(0);
        assert_eq!(hint(184), "did you mean dscp = 46 (EF), TOS 0xb8?");
        assert_eq!(hint(188), "did you mean dscp = 47, TOS 0xbc?");
        assert_eq!(hint(64), "did you mean dscp = 16 (CS2), TOS 0x40?");
        for no_tos in [185, 256, 1000, -1] {
            assert_eq!(hint(no_tos), RIGHT);
        }
    }

    #[test]
    fn names_and_numbers_are_read_and_near_names_suggested() {
        assert_eq!(from_text("af41"), from_number(34));
        assert_eq!(from_text("63"), from_number(63));
        assert_eq!(from_text("AF44").unwrap_err().hints, ["did you mean AF43?"]);
    }
}
