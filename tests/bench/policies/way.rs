//! The steps of a policy set's way, one after the other.

use core::time::Duration;

use qos_loader::policy::{
    compile::compile, layer::PolicySet, rank::ranked, resolve::Resolved, source::Layer,
};
use qos_tests::generate::{
    machine::SyntheticMachine,
    policies::{Shape, policies},
    random::Random,
    text,
};

use crate::rounds::time;

/// A random set, as text.
pub(crate) struct Subject {
    /// How many policies it has.
    pub(crate) policies: usize,
    /// How many rules they make.
    pub(crate) rules: usize,
    /// The size of its image.
    pub(crate) image_bytes: usize,
    machine: SyntheticMachine,
    layers: Vec<Layer>,
    /// A small set takes too short a time to be measured once.
    times: u32,
}

/// What the steps took in one round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// The floor: the `toml` crate reads the texts.
    pub(crate) toml: Duration,
    /// The loader reads and checks them.
    pub(crate) read: Duration,
    /// It makes rules of them, in winning order.
    pub(crate) rank: Duration,
    /// It looks names up and makes the image.
    pub(crate) compile: Duration,
}

impl Measured {
    /// From the text to the image.
    pub(crate) fn all(&self) -> Duration {
        self.read + self.rank + self.compile
    }

    /// How many times the floor that is.
    pub(crate) fn ratio(&self) -> f64 {
        self.all().div_duration_f64(self.toml)
    }
}

impl Subject {
    /// A set of that many policies, the same in each run.
    pub(crate) fn new(size: usize) -> Self {
        let machine = SyntheticMachine::new(1);
        let mut random = Random::new(10_000);
        // Lists would make more rules than a set can have.
        let shape = Shape { policies: 2 * size, least: 3, longest: 1, enforced_only: true };
        let mut policies = policies(&mut random, &machine, shape);
        policies.retain(text::is_writable);
        policies.truncate(size);
        assert_eq!(policies.len(), size, "too few policies can be written");
        let times = if size < 1_000 { 20 } else { 1 };
        let layers = text::layers(&policies);
        let empty = Self { policies: size, rules: 0, image_bytes: 0, machine, layers, times };
        let (_, rules, image_bytes) = empty.run();
        Self { rules, image_bytes, ..empty }
    }

    /// The bytes of its text.
    pub(crate) fn text_bytes(&self) -> usize {
        self.contents().map(str::len).sum()
    }

    /// Goes the way once.
    pub(crate) fn measure(&self) -> Measured {
        self.run().0
    }

    fn contents(&self) -> impl Iterator<Item = &str> {
        self.layers.iter().flat_map(|layer| &layer.texts).map(|text| text.content.as_str())
    }

    /// What the steps took, how many rules there are, and how many bytes the image has.
    fn run(&self) -> (Measured, usize, usize) {
        let table = |text: &str| text.parse::<toml::Table>().expect("it is TOML");
        let (toml, _) = time(self.times, || self.contents().map(table).collect::<Vec<_>>());
        let (read, set) = time(self.times, || {
            let read = PolicySet::of(&self.layers);
            read.unwrap_or_else(|errors| panic!("{}", errors.to_text(false)))
        });
        assert_eq!(set.policies.len(), self.policies, "not all were read");
        let (rank, rules) = time(self.times, || ranked(&set.policies));
        let slots: Vec<u32> = (0..).take(self.policies).collect();
        let (compile, image) = time(self.times, || {
            let resolved = Resolved::new(&set.policies, &self.machine);
            compile(&rules, &set.policies, &slots, &resolved, 1).expect("it fits")
        });
        (Measured { toml, read, rank, compile }, rules.len(), size_of_val(&*image.words))
    }
}
