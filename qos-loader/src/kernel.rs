//! The kernel's side of the loader. [`object`] is the program, [`privilege`] says what is missing,
//! [`dataplane`] loads it, or [`refusal`] says why not, [`swap`] makes an image a map, [`senders`] has it
//! recorded who sends, by the [`hooks`] and the [`layout`] of what they read, [`tcp`] limits what TCP
//! does, [`names`] overhears name servers, [`requests`] follows what clients ask for, [`interfaces`] finds where to attach, [`enforcement`] has a
//! policy set enforced there, by an [`attachment`], with the debts of its [`throttles`] and their
//! [`shaping`], [`counters`] reads what the program counted, and
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
mod requests;
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
