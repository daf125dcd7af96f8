//! A line of the console that says how far the guest is.

use std::{fmt, time::Duration};

/// Stands in front of each event.
const MARK: &str = "@vm ";

/// What happened in the guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It has booted.
    Ready {
        /// The kernel's release.
        release: String,
        /// How many tests will run.
        tests: usize,
    },
    /// A test starts.
    Start(String),
    /// A test has ended.
    End {
        /// Its binary and its name.
        test: String,
        /// How long it took.
        duration: Duration,
        /// How it ended.
        outcome: Outcome,
    },
    /// The command that was to run has ended with this exit code.
    Exit(u8),
    /// All tests have run.
    Done,
    /// The guest is not as it must be for the tests.
    Broken(String),
}

/// How a test ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// It did nothing, for this reason.
    Skipped(String),
    /// With this exit status or signal.
    Failed(String),
    /// Not within its time.
    Hung,
}

impl Event {
    /// The event of a line. The kernel's messages may stand in front of it.
    pub fn read(line: &str) -> Option<Self> {
        let (_, event) = line.split_once(MARK)?;
        let (kind, rest) = event.split_once(' ').unwrap_or((event, ""));
        match kind {
            "ready" => {
                let (release, tests) = rest.split_once(' ')?;
                Some(Self::Ready { release: release.to_owned(), tests: tests.parse().ok()? })
            }
            "start" => Some(Self::Start(rest.to_owned())),
            "end" => {
                let mut words = rest.splitn(4, ' ');
                let [binary, name, milliseconds] = [words.next()?, words.next()?, words.next()?];
                Some(Self::End {
                    test: format!("{binary} {name}"),
                    duration: Duration::from_millis(milliseconds.parse().ok()?),
                    outcome: Outcome::read(words.next()?)?,
                })
            }
            "exit" => rest.parse().ok().map(Self::Exit),
            "done" => Some(Self::Done),
            "broken" => Some(Self::Broken(rest.to_owned())),
            _ => None,
        }
    }
}

impl Outcome {
    fn read(text: &str) -> Option<Self> {
        let (word, detail) = text.split_once(' ').unwrap_or((text, ""));
        match word {
            "passed" => Some(Self::Passed),
            "skipped" => Some(Self::Skipped(detail.to_owned())),
            "failed" => Some(Self::Failed(detail.to_owned())),
            "hung" => Some(Self::Hung),
            _ => None,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MARK)?;
        match self {
            Self::Ready { release, tests } => write!(f, "ready {release} {tests}"),
            Self::Start(test) => write!(f, "start {test}"),
            Self::End { test, duration, outcome } => {
                write!(f, "end {test} {} {outcome}", duration.as_millis())
            }
            Self::Exit(code) => write!(f, "exit {code}"),
            Self::Done => f.write_str("done"),
            Self::Broken(reason) => write!(f, "broken {}", reason.replace('\n', "; ")),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::Skipped(reason) => write!(f, "skipped {reason}"),
            Self::Failed(status) => write!(f, "failed {status}"),
            Self::Hung => f.write_str("hung"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let end = |outcome| Event::End {
            test: "network demo::flows".to_owned(),
            duration: Duration::from_millis(1234),
            outcome,
        };
        for event in [
            Event::Ready { release: "6.1.0-56-cloud-amd64".to_owned(), tests: 7 },
            Event::Start("network demo::flows".to_owned()),
            end(Outcome::Passed),
            end(Outcome::Skipped("Linux 6.1 has no TCX".to_owned())),
            end(Outcome::Failed("exit status: 101".to_owned())),
            end(Outcome::Hung),
            Event::Exit(3),
            Event::Done,
            Event::Broken("cannot mount /proc".to_owned()),
        ] {
            assert_eq!(Event::read(&event.to_string()), Some(event));
        }
    }

    #[test]
    fn a_message_of_the_kernel_may_stand_in_front() {
        let line = "[    3.1] random: crng init done@vm done";
        assert_eq!(Event::read(line), Some(Event::Done));
    }

    #[test]
    fn half_an_event_is_none() {
        for line in
            ["", "done", "@vm", "@vm ready 6.1", "@vm end network demo 12", "@vm end a b x passed"]
        {
            assert_eq!(Event::read(line), None, "{line}");
        }
    }
}
