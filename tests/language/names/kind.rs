//! What can be odd about a message.

use super::target::dns::Accepted;

/// What a message was made to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A name that ends elsewhere.
    Pointer,
    /// A pointer that leads to a pointer at once.
    PointerToPointer,
    /// More pointers than a name may have.
    ManyPointers,
    /// A pointer that does not lead back.
    Loop,
    /// A name that is too long.
    LongName,
    /// A label of any bytes.
    OddLabel,
    /// Aliases of aliases.
    AliasChain,
    /// An alias that leads back.
    AliasLoop,
    OtherClass,
    /// Types that are of no use here.
    OtherType,
    /// A time with the first bit set.
    NegativeTime,
    /// EDNS (RFC 6891).
    Opt,
    /// EDNS in the wrong section.
    MisplacedOpt,
    /// A record whose data are not what its type says.
    WrongData,
    /// The header says that records were left out.
    Truncated,
    /// The same, and the last record is cut.
    TruncatedAndCut,
    Cut,
    /// None or several questions.
    Questions,
    /// No standard question.
    Operation,
    /// No such name, or a failure.
    Failed,
}

impl Kind {
    pub(super) const ALL: [Self; 20] = [
        Self::Pointer,
        Self::PointerToPointer,
        Self::ManyPointers,
        Self::Loop,
        Self::LongName,
        Self::OddLabel,
        Self::AliasChain,
        Self::AliasLoop,
        Self::OtherClass,
        Self::OtherType,
        Self::NegativeTime,
        Self::Opt,
        Self::MisplacedOpt,
        Self::WrongData,
        Self::Truncated,
        Self::TruncatedAndCut,
        Self::Cut,
        Self::Questions,
        Self::Operation,
        Self::Failed,
    ];

    /// By whom such messages are accepted, but for those that have something else too.
    #[expect(clippy::wildcard_enum_match_arm, reason = "most are nothing special")]
    pub(super) const fn accepted(self) -> Accepted {
        match self {
            Self::Loop | Self::LongName | Self::WrongData | Self::Cut => Accepted::Neither,
            Self::ManyPointers | Self::Questions | Self::Operation => Accepted::Reference,
            Self::MisplacedOpt | Self::TruncatedAndCut => Accepted::Parser,
            _ => Accepted::Both,
        }
    }
}
