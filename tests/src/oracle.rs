//! Which policy wins, straight from the contract's sections 2 and 4: too simple to be wrong, and
//! nothing of it shared with the product. It reads policies, never compiled rules: [`rule`] takes
//! one listed value of each condition, [`satisfied`] and [`url`] hold values against a packet,
//! [`rank`] writes down the nine steps, and [`mark`] what becomes of a packet's own mark.

pub mod mark;
mod rank;
mod rule;
mod satisfied;
mod seen;
mod url;

use core::cmp::Reverse;

use qos_loader::policy::Policy;

pub use mark::given;
use rank::Rank;
pub use satisfied::{is_host, is_in_cgroup};
pub use seen::{Request, Seen, Sender};

/// Policies in winning order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order<'a> {
    /// The winner first.
    pub policies: Vec<&'a Policy>,
    /// The step, 1 to 9, that decided between each and the next.
    pub decided_by: Vec<u8>,
}

/// The policy that applies to `packet`, if one does.
pub fn winner<'a>(policies: &'a [Policy], packet: &Seen) -> Option<&'a Policy> {
    let ranks = ranks(policies, Some(packet));
    ranks.max_by_key(|(rank, _)| *rank).map(|(_, policy)| policy)
}

/// All policies that match `packet`.
pub fn matching<'a>(policies: &'a [Policy], packet: &Seen) -> Order<'a> {
    order(ranks(policies, Some(packet)).collect())
}

/// All policies that some packet could match.
pub fn winning_order(policies: &[Policy]) -> Order<'_> {
    order(ranks(policies, None).collect())
}

fn order(mut ranks: Vec<(Rank, &Policy)>) -> Order<'_> {
    ranks.sort_by_key(|(rank, _)| Reverse(*rank));
    let pairs = ranks.iter().zip(ranks.iter().skip(1));
    Order {
        decided_by: pairs.map(|((one, _), (other, _))| rank::step(one, other)).collect(),
        policies: ranks.iter().map(|(_, policy)| *policy).collect(),
    }
}

/// Each policy with the best of its rules that `packet` satisfies; all rules without a packet.
fn ranks<'a>(
    policies: &'a [Policy],
    packet: Option<&Seen>,
) -> impl Iterator<Item = (Rank, &'a Policy)> {
    policies.iter().filter_map(move |policy| {
        let rules = rule::rules(&policy.conditions, packet)?;
        let ranks = rules.iter().map(|rule| rank::of(rule, &policy.origin));
        ranks.max().map(|best| (best, policy))
    })
}
