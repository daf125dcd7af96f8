//! Messages of name servers (RFC 1035, section 4): whether it is a question or an answer, the one name that
//! it asks for, and what its answer section says of addresses. A message's way: [`reader`] → [`name`] →
//! [`record`] → [`chain`]. Numbers are in network byte order. What stands behind the answer section is not read.

pub mod chain;
pub mod name;
mod reader;
pub mod record;

use chain::Chain;
use name::Name;
use reader::Reader;
use record::Record;

/// The bit of a header's flags that tells answers from questions, `QR` (section 4.1.1).
const ANSWER: u16 = 1 << 15;
/// The bits for the kind of question, `OPCODE`: 0 is a standard one.
const OPCODE: u16 = 0xf << 11;
/// The bit that says that records were left out, `TC`.
const TRUNCATED: u16 = 1 << 9;
/// The bits for how it went, `RCODE`.
const RESPONSE: u16 = 0xf;

/// A message of a standard question, or an answer to one.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The number by which an answer is known to be to a question.
    pub id: u16,
    /// Whether it is an answer.
    pub is_answer: bool,
    /// Whether an answer says that the question was understood and the name exists.
    pub is_positive: bool,
    /// What is asked for.
    pub question: Name<'a>,
    answers: Answers<'a>,
}

impl<'a> Message<'a> {
    /// None if it is of another kind, has not exactly one question, or can't be read up to the end of its
    /// answers. Where it says itself that it was truncated, the last one may be cut.
    pub fn read(message: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(message);
        let [id, flags, questions, answers] = reader.numbers()?;
        // How many records the other two sections have.
        reader.numbers::<2>()?;
        if flags & OPCODE != 0 || questions != 1 {
            return None;
        }
        let question = reader.name()?;
        // Its type and class.
        reader.numbers::<2>()?;
        let answers = Answers { reader, left: answers };
        let mut rest = answers.clone();
        while rest.next().is_some() {}
        (rest.left == 0 || flags & TRUNCATED != 0).then_some(Self {
            id,
            is_answer: flags & ANSWER != 0,
            is_positive: flags & RESPONSE == 0,
            question,
            answers,
        })
    }

    /// The records of the answer section.
    pub fn answers(&self) -> Answers<'a> {
        self.answers.clone()
    }

    /// The name that was asked for, and those that it is an alias of.
    pub fn chain(&self) -> Chain<'a> {
        Chain::new(self.question, self.answers())
    }
}

/// Records, one after the other.
#[derive(Clone, Debug)]
pub struct Answers<'a> {
    reader: Reader<'a>,
    /// How many there should be.
    left: u16,
}

impl<'a> Iterator for Answers<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let left = self.left.checked_sub(1)?;
        let record = self.reader.record()?;
        self.left = left;
        Some(record)
    }
}
