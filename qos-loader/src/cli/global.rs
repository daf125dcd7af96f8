//! Options of every command.

use std::io;

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

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
        let log = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_target(false)
            .with_ansi(output::errors_are_styled())
            .with_writer(io::stderr);
        match self.log_format {
            LogFormat::Text => log.init(),
            LogFormat::Json => log.json().flatten_event(true).init(),
        }
    }
}
