//! Which shaper keeps the rates on an interface, and why.

use std::io;

use libc::ENOENT;
use qos_common::shaper::Way;

use super::root::{Owner, Root};
use crate::policy::settings::Shaper;

/// A shaper, and why it is that one, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) shaper: Shaper,
    pub(super) reason: String,
}

/// What holds while there is no rate to keep.
impl Default for Choice {
    fn default() -> Self {
        Self { shaper: Shaper::Gcra, reason: String::new() }
    }
}

impl Choice {
    /// By what the settings ask for, and the root qdisc of the interface, which `is_own` if this loader made
    /// it.
    pub(super) fn of(wanted: Shaper, root: &Root, is_own: bool) -> Self {
        let name = root.name();
        let (shaper, reason) = match (wanted, root.owner) {
            (Shaper::Gcra, _) => (Shaper::Gcra, "the settings ask for it".to_owned()),
            (Shaper::Htb, Owner::Kernel) => (Shaper::Htb, "the settings ask for it".to_owned()),
            (Shaper::Htb, Owner::Loader) if is_own => {
                (Shaper::Htb, "the settings ask for it".to_owned())
            }
            (Shaper::Htb, Owner::Loader) => {
                (Shaper::Gcra, "the root qdisc is another loader's".to_owned())
            }
            (Shaper::Htb, Owner::Other) => {
                let whose = "which is not the kernel's own and so stays";
                (Shaper::Gcra, format!("the root qdisc is {name}, {whose}"))
            }
            (Shaper::Edt, _) if root.is_fq => (Shaper::Edt, "the settings ask for it".to_owned()),
            (Shaper::Edt, _) => {
                (Shaper::Gcra, format!("edt needs fq, and the root qdisc is {name}"))
            }
            (Shaper::Auto, _) if root.is_fq => (Shaper::Edt, format!("the root qdisc is {name}")),
            (Shaper::Auto, _) => {
                let else_ = "htb, which would take its place, is for who asks for it";
                (Shaper::Gcra, format!("edt needs fq, and the root qdisc is {name}; {else_}"))
            }
        };
        Self { shaper, reason }
    }

    /// Where the kernel did not make the qdisc.
    pub(super) fn without_htb(error: &io::Error) -> Self {
        let reason = match error.raw_os_error() {
            Some(ENOENT) => "this kernel has no HTB (CONFIG_NET_SCH_HTB)".to_owned(),
            _ => format!("HTB could not be made: {error}"),
        };
        Self { shaper: Shaper::Gcra, reason }
    }
}

/// What the program does for a shaper, beside drops.
pub(super) const fn way(shaper: Shaper) -> Option<Way> {
    match shaper {
        Shaper::Htb => Some(Way::Classes),
        Shaper::Edt => Some(Way::Departures),
        Shaper::Auto | Shaper::Gcra => None,
    }
}
