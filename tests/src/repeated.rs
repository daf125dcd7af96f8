//! How often tests repeat what they do with other random input: guests are emulated, where a test
//! may take a hundred times as long.

use std::env;

/// The environment's name for the share of the repetitions that are made, in percent.
const PERCENT: &str = "QOS_TESTS_PERCENT";

/// `times`, or the share of it that the environment's `QOS_TESTS_PERCENT` wants.
pub fn repeated(times: u32) -> u32 {
    let Some(percent) = env::var_os(PERCENT) else { return times };
    let percent: u32 = percent.to_str().and_then(|text| text.parse().ok()).expect(PERCENT);
    assert!((1..=100).contains(&percent), "{PERCENT}={percent}");
    (times * percent).div_ceil(100)
}
