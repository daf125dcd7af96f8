//! What the eBPF program logs, through aya-log. The level is a constant that is set before loading,
//! so that the verifier removes the calls that are off.

use core::future::pending;

use aya::Ebpf;
use aya_log::EbpfLogger;
use tokio::io::{Interest, unix::AsyncFd};

use crate::error::{Error, Result};

/// How much the eBPF program says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// Nothing yet has this level.
    Error,
    /// Packets that could not be written.
    Warn,
    /// Nothing yet has this level.
    Info,
    /// Malformed packets.
    Debug,
    /// Every packet that is rewritten.
    Trace,
}

impl LogLevel {
    /// The level that `tracing` lets through.
    pub fn of_subscriber() -> Self {
        use tracing::level_filters::LevelFilter;
        match LevelFilter::current() {
            LevelFilter::OFF => Self::Off,
            LevelFilter::ERROR => Self::Error,
            LevelFilter::WARN => Self::Warn,
            LevelFilter::INFO => Self::Info,
            LevelFilter::DEBUG => Self::Debug,
            LevelFilter::TRACE => Self::Trace,
        }
    }
}

/// The program's log, to be passed on to `tracing`; none of the one for loaders without `CAP_PERFMON`.
pub struct ProgramLog(Option<AsyncFd<EbpfLogger<&'static dyn log::Log>>>);

impl ProgramLog {
    /// Opens the log of a loaded program; needs a tokio runtime.
    pub(super) fn open(ebpf: &mut Ebpf) -> Result<Self> {
        let logger = match EbpfLogger::init(ebpf) {
            Err(aya_log::Error::MapNotFound) => return Ok(Self(None)),
            logger => logger.map_err(Error::runtime)?,
        };
        // SAFETY: the logger owns its descriptor, and lives as long as the registration.
        let ready = unsafe { AsyncFd::register_with_interest(logger, Interest::READABLE) };
        let ready = ready.map_err(Error::runtime)?;
        Ok(Self(Some(ready)))
    }

    /// Waits for something to be logged, and passes it on.
    pub async fn forward(&mut self) -> Result<()> {
        let Some(ready) = &mut self.0 else { return pending().await };
        let mut guard = ready.readable_mut().await.map_err(Error::runtime)?;
        guard.get_inner_mut().flush();
        guard.clear_ready();
        Ok(())
    }
}
