//! Makes a failing set of policies small enough to read.

use qos_loader::policy::Policy;

use super::lists::LISTS;

/// As few policies with as few listed values as still `fail`.
pub fn shrink(policies: &[Policy], mut fails: impl FnMut(&[Policy]) -> bool) -> Vec<Policy> {
    let mut small = policies.to_vec();
    let mut chunk = small.len().div_ceil(2);
    while chunk > 0 {
        let mut start = 0;
        while start < small.len() {
            let mut fewer = small.clone();
            fewer.drain(start..(start + chunk).min(small.len()));
            if fails(&fewer) {
                small = fewer;
            } else {
                start += chunk;
            }
        }
        chunk /= 2;
    }
    for policy in 0..small.len() {
        for list in LISTS {
            let mut value = 0;
            while value < list.length(&small[policy].conditions) {
                let mut fewer = small.clone();
                list.remove(&mut fewer[policy].conditions, value);
                if fails(&fewer) {
                    small = fewer;
                } else {
                    value += 1;
                }
            }
        }
    }
    small
}
