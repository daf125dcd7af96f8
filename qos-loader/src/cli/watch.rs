//! `qos-loader watch`

mod line;
mod sender;

use std::{pin::pin, process::ExitCode};

use futures_util::StreamExt as _;
use serde_json::json;

use crate::{
    control::{client, watched::Line},
    error::{Error, Result},
    output::Output,
};
use line::FlowLine;

/// Show each flow as it is classified, until it is told to stop
///
/// A line for each flow whose first packet leaves, and again when it gets another policy: when that was, the
/// DSCP before and after, the policy, the application and the user that send, protocol and addresses, and
/// for policies that name hosts the host that matched. Flows that were classified before are not shown. Exit
/// status 0 also if nothing runs, and when the last `run` of this network namespace has ended.
#[derive(Debug, clap::Args)]
pub(super) struct Args {}

pub(super) fn run(output: Output) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Error::runtime)?.block_on(show(output))?;
    Ok(ExitCode::SUCCESS)
}

async fn show(output: Output) -> Result<()> {
    let Some(lines) = client::watch().await? else {
        output.message("nothing runs in this network namespace");
        return Ok(());
    };
    let mut lines = pin!(lines);
    if !output.is_json() {
        output.text(line::TITLES.trim_end())?;
    }
    output.message("watching: flows that were classified before are not shown");
    while let Some(line) = lines.next().await {
        match line? {
            Line::Watching => {}
            Line::Flow(flow) => {
                let sender = sender::find(&flow);
                let line = FlowLine { flow: &flow, sender };
                if output.is_json() {
                    output.json_line(&line.document())?;
                } else {
                    output.text(line)?;
                }
            }
            Line::Lost(lost) if output.is_json() => output.json_line(&json!({ "lost": lost }))?,
            Line::Lost(lost) => {
                output.message(&format!("{lost} flows are not shown: too many at once"));
            }
        }
    }
    output.message("what ran has ended");
    Ok(())
}
