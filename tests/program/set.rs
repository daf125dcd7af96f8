//! A set of policies, compiled.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use qos_loader::{
    diagnostic::Text,
    policy::{
        HostPattern, Policy,
        compile::{Keys, PolicyImage, compile},
        layer::PolicySet,
        rank::ranked,
        resolve::{Machine, Resolved},
        source::{Form, Layer},
    },
};

/// The generation of the last set: no two have the same, as in the product.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Policies and their image; the slot of a policy is its index.
pub(crate) struct Set {
    pub(crate) policies: Vec<Policy>,
    pub(crate) image: PolicyImage,
}

impl Set {
    pub(crate) fn new(policies: Vec<Policy>, machine: &dyn Machine) -> Self {
        Self::with_hosts(policies, machine, BTreeMap::new())
    }

    /// The same where hosts have these addresses.
    pub(crate) fn with_hosts(
        policies: Vec<Policy>,
        machine: &dyn Machine,
        hosts: BTreeMap<HostPattern, BTreeSet<IpAddr>>,
    ) -> Self {
        let slots: Vec<u32> = (0..).take(policies.len()).collect();
        let resolved = Resolved::new(&policies, machine).with_hosts(hosts);
        let generation = GENERATION.fetch_add(1, Relaxed) + 1;
        let keys = Keys::alone(&resolved, generation).unwrap();
        let image = compile(&ranked(&policies), &policies, &slots, &resolved, &keys);
        Self { policies, image: image.unwrap() }
    }

    /// The same, where marks of applications are ignored.
    pub(crate) fn ignoring_marks(self) -> Self {
        Self { image: self.image.ignoring_marks(), ..self }
    }

    /// The index of the policy that is called `name`.
    pub(crate) fn index(&self, name: &str) -> usize {
        self.policies.iter().position(|policy| policy.name == name).unwrap()
    }
}

/// Policies as `--policy` arguments, the first of equal ones first.
pub(crate) fn arguments(arguments: &[&str]) -> Vec<Policy> {
    let name = "--policy".to_owned();
    let text = |argument: &&str| Text::new(name.clone(), (*argument).to_owned());
    let texts = arguments.iter().map(text).collect();
    let read = PolicySet::of(&[Layer { form: Form::Argument, texts, name: name.clone() }]);
    read.unwrap_or_else(|errors| panic!("{}", errors.to_text(false))).policies
}
