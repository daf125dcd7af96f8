//! Options of every command.

use clap::ValueEnum;
use tracing::level_filters::LevelFilter;

use crate::{
    error::Result,
    logging::{self, LogFormat},
};

#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// Print JSON instead of text
    ///
    /// One document on standard output, or a document a line from commands that go on. Messages
    /// for people go to standard error.
    #[arg(long, global = true, help_heading = "Global options")]
    pub(super) json: bool,

    /// How much to log
    #[arg(long, global = true, value_name = "LEVEL", default_value = "info")]
    #[arg(help_heading = "Global options")]
    log_level: LogLevel,

    /// How to log [default: journal under systemd, else text]
    ///
    /// Text and JSON go to standard error. The default is the journal if standard error leads there
    /// anyway, as that of a service does.
    #[arg(long, global = true, value_name = "FORMAT", help_heading = "Global options")]
    log_format: Option<LogFormat>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

impl Global {
    /// Starts the log.
    pub(super) fn start_logging(&self) -> Result<()> {
        let level = match self.log_level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        };
        logging::start(level, self.log_format)
    }
}
