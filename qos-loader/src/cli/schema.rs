//! `qos-loader schema`

use std::process::ExitCode;

use crate::error::Result;
use crate::output::Output;
use crate::policy::schema::schema;

/// Print the JSON Schema of the policy file
///
/// Editors complete and check a policy file with it. Save it beside the file and name it in the
/// file's first line: `#:schema ./qos-loader.schema.json` (Even Better TOML and taplo read that).
/// What only `check` can find out, such as a prefix with host bits, the schema lets pass.
#[derive(Debug, clap::Args)]
pub(super) struct Args;

pub(super) fn run(output: Output) -> Result<ExitCode> {
    output.json(&schema())?;
    Ok(ExitCode::SUCCESS)
}
