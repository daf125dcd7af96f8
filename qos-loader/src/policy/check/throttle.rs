//! Rates. Windows counts in bytes and tc in bits, so that a number without a unit could be either.

use super::Fault;
use crate::diagnostic::{quoted, shortened};
use crate::policy::condition::KnownName as _;
use crate::policy::parse::{Value, digits};
use crate::policy::throttle::{Rate, RateUnit};

const RIGHT: &str = "write for instance \"512 KBps\" (KBps, MBps: 1024 and 1024² bytes a second) or \
                     \"4 mbit\" (kbit, mbit, gbit: decimal bits a second)";

/// A whole number and its unit, with or without blanks between.
pub fn read(value: &Value) -> Result<Rate, Fault> {
    if let Some(number) = value.number() {
        let fault = Fault::unreadable("a rate has a unit, this is a number alone");
        return Err(if (1..1_000_000_000_000).contains(&number) {
            fault.hinted(format!("did you mean \"{number} KBps\" or \"{number} kbit\"?"))
        } else {
            fault.hinted(RIGHT)
        });
    }
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a rate in quotation marks", value).hinted(RIGHT));
    };
    let fault = || Fault::unreadable(format!("{} is no rate", quoted(text)));
    let unit_start = text.find(|one: char| !one.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_start);
    let unit = unit.trim_start_matches([' ', '\t']);
    let Some(unit) = RateUnit::ALL.iter().find(|one| is_written(**one, unit)) else {
        return Err(fault().hinted(match near(unit) {
            Some(near) if !number.is_empty() => {
                format!("did you mean \"{} {}\"?", shortened(number), near.name())
            }
            _ if ["GBps", "GB/s"].contains(&unit) => "write it in MBps: 1 GB is 1024 MB".to_owned(),
            _ if !number.is_empty() && unit.starts_with(['.', ',']) => {
                "a rate is a whole number without separators, such as \"1500 kbit\"".to_owned()
            }
            _ => RIGHT.to_owned(),
        }));
    };
    let number = digits(number).and_then(|number| u64::try_from(number).ok());
    let rate = number.ok_or_else(|| fault().hinted(RIGHT))?;
    Rate::new(rate, *unit).ok_or_else(|| match rate {
        0 => fault().hinted("a rate is 1 or more; nothing at all is a firewall's business"),
        _ => fault().hinted("that is more than can be counted: leave the throttle out"),
    })
}

fn is_written(unit: RateUnit, text: &str) -> bool {
    text == unit.name() || (in_any_case(unit) && text.eq_ignore_ascii_case(unit.name()))
}

/// Whether the case of a unit's letters is of no matter: `B` and `b` are a factor of eight apart.
pub const fn in_any_case(unit: RateUnit) -> bool {
    match unit {
        RateUnit::KBps | RateUnit::MBps => false,
        RateUnit::Kbit | RateUnit::Mbit | RateUnit::Gbit => true,
    }
}

/// What people write in other places.
fn near(unit: &str) -> Option<RateUnit> {
    Some(match unit {
        "KB/s" | "kB/s" | "KiB/s" | "kBps" | "KB" | "kB" | "K" | "k" | "KBPS" | "kBs" => {
            RateUnit::KBps
        }
        "MB/s" | "MiB/s" | "MB" | "M" | "m" | "mBps" | "MBPS" => RateUnit::MBps,
        "kbps" | "Kbps" | "kbit/s" | "kb/s" | "Kb/s" | "kb" | "Kb" => RateUnit::Kbit,
        "mbps" | "Mbps" | "mbit/s" | "Mbit/s" | "Mb/s" | "mb/s" | "mb" | "Mb" => RateUnit::Mbit,
        "gbps" | "Gbps" | "gbit/s" | "Gbit/s" | "Gb/s" | "gb/s" | "gb" | "Gb" => RateUnit::Gbit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<Rate, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn windows_counts_in_bytes_and_tc_in_bits() {
        for (written, bytes) in [
            ("512 KBps", 524_288),
            ("1MBps", 1_048_576),
            ("8 kbit", 1_000),
            ("100 Mbit", 12_500_000),
            ("1 gbit", 125_000_000),
        ] {
            assert_eq!(text(written).unwrap().bytes_per_second(), bytes);
        }
        assert_eq!(text("512KBps").unwrap().to_string(), "512 KBps");
    }

    #[test]
    fn what_is_no_rate_is_told_what_would_be_right() {
        let hint = |written: &str| text(written).unwrap_err().hints.remove(0);
        assert_eq!(hint("512"), "did you mean \"512 KBps\" or \"512 kbit\"?");
        assert_eq!(hint("10 Mbps"), "did you mean \"10 mbit\"?");
        assert_eq!(hint("10 MB/s"), "did you mean \"10 MBps\"?");
        assert!(hint("1.5 mbit").starts_with("a rate is a whole number"));
        assert!(hint("0 kbit").starts_with("a rate is 1 or more"));
        assert!(hint("99999999999999 gbit").starts_with("that is more than can be counted"));
        for wrong in ["", "fast", "KBps", "-1 kbit", "1 parsec"] {
            assert_eq!(hint(wrong), RIGHT, "{wrong}");
        }
    }
}
