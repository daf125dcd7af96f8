//! What messages of name servers say of hosts.

use std::{net::IpAddr, time::Duration};

use qos_common::{
    dns::{Message as Dns, name::Name, record::Data},
    name_message::PORT,
};

use super::{packet::Ends, questions::Asked};
use crate::policy::HostName;

/// The most that is learned of one answer.
const MOST: usize = 1_024;

/// A question, or an answer with what it was to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Message {
    Question(Asked),
    Answer(Asked, Vec<Record>),
    /// About a name that no policy could have, or of others than clients and servers.
    Other,
}

/// That a name has an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: HostName,
    pub(super) address: IpAddr,
    /// How long it may be kept.
    pub(super) time: Duration,
}

/// What `bytes` say that were sent between these ends. None for what can't be read, or has another question
/// than one.
pub(super) fn read(ends: Ends, bytes: &[u8]) -> Option<Message> {
    let message = Dns::read(bytes)?;
    let ends = if message.is_answer { ends.turned() } else { ends };
    let Some(name) = host(message.question).filter(|_| ends.to.port() == PORT) else {
        return Some(Message::Other);
    };
    let asked = Asked { ends, id: message.id, name };
    Some(if message.is_answer {
        Message::Answer(asked, records(&message))
    } else {
        Message::Question(asked)
    })
}

/// The addresses of the name that was asked for and of the names that it is an alias of.
fn records(message: &Dns<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    let mut names = Vec::new();
    let chain = message.chain().take_while(|_| message.is_positive);
    for link in chain {
        names.extend(host(link.name));
        for answer in message.answers().filter(|answer| answer.name == link.name) {
            let Data::Address(address) = answer.data else { continue };
            let time = Duration::from_secs(link.time.min(answer.time).into());
            records.extend(names.iter().map(|name| Record { name: name.clone(), address, time }));
        }
        records.truncate(MOST);
    }
    records
}

/// None for what no policy could name.
fn host(name: Name<'_>) -> Option<HostName> {
    // A dot in a label is none between two.
    let label = |label| str::from_utf8(label).ok().filter(|label| !label.contains('.'));
    let labels: Option<Vec<&str>> = name.labels().map(label).collect();
    HostName::new(&labels?.join("."))
}

#[cfg(test)]
mod tests {
    use super::{super::packet::Protocol, *};

    /// The question's name is at offset 12.
    const QUESTION: &[u8] = b"\x03www\x07example\x03com\0\0\x01\0\x01";

    fn ends() -> Ends {
        let (from, to) = (([192, 0, 2, 53], 53).into(), ([192, 0, 2, 1], 4_000).into());
        Ends { protocol: Protocol::Udp, from, to }
    }

    /// An answer of a server to a question for www.example.com, with these records behind it.
    fn answer(records: &[&[u8]]) -> Vec<u8> {
        let count = u8::try_from(records.len()).unwrap();
        let header = [0x12, 0x34, 0x81, 0x80, 0, 1, 0, count, 0, 0, 0, 0];
        [&header, QUESTION, &records.concat()].concat()
    }

    fn addresses(message: &[u8]) -> Vec<String> {
        let Some(Message::Answer(asked, records)) = read(ends(), message) else { panic!() };
        assert_eq!((asked.id, asked.name.to_string()), (0x1234, "www.example.com".to_owned()));
        assert_eq!(asked.ends, ends().turned());
        let text = |one: &Record| format!("{} {} {}", one.name, one.address, one.time.as_secs());
        records.iter().map(text).collect()
    }

    const ALIAS: &[u8] = b"\xc0\x0c\0\x05\0\x01\0\0\0\x1e\0\x05\x02ab\xc0\x10";
    /// `ab.example.com`, which stands behind the question and the alias' own header.
    const OF_ALIAS: &[u8] = b"\xc0\x2d\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x07";
    const OF_NAME: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x08";
    /// The class of chaos.
    const OTHER_CLASS: &[u8] = b"\xc0\x0c\0\x01\0\x03\0\0\0\x3c\0\x04\xc6\x33\x64\x09";
    /// Of `com`, for which nobody asked.
    const OTHER_NAME: &[u8] = b"\xc0\x18\0\x01\0\x01\0\0\0\x3c\0\x04\xc6\x33\x64\x0a";

    #[test]
    fn an_alias_and_its_name_have_the_address_for_the_shorter_time() {
        let both = ["www.example.com 198.51.100.7 30", "ab.example.com 198.51.100.7 30"];
        assert_eq!(addresses(&answer(&[ALIAS, OF_ALIAS])), both);
    }

    #[test]
    fn only_what_was_asked_for_counts() {
        let only = ["www.example.com 198.51.100.8 60"];
        assert_eq!(addresses(&answer(&[OTHER_NAME, OF_NAME, OTHER_CLASS])), only);
        let mut failed = answer(&[OF_NAME]);
        failed[3] |= 3;
        assert_eq!(addresses(&failed), [""; 0]);
    }

    #[test]
    fn a_question_comes_from_the_other_end() {
        let mut question = answer(&[]);
        question[2] = 1;
        assert_eq!(read(ends(), &question), Some(Message::Other));
        let Some(Message::Question(asked)) = read(ends().turned(), &question) else { panic!() };
        assert_eq!(asked.ends, ends().turned());
    }

    #[test]
    fn a_dot_in_a_label_is_none_between_labels() {
        let mut dotted = answer(&[OF_NAME]);
        dotted.splice(12..28, *b"\x0bwww.example\x03com");
        assert_eq!(read(ends(), &dotted), Some(Message::Other));
    }

    #[test]
    fn what_one_answer_says_is_bounded() {
        let record = OF_NAME;
        let mut long = answer(&vec![record; 200]);
        long[6..8].copy_from_slice(&2_000_u16.to_be_bytes());
        (200..2_000).for_each(|_| long.extend(record));
        assert_eq!(addresses(&long).len(), MOST);
    }
}
