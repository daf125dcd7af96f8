//! The steps of the winning order.

/// What decided between two rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 1: a user over a group over neither.
    User = 1,
    /// 2: an application's path over its name over none.
    Application,
    /// 3: the deeper cgroup.
    Cgroup,
    /// 4: network conditions over a URL over neither.
    Class,
    /// 5: more network conditions.
    Count,
    /// 6: which network conditions are set.
    Which,
    /// 7: the longer prefix, the smaller port range.
    Narrowness,
    /// 8: the more specific URL.
    Url,
    /// 9: the higher layer, or the one that stands first.
    Place,
}

impl Step {
    /// The step's number in the contract.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// What the step compares, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::User => "user level",
            Self::Application => "application path over name over none",
            Self::Cgroup => "cgroup depth",
            Self::Class => "network conditions over a URL over neither",
            Self::Count => "number of network conditions",
            Self::Which => "which network conditions are set",
            Self::Narrowness => "longer prefix or smaller port range",
            Self::Url => "more specific URL",
            Self::Place => "higher layer, or first in its layer",
        }
    }
}
