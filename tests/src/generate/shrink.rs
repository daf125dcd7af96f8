//! Makes a failing set of policies small enough to read.

use qos_loader::policy::Policy;

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
    for index in 0..small.len() {
        for condition in 0..7 {
            while let Some(value) = (0..length(&mut small[index], condition)).find(|&value| {
                let mut fewer = small.clone();
                remove(&mut fewer[index], condition, value);
                fails(&fewer)
            }) {
                remove(&mut small[index], condition, value);
            }
        }
    }
    small
}

/// Calls `$call` on the list of a condition, by number.
macro_rules! on_list {
    ($policy:expr, $condition:expr, $list:ident => $call:expr) => {{
        let conditions = &mut $policy.conditions;
        match $condition {
            0 => {
                let $list = &mut conditions.user;
                $call
            }
            1 => {
                let $list = &mut conditions.cgroup;
                $call
            }
            2 => {
                let $list = &mut conditions.source;
                $call
            }
            3 => {
                let $list = &mut conditions.destination;
                $call
            }
            4 => {
                let $list = &mut conditions.source_port;
                $call
            }
            5 => {
                let $list = &mut conditions.destination_port;
                $call
            }
            _ => {
                let $list = &mut conditions.protocol;
                $call
            }
        }
    }};
}

fn length(policy: &mut Policy, condition: usize) -> usize {
    on_list!(policy, condition, list => list.len())
}

fn remove(policy: &mut Policy, condition: usize, value: usize) {
    on_list!(policy, condition, list => { list.remove(value); });
}
