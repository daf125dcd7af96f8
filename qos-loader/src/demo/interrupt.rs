//! Holds SIGINT and SIGTERM back until the demo asks, so that it can remove what it made.

use anyhow::bail;
use nix::sys::{
    signal::{SigSet, Signal},
    signalfd::{SfdFlags, SignalFd},
};

use crate::error::{Error, Result};

/// The signals, held back while this lives.
pub(super) struct Interrupt {
    held: SigSet,
    pending: SignalFd,
}

impl Interrupt {
    /// Holds them back in this thread and those that it starts.
    pub(super) fn hold() -> Result<Self> {
        let held: SigSet = [Signal::SIGINT, Signal::SIGTERM].into_iter().collect();
        held.thread_block().map_err(Error::runtime)?;
        let pending = SignalFd::with_flags(&held, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC);
        Ok(Self { held, pending: pending.map_err(Error::runtime)? })
    }

    /// Fails if one came.
    pub(super) fn check(&self) -> Result<()> {
        let interrupted = || -> anyhow::Result<()> {
            if self.pending.read_signal()?.is_some() {
                bail!("interrupted");
            }
            Ok(())
        };
        Ok(interrupted()?)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Err(error) = self.held.thread_unblock() {
            tracing::warn!("signals stay held back: {error}");
        }
    }
}
