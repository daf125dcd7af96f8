//! What the console says about a guest's tests and its end.

use std::{collections::VecDeque, time::Duration};

use qos_vm_init::{Event, Outcome};

/// How much of the console is kept for whoever asks what went wrong.
const LAST_LINES: usize = 60;

/// A test that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) test: String,
    pub(super) duration: Duration,
    pub(super) outcome: Outcome,
}

/// What the console has said so far.
#[derive(Debug, Default)]
pub(super) struct Console {
    pub(super) release: Option<String>,
    pub(super) ended: Vec<Ended>,
    tests: usize,
    running: Option<String>,
    last: Option<Event>,
    panic: Option<String>,
    lines: VecDeque<String>,
}

/// How a guest ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Every test has run.
    Done,
    /// The one command has ended.
    Exit(u8),
    /// It was not what tests need.
    Broken(String),
    /// The kernel panicked.
    Panic { message: String, during: Option<String> },
    /// It never said that it has booted.
    NeverBooted,
    /// It said nothing for longer than any test may take.
    Silent { during: Option<String> },
    /// It was gone before all tests had run.
    NoVerdict { during: Option<String> },
}

impl Console {
    /// Takes a line, and returns the event in it.
    pub(super) fn take(&mut self, line: &str) -> Option<Event> {
        if let Some((_, message)) = line.split_once("Kernel panic - not syncing: ") {
            self.panic = Some(message.to_owned());
        }
        if self.lines.len() == LAST_LINES {
            self.lines.pop_front();
        }
        self.lines.push_back(line.to_owned());
        let event = Event::read(line)?;
        match &event {
            Event::Ready { release, tests } => {
                self.release = Some(release.clone());
                self.tests = *tests;
            }
            Event::Start(test) => self.running = Some(test.clone()),
            Event::End { test, duration, outcome } => {
                self.running = None;
                let (test, duration, outcome) = (test.clone(), *duration, outcome.clone());
                self.ended.push(Ended { test, duration, outcome });
            }
            Event::Exit(_) | Event::Done | Event::Broken(_) => {}
        }
        self.last = Some(event.clone());
        Some(event)
    }

    /// How many tests have not ended.
    pub(super) fn not_run(&self) -> usize {
        self.tests.saturating_sub(self.ended.len())
    }

    /// The last lines.
    pub(super) fn tail(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(|line| format!("    {line}")).collect();
        lines.join("\n")
    }

    /// How the guest ended: `by_itself`, or because it said nothing for too long.
    pub(super) fn end(&self, by_itself: bool) -> End {
        let during = self.running.clone();
        if let Some(message) = self.panic.clone() {
            return End::Panic { message, during };
        }
        match &self.last {
            Some(Event::Done) if self.not_run() == 0 => End::Done,
            Some(Event::Exit(code)) => End::Exit(*code),
            Some(Event::Broken(reason)) => End::Broken(reason.clone()),
            _ if self.release.is_none() => End::NeverBooted,
            _ if by_itself => End::NoVerdict { during },
            _ => End::Silent { during },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTED: &str = "[    0.9] Linux version 6.1\n@vm ready 6.1.0-56-cloud-amd64 2\n";
    const FIRST: &str = "@vm start network a::b\n@vm end network a::b 1500 passed\n";

    fn console(text: &str) -> Console {
        let mut console = Console::default();
        text.lines().for_each(|line| drop(console.take(line)));
        console
    }

    const SECOND: &str = "@vm start network c::d\n";

    fn second() -> String {
        "network c::d".to_owned()
    }

    #[test]
    fn all_tests_have_run() {
        let second = "@vm start network c::d\nits output\n@vm end network c::d 12 failed exit code 101\n@vm done\n";
        let console = console(&[BOOTED, FIRST, second].concat());
        assert_eq!((console.end(true), console.not_run()), (End::Done, 0));
        let outcomes: Vec<Outcome> = console.ended.iter().map(|one| one.outcome.clone()).collect();
        assert_eq!(outcomes, [Outcome::Passed, Outcome::Failed("exit code 101".to_owned())]);
        assert_eq!(console.ended[0].duration, Duration::from_millis(1500));
        assert_eq!(console.release.as_deref(), Some("6.1.0-56-cloud-amd64"));
    }

    #[test]
    fn done_does_not_count_while_tests_are_missing() {
        let console = console(&[BOOTED, FIRST, "@vm done\n"].concat());
        assert_eq!((console.end(true), console.not_run()), (End::NoVerdict { during: None }, 1));
    }

    #[test]
    fn a_panic_names_the_test() {
        let panic = "@vm start network c::d\n[    9.1] Kernel panic - not syncing: sysrq triggered crash\n[    9.2] CPU: 0\n";
        let console = console(&[BOOTED, FIRST, panic].concat());
        let message = "sysrq triggered crash".to_owned();
        assert_eq!(console.end(true), End::Panic { message, during: Some(second()) });
    }

    #[test]
    fn a_guest_that_is_gone_or_silent_is_told_apart() {
        let console = console(&[BOOTED, FIRST, SECOND].concat());
        assert_eq!(console.end(true), End::NoVerdict { during: Some(second()) });
        assert_eq!(console.end(false), End::Silent { during: Some(second()) });
    }

    #[test]
    fn a_guest_that_was_never_ready_never_booted() {
        for text in ["", "[    0.9] Linux version 6.1\n"] {
            assert_eq!(console(text).end(true), End::NeverBooted);
            assert_eq!(console(text).end(false), End::NeverBooted);
        }
        let broken = console("@vm broken cannot mount /sys/fs/bpf\n");
        assert_eq!(broken.end(true), End::Broken("cannot mount /sys/fs/bpf".to_owned()));
        let panic = console("Kernel panic - not syncing: No working init found.\n");
        let message = "No working init found.".to_owned();
        assert_eq!(panic.end(true), End::Panic { message, during: None });
    }

    #[test]
    fn the_last_lines_are_kept() {
        let lines: Vec<String> = (0..100).map(|number| format!("line {number}")).collect();
        let tail = console(&lines.join("\n")).tail();
        assert!(tail.starts_with("    line 40\n") && tail.ends_with("\n    line 99"), "{tail}");
    }
}
