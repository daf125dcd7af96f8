//! `[settings]`: what holds for all policies.

use super::condition::KnownName;
use crate::diagnostic::Place;

/// A setting, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// What it is set to.
    pub value: T,
    /// The layer that sets it: a directory, `--file PATH` or `--policy`.
    pub layer: String,
    /// Where the key stands.
    pub place: Place,
}

/// What `[settings]` of all layers say; what is absent is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The interfaces that a command attaches to if it is told none: names and globs, those with a
    /// `!` are left out.
    pub interfaces: Option<Setting<Vec<String>>>,
    /// What becomes of marks that applications set themselves.
    pub app_marking: Option<Setting<AppMarking>>,
    /// The largest receive window: 64 KB, 256 KB, 1 MB or 16 MB for 0 to 3.
    pub inbound_throughput_level: Option<Setting<u8>>,
    /// How rates are limited.
    pub shaper: Option<Setting<Shaper>>,
}

impl Settings {
    /// Takes over what `higher` has.
    pub fn merge(&mut self, higher: Self) {
        let Self { interfaces, app_marking, inbound_throughput_level, shaper } = higher;
        self.interfaces = interfaces.or(self.interfaces.take());
        self.app_marking = app_marking.or(self.app_marking.take());
        self.inbound_throughput_level =
            inbound_throughput_level.or(self.inbound_throughput_level.take());
        self.shaper = shaper.or(self.shaper.take());
    }

    /// Whether marks that applications set themselves do not count.
    pub fn ignores_marks(&self) -> bool {
        self.app_marking.as_ref().is_some_and(|marking| marking.value == AppMarking::Ignore)
    }
}

/// What becomes of marks that applications set themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppMarking {
    /// They stay where no policy says otherwise.
    Allow,
    /// They are cleared where no policy says otherwise.
    Ignore,
}

impl KnownName for AppMarking {
    const ALL: &'static [Self] = &[Self::Allow, Self::Ignore];

    fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Ignore => "ignore",
        }
    }
}

/// How rates are limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shaper {
    /// The best that the interface allows.
    Auto,
    /// A generic cell rate algorithm in the eBPF program.
    Gcra,
    /// Classes of the HTB qdisc.
    Htb,
    /// Earliest departure times for the fq qdisc.
    Edt,
}

impl KnownName for Shaper {
    const ALL: &'static [Self] = &[Self::Auto, Self::Gcra, Self::Htb, Self::Edt];

    fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Gcra => "gcra",
            Self::Htb => "htb",
            Self::Edt => "edt",
        }
    }
}
