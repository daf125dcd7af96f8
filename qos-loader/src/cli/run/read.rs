//! Policies as they are read, and the texts that stay of them.

use crate::{
    error::Result,
    policy::{
        layer::PolicySet,
        source::{Layer, Sources},
        unenforced,
    },
};

/// Policies that may be put in force, and what they were read from.
pub(super) struct Read {
    pub(super) set: PolicySet,
    pub(super) texts: Texts,
}

impl Read {
    /// Fails if there are mistakes in them, or what is not enforced yet.
    pub(super) fn from(sources: &Sources) -> Result<Self> {
        let layers = sources.read()?;
        let set = PolicySet::of(&layers)?;
        unenforced::refuse(&set)?;
        Ok(Self { set, texts: Texts(layers) })
    }
}

/// The texts of policies in force. The policies themselves take many times the memory, and are
/// rarely asked for.
#[derive(Default)]
pub(super) struct Texts(Vec<Layer>);

impl Texts {
    /// The policies. There were no mistakes when they were put in force.
    pub(super) fn set(&self) -> PolicySet {
        PolicySet::of(&self.0).unwrap_or_default()
    }
}
