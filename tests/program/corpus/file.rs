//! The form of the files: comments that say what is awkward, then
//!
//! ```text
//! link: ethernet              or ip: no link header
//! policy: name=all,dscp=EF    as --policy has it; repeated
//! frame:
//!     02 00 ...               # bytes
//! leaves with:                or `leaves: as it came`
//!     at 15: b8               what is at this offset then
//! counted: all                a policy's name, unmatched, not-ip or malformed
//! ```

use qos_common::counters::Totals;
use qos_loader::kernel::LinkKind;

/// A frame and what becomes of it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) link: LinkKind,
    pub(super) policies: Vec<String>,
    pub(super) frame: Vec<u8>,
    pub(super) leaves: Vec<u8>,
    pub(super) counted: Counted,
}

/// Where a packet is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    Policy(String),
    Unmatched,
    NotIp,
    Malformed,
}

impl Case {
    pub(super) fn read(name: &str, text: &str) -> Result<Self, String> {
        let Some(name) = name.strip_suffix(".hex").filter(|_| text.starts_with("# ")) else {
            return Err("is no .hex file that starts with a description".to_owned());
        };
        let mut link = None;
        let mut policies = Vec::new();
        let mut frame = Vec::new();
        let mut leaves: Option<Vec<u8>> = None;
        let mut counted = None;
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim_end();
            let wrong = || format!("what is {line:?}?");
            match line.split_once(": ").unwrap_or((line, "")) {
                ("" | "frame:", _) => {}
                ("link", "ethernet") => link = Some(LinkKind::Ethernet),
                ("link", "ip") => link = Some(LinkKind::Ip),
                ("policy", policy) => policies.push(policy.to_owned()),
                ("leaves", "as it came") | ("leaves with:", _) => leaves = Some(frame.clone()),
                ("counted", place) => counted = Some(Counted::by_name(place)),
                (key, bytes) if key.starts_with("    at ") => {
                    let offset: usize = key[7..].parse().map_err(|_| wrong())?;
                    let bytes = hex(bytes)?;
                    let leaves = leaves.as_mut().ok_or_else(wrong)?;
                    let places = leaves.get_mut(offset..offset + bytes.len());
                    places.ok_or_else(wrong)?.copy_from_slice(&bytes);
                }
                (bytes, "") if leaves.is_none() => frame.extend(hex(bytes)?),
                _ => return Err(wrong()),
            }
        }
        let missing = |what: &str| format!("has no line `{what}`");
        Ok(Self {
            name: name.to_owned(),
            link: link.ok_or_else(|| missing("link"))?,
            policies,
            frame,
            leaves: leaves.ok_or_else(|| missing("leaves"))?,
            counted: counted.ok_or_else(|| missing("counted"))?,
        })
    }
}

fn hex(text: &str) -> Result<Vec<u8>, String> {
    let byte = |word| u8::from_str_radix(word, 16).map_err(|_| format!("what is {word:?}?"));
    text.split_whitespace().map(byte).collect()
}

impl Counted {
    fn by_name(name: &str) -> Self {
        match name {
            "unmatched" => Self::Unmatched,
            "not-ip" => Self::NotIp,
            "malformed" => Self::Malformed,
            policy => Self::Policy(policy.to_owned()),
        }
    }

    /// What went up.
    pub(super) fn reason(before: Totals, now: Totals) -> Self {
        if now.malformed > before.malformed {
            Self::Malformed
        } else if now.not_ip > before.not_ip {
            Self::NotIp
        } else {
            assert_eq!(now.unmatched, before.unmatched + 1);
            Self::Unmatched
        }
    }
}
