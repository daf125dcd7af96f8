//! `qos-loader dscp`

use std::process::ExitCode;

use qos_common::dscp::{Dscp, wmm_rfc8325, wmm_windows};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::output::table::table;
use crate::output::{Output, policy};
use crate::policy::check::dscp;

/// Show the code points, or one of them, with all that they are called
///
/// The columns are the DSCP in decimal, hexadecimal and binary, the TOS byte that holds it, its
/// name, the service class that RFC 4594 gives it to, and the Wi-Fi access category that it gets by
/// RFC 8325 and by Windows' table.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A DSCP (46 or 0x2e), a name (EF), or a TOS byte (tos:0xb8 or tos:184)
    #[arg(allow_negative_numbers = true)]
    value: Option<String>,
}

pub(super) fn run(args: &Args, output: Output) -> Result<ExitCode> {
    let code_points = match &args.value {
        Some(value) => vec![read(value)?],
        None => (0..=Dscp::MAX).filter_map(Dscp::new).collect(),
    };
    match code_points[..] {
        [only] if output.is_json() => output.json(&document(only))?,
        _ if output.is_json() => {
            output.json(&code_points.into_iter().map(document).collect::<Value>())?;
        }
        _ => output.text(text(&code_points))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(value: &str) -> Result<Dscp> {
    let tos = value.get(..4).filter(|start| start.eq_ignore_ascii_case("tos:"));
    if tos.is_some() {
        // As captures show it, with whatever ECN bits.
        let byte = dscp::number(&value[4..]).and_then(|number| u8::try_from(number).ok());
        return byte.map(Dscp::of_traffic_class).ok_or_else(|| {
            Error::usage(format_args!("\"{value}\" is no TOS byte"))
                .hinted("write tos:0 to tos:255, or tos:0x00 to tos:0xff")
        });
    }
    dscp::from_text(value)
        .map_err(|fault| fault.hints.into_iter().fold(Error::usage(fault.message), Error::hinted))
}

fn text(code_points: &[Dscp]) -> String {
    let titles =
        ["DSCP", "HEX", "BINARY", "TOS", "TOS HEX", "NAME", "CLASS", "WMM RFC 8325", "WMM WINDOWS"];
    let row = |dscp: &Dscp| {
        let registered = dscp.registered();
        vec![
            dscp.value().to_string(),
            hex(*dscp),
            binary(*dscp),
            dscp.tos().to_string(),
            format!("{:#04x}", dscp.tos()),
            registered.map_or("-", |entry| entry.name).to_owned(),
            registered.map_or("-", |entry| entry.class).to_owned(),
            wmm_rfc8325(*dscp).name().to_owned(),
            wmm_windows(*dscp).name().to_owned(),
        ]
    };
    table(&titles, &[0, 3], code_points.iter().map(row).collect())
}

fn document(dscp: Dscp) -> Value {
    json!({
        "value": dscp.value(),
        "hex": hex(dscp),
        "binary": binary(dscp),
        "tos": dscp.tos(),
        "name": dscp.name(),
        "class": dscp.registered().map(|entry| entry.class),
        "wmm": policy::wmm(dscp),
    })
}

fn hex(dscp: Dscp) -> String {
    format!("{:#04x}", dscp.value())
}

fn binary(dscp: Dscp) -> String {
    format!("{:06b}", dscp.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_point_is_found_by_number_name_and_tos_byte() {
        for value in ["10", "0x0a", "AF11", "af11", "tos:40", "tos:0x28", "TOS:0x2a"] {
            assert_eq!(read(value).unwrap().value(), 10, "{value}");
        }
        for wrong in ["64", "-1", "tos:256", "tos:", "tos:-1", "AF44", "", "0x"] {
            read(wrong).unwrap_err();
        }
    }

    #[test]
    fn a_tos_byte_is_answered_with_its_code_point() {
        let error = read("184").unwrap_err().to_string();
        assert!(error.ends_with("hint: did you mean dscp = 46 (EF), TOS 0xb8?"), "{error}");
    }
}
