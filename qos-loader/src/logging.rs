//! Where the log goes, and in what form: lines or objects on standard error, or the journal's own
//! entries.

mod journal;

use std::io;

use clap::ValueEnum;
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer, filter::Targets, fmt, layer::SubscriberExt as _, registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::{
    error::{Error, Result},
    output,
};
use journal::Journal;

/// The forms of the log.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// An object a line, for machines
    Json,
    /// Entries of systemd's journal, with fields such as `QOS_EVENT`
    Journal,
}

/// Logs from now on what is at least as grave as `level`. Without a `format` it goes to the journal
/// if that is where standard error leads, else to standard error as text. Fails if it shall go to
/// the journal and there is none.
pub fn start(level: LevelFilter, format: Option<LogFormat>) -> Result<()> {
    // The libraries' own news help nobody who wants to hear more of packets.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("qos_loader", level)
        .with_target("qos_ebpf", level);
    tracing_subscriber::registry().with(filter).with(layer(format)?).init();
    Ok(())
}

fn layer<S>(format: Option<LogFormat>) -> Result<Box<dyn Layer<S> + Send + Sync>>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let lines = fmt::layer()
        .with_target(false)
        .with_ansi(output::errors_are_styled())
        .with_writer(io::stderr);
    Ok(match format {
        Some(LogFormat::Json) => lines.json().flatten_event(true).boxed(),
        Some(LogFormat::Journal) => Journal::open().map_err(no_journal)?.boxed(),
        None if journal::has_standard_error() => {
            // What standard error says comes to the journal as well.
            Journal::open().map_or_else(|_| lines.boxed(), Layer::boxed)
        }
        Some(LogFormat::Text) | None => lines.boxed(),
    })
}

fn no_journal(error: io::Error) -> Error {
    Error::runtime(error)
        .context("can't log to systemd's journal")
        .hinted("`--log-format text` logs to standard error")
}
