//! The steps of a policy set's way from its text into the kernel, one after the other.

use anyhow::{Error, Result};
use qos_loader::{
    kernel::Dataplane,
    policy::{
        compile::{Keys, compile},
        layer::PolicySet,
        rank::ranked,
        resolve::{Resolved, ThisMachine},
        source::Layer,
    },
};
use qos_tests::generate::text;

use crate::{rounds::time, sets::Kind};

/// A set as the text of a policy file.
pub(super) struct Subject {
    pub(super) kind: Kind,
    pub(super) size: usize,
    layers: Vec<Layer>,
    /// A small set takes too short a time to be measured once.
    times: u32,
}

/// What the steps took, in seconds, and what came of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    /// The floor: the `toml` crate reads the text.
    pub(super) toml: f64,
    /// The loader reads and checks it.
    pub(super) read: f64,
    /// It makes rules of the policies, in winning order.
    pub(super) rank: f64,
    /// It looks names up and makes the image.
    pub(super) compile: f64,
    /// It gives the image to the kernel, and waits until no packet sees the one before.
    pub(super) swap: f64,
    pub(super) rules: usize,
    /// The bytes of the image.
    pub(super) image: f64,
}

impl Steps {
    /// From the text to packets that carry its marks.
    pub(super) fn all(&self) -> f64 {
        self.read + self.rank + self.compile + self.swap
    }
}

impl Subject {
    /// The set of this kind and size.
    pub(super) fn new(kind: Kind, size: usize) -> Self {
        let times = if size < 1_000 { 20 } else { 1 };
        Self { kind, size, layers: text::layers(&kind.policies(size)), times }
    }

    /// The text of its policy file.
    pub(super) fn text(&self) -> &str {
        &self.layers[0].texts[0].content
    }

    /// The same with another mark for one policy.
    pub(super) fn changed_text(&self) -> String {
        self.text().replacen("dscp = 1\n", "dscp = 2\n", 1)
    }

    /// Goes the way once, to a program without interfaces.
    pub(super) fn measure(&self, dataplane: &mut Dataplane) -> Result<Steps> {
        let (toml, table) = time(self.times, || self.text().parse::<toml::Table>());
        table?;
        let (read, set) = time(self.times, || PolicySet::of(&self.layers));
        let policies = set?.policies;
        let (rank, rules) = time(self.times, || ranked(&policies));
        let slots: Vec<u32> = (0..).take(self.size).collect();
        let (compile, image) = time(self.times, || {
            let resolved = Resolved::new(&policies, &ThisMachine::new());
            let keys = Keys::alone(&resolved, 1)?;
            compile(&rules, &policies, &slots, &resolved, &keys)
        });
        let image = image.map_err(Error::msg)?;
        let (swap, replaced) = time(1, || dataplane.replace(&image));
        replaced.map_err(Error::msg)?;
        let [toml, read, rank, compile, swap] =
            [toml, read, rank, compile, swap].map(|duration| duration.as_secs_f64());
        let image = f64::from(u32::try_from(size_of_val(&*image.words))?);
        Ok(Steps { toml, read, rank, compile, swap, rules: rules.len(), image })
    }
}
