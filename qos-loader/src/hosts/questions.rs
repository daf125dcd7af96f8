//! What programs asked name servers: anybody can send what looks like an answer.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::packet::Ends;
use crate::policy::HostName;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The most questions that wait for one. Then the oldest go.
const MOST: usize = 1_024;

/// What an answer must be to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    /// From the client to the server.
    pub(super) ends: Ends,
    pub(super) id: u16,
    pub(super) name: HostName,
}

/// The questions without an answer, and when they were asked.
#[derive(Debug, Default)]
pub(super) struct Questions(HashMap<Asked, Instant>);

impl Questions {
    /// Adds one.
    pub(super) fn add(&mut self, asked: Asked) {
        let now = Instant::now();
        if self.0.len() >= MOST {
            self.0.retain(|_, since| now - *since < PATIENCE);
            let oldest = self.0.iter().min_by_key(|(_, since)| **since);
            if let Some(oldest) = oldest.map(|(one, _)| one.clone())
                && self.0.len() >= MOST
            {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(asked, now);
    }

    /// Whether that was asked, and not answered before.
    pub(super) fn take(&mut self, asked: &Asked) -> bool {
        self.0.remove(asked).is_some_and(|since| since.elapsed() < PATIENCE)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::packet::Protocol, *};

    fn asked(id: u16) -> Asked {
        let [from, to] = [4_000, 53].map(|port| ([192, 0, 2, 1], port).into());
        let ends = Ends { protocol: Protocol::Udp, from, to };
        Asked { ends, id, name: HostName::new("a.example").unwrap() }
    }

    #[test]
    fn an_answer_is_taken_once_and_to_its_own_question() {
        let mut questions = Questions::default();
        questions.add(asked(7));
        let name = HostName::new("b.example").unwrap();
        assert!(!questions.take(&asked(8)) && !questions.take(&Asked { name, ..asked(7) }));
        let over_tcp = Ends { protocol: Protocol::Tcp, ..asked(7).ends };
        assert!(!questions.take(&Asked { ends: over_tcp, ..asked(7) }));
        assert!(questions.take(&asked(7)));
        assert!(!questions.take(&asked(7)));
    }

    #[test]
    fn of_too_many_the_oldest_go() {
        let mut questions = Questions::default();
        (0..=u16::try_from(MOST).unwrap()).for_each(|id| questions.add(asked(id)));
        assert!(!questions.take(&asked(0)) && questions.take(&asked(1)));
    }
}
