//! Policy-based QoS for Linux: [`policy`] reads what an administrator wants, [`kernel`] has the
//! kernel do it, [`hosts`] learns the addresses of names, [`flows`] tells of what was classified, [`control`] tells commands what runs, [`process`] and [`socket`] who sends, and
//! [`cli`] is the command line over all.

pub mod cli;
pub mod control;
pub mod demo;
pub mod diagnostic;
pub mod error;
pub mod events;
pub mod flows;
pub mod hosts;
pub mod kernel;
pub mod logging;
pub mod output;
pub mod policy;
pub mod process;
pub mod socket;
