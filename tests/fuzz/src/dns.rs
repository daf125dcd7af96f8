//! What the parser makes of what name servers say, and whether a reference says the same: `hickory-proto`.
//!
//! The parser must take all that the reference takes up to the end of the answers, but for what it takes for no
//! answer to learn from: other operations than standard questions, none or several questions, and names by way of
//! more than 127 pointers. It takes more than that: it does not read the data of records that it has no use for (the
//! reference reads those of most types, refuses some types among answers and some without data, and knows no other
//! form of an address in another class), and of a truncated answer it takes the records that are whole.

mod reference;

use qos_common::dns::{Message, name::Name, record::Data};

use reference::{Labels, Reference, Said};

/// By whom a message was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// By both, which agreed.
    Both,
    /// By the reference alone, for a reason that is known.
    Reference,
    /// By the parser alone, for a reason that is known.
    Parser,
    /// By neither.
    Neither,
}

/// The bit that says that records were left out, in the third byte.
const TRUNCATED: u8 = 2;

/// The first byte of a pointer, at least.
const POINTER: u8 = 0xc0;

/// Reads `input`, and compares what comes of it with what the reference says.
pub fn read(input: &[u8]) -> Accepted {
    let has_many_pointers = input.iter().filter(|byte| **byte >= POINTER).count() > 127;
    match (Message::read(input), Reference::read(input)) {
        (Some(message), Some(mut reference)) => {
            let found = found(&message);
            let is_cut = has_many_pointers && found.answers.len() < reference.answers.len();
            if is_cut {
                // It says that it was truncated, and the parser takes it for that.
                assert!(input[2] & TRUNCATED != 0, "{message:?}");
                reference.answers.truncate(found.answers.len());
            }
            assert_eq!(found, reference);
            assert_eq!(chain(&message), reference.chain());
            if is_cut { Accepted::Reference } else { Accepted::Both }
        }
        (None, Some(reference)) => {
            assert!(!reference.is_question() || has_many_pointers, "{reference:?}");
            Accepted::Reference
        }
        (Some(message), None) => {
            let has_other = message.answers().any(|record| record.data == Data::Other);
            assert!(has_other || input[2] & TRUNCATED != 0, "{message:?}");
            Accepted::Parser
        }
        (None, None) => Accepted::Neither,
    }
}

fn found(message: &Message<'_>) -> Reference {
    let answers = message.answers().map(|record| {
        let said = match record.data {
            Data::Address(address) => Said::Address(address),
            Data::Alias(name) => Said::Alias(labels(name)),
            Data::Other => Said::Other,
        };
        (labels(record.name), said, record.time)
    });
    Reference {
        id: message.id,
        is_standard: true,
        is_answer: message.is_answer,
        is_positive: message.is_positive,
        questions: vec![labels(message.question)],
        answers: answers.collect(),
    }
}

fn chain(message: &Message<'_>) -> Vec<(Labels, u32)> {
    message.chain().map(|link| (labels(link.name), link.time)).collect()
}

fn labels(name: Name<'_>) -> Labels {
    let labels: Labels = name.labels().map(<[u8]>::to_vec).collect();
    // Wherever the name stands, it is that one.
    let again = name;
    assert!(name == again && labels.iter().all(|label| (1..=63).contains(&label.len())));
    labels
}
