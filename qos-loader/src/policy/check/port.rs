//! Ports and ranges of ports.

use super::{Fault, protocol};
use crate::diagnostic::quoted;
use crate::policy::PortRange;
use crate::policy::parse::{Value, digits};

const RIGHT: &str = "write a port (443), a range (\"1024:65535\"), or a list of them";

/// A port of 1 to 65535, or a range as `"low:high"`.
pub fn read(value: &Value) -> Result<PortRange, Fault> {
    if let Some(number) = value.number() {
        let port = port(number)?;
        return Ok(PortRange { low: port, high: port });
    }
    match value {
        Value::Integer(number) => Err(out_of_range(*number)),
        Value::Text(text) => range(text),
        Value::Boolean(_) | Value::List(_) | Value::Other(_) => {
            Err(Fault::wrong_type("a port", value).hinted(RIGHT))
        }
    }
}

fn port(number: i64) -> Result<u16, Fault> {
    u16::try_from(number).ok().filter(|port| *port > 0).ok_or_else(|| out_of_range(number))
}

fn out_of_range(number: i64) -> Fault {
    Fault::no(number, "port").hinted("a port is 1 to 65535")
}

fn range(text: &str) -> Result<PortRange, Fault> {
    let Some((low, high)) = ends(text, ':') else {
        let fault = Fault::unreadable(format!("{} is no port", quoted(text)));
        return Err(match ends(text, '-') {
            Some((low, high)) => fault.hinted(format!("did you mean \"{low}:{high}\"?")),
            None if text.eq_ignore_ascii_case("any") => {
                fault.hinted("leave the key out for any port")
            }
            None => match text.split_once('/') {
                Some((number, name)) if digits(number).is_some() && is_protocol(name) => {
                    fault.hinted(format!("a protocol stands alone: `protocol = \"{name}\"`"))
                }
                _ => fault.hinted(RIGHT),
            },
        });
    };
    let (low, high) = (port(low)?, port(high)?);
    if low > high {
        let fault = Fault::unreadable(format!("the range {low}:{high} ends before it starts"));
        return Err(fault.hinted(format!("did you mean \"{high}:{low}\"?")));
    }
    Ok(PortRange { low, high })
}

fn is_protocol(name: &str) -> bool {
    protocol::read(&Value::Text(name.to_owned())).is_ok()
}

fn ends(text: &str, separator: char) -> Option<(i64, i64)> {
    let (low, high) = text.split_once(separator)?;
    Some((digits(low)?, digits(high)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<PortRange, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn single_ports_and_ranges_are_read() {
        assert_eq!(read(&Value::Integer(443)), Ok(PortRange { low: 443, high: 443 }));
        assert_eq!(text("443"), Ok(PortRange { low: 443, high: 443 }));
        assert_eq!(text("1:65535"), Ok(PortRange { low: 1, high: 65535 }));
        assert_eq!(text("80:80"), Ok(PortRange { low: 80, high: 80 }));
    }

    #[test]
    fn what_is_no_port_is_told_what_would_be_right() {
        for number in [0, -1, 65536, i64::MAX] {
            assert_eq!(read(&Value::Integer(number)).unwrap_err().hints, ["a port is 1 to 65535"]);
        }
        assert_eq!(text("80-90").unwrap_err().hints, ["did you mean \"80:90\"?"]);
        assert_eq!(text("90:80").unwrap_err().hints, ["did you mean \"80:90\"?"]);
        for wrong in ["", "https", "80:", ":80", "1:2:3", "+1", " 80", "0:80", "80:65536"] {
            text(wrong).unwrap_err();
        }
    }
}
