//! Options of every command.

use std::io;

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{
    Layer as _, filter::Targets, fmt::layer, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::output;

#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// Print JSON instead of text
    ///
    /// One document on standard output, or a document a line from commands that go on. Messages
    /// for people go to standard error.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) json: bool,

    /// How much to log to standard error
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    #[arg(help_heading = "Global options")]
    log_level: LogLevel,

    /// How to log
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    #[arg(help_heading = "Global options")]
    log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogFormat {
    /// Lines for people
    Text,
    /// An object a line, for machines
    Json,
}

impl Global {
    /// Sends the log to standard error from now on.
    pub(super) fn start_logging(&self) {
        let level = match self.log_level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        };
        // The libraries' own news help nobody who wants to hear more of packets.
        let filter = Targets::new()
            .with_default(level.min(LevelFilter::WARN))
            .with_target("qos_loader", level)
            .with_target("qos_ebpf", level);
        let log = layer()
            .with_target(false)
            .with_ansi(output::errors_are_styled())
            .with_writer(io::stderr);
        let log = match self.log_format {
            LogFormat::Text => log.boxed(),
            LogFormat::Json => log.json().flatten_event(true).boxed(),
        };
        tracing_subscriber::registry().with(filter).with(log).init();
    }
}
