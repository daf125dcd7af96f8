//! A message as the reference reads it.
#![expect(clippy::wildcard_enum_match_arm, reason = "records say more than is asked here")]

use std::net::IpAddr;

use hickory_proto::{
    op::{Header, Message, MessageType, OpCode, ResponseCode},
    rr::{DNSClass, Name, RData, Record},
    serialize::binary::{BinDecodable as _, BinDecoder},
};
use qos_common::dns::chain::MOST;

/// The labels of a name, as they stand there.
pub(super) type Labels = Vec<Vec<u8>>;

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Address(IpAddr),
    Alias(Labels),
    Other,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) id: u16,
    pub(super) is_standard: bool,
    pub(super) is_answer: bool,
    pub(super) is_positive: bool,
    pub(super) questions: Vec<Labels>,
    pub(super) answers: Vec<(Labels, Said, u32)>,
}

impl Reference {
    /// Up to the end of the answers.
    pub(super) fn read(input: &[u8]) -> Option<Self> {
        let mut decoder = BinDecoder::new(input);
        let Header { metadata, counts } = Header::read(&mut decoder).ok()?;
        let questions = Message::read_queries(&mut decoder, counts.queries.into()).ok()?;
        let (answers, operation) = (counts.answers.into(), metadata.op_code);
        let answers = Message::read_records(&mut decoder, answers, false, operation).ok()?;
        Some(Self {
            id: metadata.id,
            is_standard: operation == OpCode::Query,
            is_answer: metadata.message_type == MessageType::Response,
            is_positive: metadata.response_code == ResponseCode::NoError,
            questions: questions.iter().map(|question| labels(&question.name)).collect(),
            answers: answers.0.iter().map(said).collect(),
        })
    }

    /// Whether the parser should take it.
    pub(super) fn is_question(&self) -> bool {
        self.is_standard && self.questions.len() == 1
    }

    /// The names that the first one is an alias of, and for how long.
    pub(super) fn chain(&self) -> Vec<(Labels, u32)> {
        let lower = |name: &Labels| -> Labels {
            name.iter().map(|label| label.to_ascii_lowercase()).collect()
        };
        let mut names = vec![(self.questions[0].clone(), u32::MAX)];
        while let Some((last, time)) = names.last().cloned() {
            let alias = self.answers.iter().find_map(|(name, said, of_alias)| match said {
                Said::Alias(alias) if lower(name) == lower(&last) => Some((alias, of_alias)),
                _ => None,
            });
            let Some((alias, of_alias)) = alias else { break };
            if names.len() == MOST || names.iter().any(|(name, _)| lower(name) == lower(alias)) {
                break;
            }
            names.push((alias.clone(), time.min(*of_alias)));
        }
        names
    }
}

fn said(record: &Record) -> (Labels, Said, u32) {
    let said = match &record.data {
        _ if record.dns_class != DNSClass::IN => Said::Other,
        RData::A(address) => Said::Address(address.0.into()),
        RData::AAAA(address) => Said::Address(address.0.into()),
        RData::CNAME(alias) => Said::Alias(labels(&alias.0)),
        _ => Said::Other,
    };
    let time = i32::try_from(record.ttl).map_or(0, i32::cast_unsigned);
    (labels(&record.name), said, time)
}

fn labels(name: &Name) -> Labels {
    name.iter().map(<[u8]>::to_vec).collect()
}
