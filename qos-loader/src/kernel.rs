//! The kernel's side of the loader. [`object`] is the program, [`privilege`] says what is missing,
//! [`dataplane`] loads it, or [`refusal`] says why not, [`swap`] makes an image a map, [`senders`] has it
//! recorded who sends, by the [`hooks`] and the [`layout`] of what they read, [`tcp`] limits what TCP
//! does, [`names`] overhears name servers, [`requests`] follows what clients ask for, [`interfaces`] finds where to attach, [`enforcement`] has a
//! policy set enforced there, by an [`attachment`], with the debts of its [`throttles`] and their
//! [`shaping`], [`counters`] reads what the program counted, [`reports`] what it tells of flows through a [`ring`], and
//! [`log`] passes on what it says.

mod attachment;
mod clsact;
mod counters;
pub mod dataplane;
pub mod enforcement;
pub mod hooks;
pub mod interfaces;
mod layout;
pub mod log;
pub mod names;
mod netlink;
pub mod object;
pub mod privilege;
mod refusal;
pub mod reports;
mod requests;
mod ring;
mod senders;
pub mod shaping;
mod slots;
mod swap;
mod tcp;
mod throttles;

pub use attachment::Direction;
pub use dataplane::{Dataplane, LinkKind};
pub use enforcement::Enforcement;
pub use interfaces::Interface;
pub use log::LogLevel;
use nix::time::{ClockId, clock_gettime};

use crate::error::{Error, Result};

/// `CLOCK_BOOTTIME` in nanoseconds: never the same twice, also over restarts of the loader.
fn boot_time() -> Result<u64> {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME).map_err(Error::runtime)?;
    Ok(now.tv_sec().unsigned_abs() * 1_000_000_000 + now.tv_nsec().unsigned_abs())
}
