//! What happens to qdiscs and filters, in the order in which it does.

use std::{
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use super::tc;
use crate::loader::output::Lines;

/// Marks a place among the events: a qdisc that comes and goes.
const MARK: &str = "dev lo handle 7: root pfifo limit";

/// A `tc monitor` of the thread's network namespace.
#[derive(Debug)]
pub struct Monitor {
    child: Child,
    events: Lines,
    marks: u32,
}

impl Monitor {
    /// Sees all from now on.
    pub fn start() -> Self {
        let mut command = Command::new("tc");
        let mut child = command.arg("monitor").stdout(Stdio::piped()).spawn().unwrap();
        let events = Lines::of(child.stdout.take().unwrap());
        let mut monitor = Self { child, events, marks: 1000 };
        while monitor.events.all().is_empty() {
            monitor.mark();
            thread::sleep(Duration::from_millis(1));
        }
        monitor.events();
        monitor
    }

    /// What happened since the last call.
    pub fn events(&mut self) -> Vec<String> {
        let mark = self.mark();
        // It ends a line when the next event begins.
        self.mark();
        let mut seen = Vec::new();
        loop {
            let event = self.events.wait_for("").expect("`tc monitor` ended");
            let is_last = event.contains(&mark);
            // Parts of an event are further in.
            if !event.starts_with([' ', '\t']) && !event.contains("pfifo 7:") {
                seen.push(event);
            }
            if is_last {
                return seen;
            }
        }
    }

    fn mark(&mut self) -> String {
        self.marks += 1;
        tc(&format!("qdisc replace {MARK} {}", self.marks));
        format!("limit {}p", self.marks)
    }
}

impl Drop for Monitor {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
