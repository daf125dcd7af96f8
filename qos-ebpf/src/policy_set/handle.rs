//! A set as one global function hands it to another: both must mean the same set.

#[cfg(not(feature = "without-perfmon"))]
pub(crate) use address::Handle;
#[cfg(feature = "without-perfmon")]
pub(crate) use generation::Handle;

/// By the address of its words, which stay as long as the program runs.
#[cfg(not(feature = "without-perfmon"))]
mod address {
    use super::super::{IMAGE_WORDS, PolicySet};

    /// The words of a set.
    #[repr(C)]
    pub(crate) struct Words([u64; IMAGE_WORDS]);

    pub(crate) type Handle = *const Words;

    impl PolicySet {
        /// For [`PolicySet::of`].
        #[inline(always)]
        pub(crate) const fn handle(self) -> Handle {
            self.0.cast()
        }

        /// The set of this handle; none if that is null.
        #[inline(always)]
        pub(crate) fn of(handle: Handle) -> Option<Self> {
            (!handle.is_null()).then_some(Self(handle.cast()))
        }
    }
}

/// By its generation: without `CAP_PERFMON` the kernel lets no function compute with an address that it
/// was given.
#[cfg(feature = "without-perfmon")]
mod generation {
    use super::super::{Image as _, PolicySet, layout};

    pub(crate) type Handle = u64;

    impl PolicySet {
        /// For [`PolicySet::of`].
        #[inline(always)]
        pub(crate) fn handle(self) -> Handle {
            self.word(layout::GENERATION)
        }

        /// The set of this handle; none if another one was put in force meanwhile.
        #[inline(always)]
        pub(crate) fn of(handle: Handle) -> Option<Self> {
            Self::current().filter(|set| set.handle() == handle)
        }
    }
}
