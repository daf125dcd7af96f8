//! Policies side by side: each has its own rate, and who has none is not held up.

use std::{thread, time::Instant};

use qos_tests::netns::SINK_V4;

use super::rate::{MBPS, assert_rate, measure, send};
use crate::scene::Scene;

#[test]
fn each_policy_has_its_own_rate() {
    let scene = Scene::with(
        "[[policy]]\nname = \"slow\"\ndestination-port = 5000\nthrottle = \"512 KBps\"\n\
         [[policy]]\nname = \"fast\"\ndestination-port = 6000\nthrottle = \"8 mbit\"\ndscp = 8\n\
         [[policy]]\nname = \"free\"\ndestination-port = 7000\ndscp = 46\n",
    );
    thread::scope(|scope| {
        let since = Instant::now();
        for port in [5000, 6000, 7000] {
            scope.spawn(move || send(SINK_V4, port, 2 * MBPS, since));
        }
        let ([slow, fast, free], time) = measure(&scene.capture, since, [5000, 6000, 7000]);
        assert_rate(slow, MBPS / 2, time);
        assert_rate(fast, 1_000_000, time);
        assert!(free > 2 * fast * 8 / 10, "{free} bytes beside {fast}");
    });
}
