//! What policies may say that this version does not enforce: `run` refuses it.

use super::{Policy, layer::PolicySet};
use crate::error::{Error, Result};

/// The most keys that a message names.
const MOST_NAMED: usize = 20;

/// Fails with the keys that nothing enforces, and the policies that have them.
pub fn refuse(set: &PolicySet) -> Result<()> {
    let of_policies = set.policies.iter().flat_map(|policy| {
        let origin = &policy.origin;
        let place = format!("\"{}\", {}:{}", policy.name, origin.file.display(), origin.line);
        keys(policy).map(move |key| format!("`{key}` ({place})"))
    });
    let found: Vec<String> = of_policies.collect();
    if found.is_empty() {
        return Ok(());
    }
    let more = match found.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(", and {more} more of that kind,"),
    };
    let named: Vec<String> = found.into_iter().take(MOST_NAMED).collect();
    let message = format!("this version does not enforce {}{more} yet", named.join(", "));
    Err(Error::unsupported(message)
        .hinted("leave that out; `check`, `show` and `explain` take it all the same"))
}

/// The keys of a policy that nothing enforces.
pub fn keys(policy: &Policy) -> impl Iterator<Item = &'static str> {
    let conditions = &policy.conditions;
    (!conditions.url.is_empty()).then_some("url").into_iter()
}
