//! Values of every key: right ones, nearly right ones, and ones of another type.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::string::string_regex;
use serde_json::{Value, json};

/// A key, and what its values look like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// Whether a schema can say all that its values must be.
    pub(crate) exact: bool,
    /// A regular expression for texts of which many are right.
    texts: &'static str,
}

const ACCOUNTS: &str = "[a-z0-9_.:-]{0,8}|0{0,2}(429496729[0-9]|[0-9]{1,11})";
const ADDRESSES: &str = "[Aa]ny|(25[0-9]|[0-9]{1,2})(\\.[0-9]{1,2}){2}\\.0?[0-9](/[0-3]?[0-9])?\
                         |([0-9a-fA-F]{0,4}:){1,8}([0-9a-f]{1,5}|1\\.2\\.3\\.4)?(/[01]?[0-9]{1,2})?\
                         |(2001:db8)?::(/(64|12[0-9]))?|0\\.0\\.0\\.0/[0-9]{1,2}";
const PORTS: &str = "0{0,2}[0-9]{1,5}|[0-9]{1,4}:[0-9]{1,5}|6553[0-9]";
const BOOLEANS: &str = "true|false|True|yes|";

/// All keys.
pub(crate) const KEYS: [Key; 20] = [
    Key { name: "name", exact: false, texts: "[a-zä日\u{0}-\u{a0}]{0,260}" },
    Key {
        name: "dscp",
        exact: true,
        texts: "(0[xX])?0{0,2}[0-9a-fA-F]{1,3}|([cC][sS]|[aA][fF])[0-9]{0,2}|[eE][fF]|[lL]e|BE|df\
                |[vV]oice-ADMIT|Va|NqB",
    },
    Key {
        name: "throttle",
        exact: true,
        texts: "[0-9]{0,4}[ \t\u{a0}\u{85}]{0,1}[ \t]{0,2}(KBps|MBps|KBPS|kbit|mBit|GBIT|bit|)",
    },
    Key { name: "keep-marked", exact: true, texts: BOOLEANS },
    Key { name: "user", exact: true, texts: ACCOUNTS },
    Key { name: "group", exact: true, texts: ACCOUNTS },
    Key {
        name: "application",
        exact: true,
        texts: "(/[a-z.%]{1,3}){1,3}|[a-z.% ]{1,4}|%?/?[*?\\\\.a-]{1,3}(/[a%.]{0,3}){0,3}\
                |/?(\\\\x([0246][0-9a-fEF]|a[g0])|\\\\\\\\|[.:a\\\\/]){1,4}",
    },
    Key {
        name: "cgroup",
        exact: true,
        texts: "(/[a-z.]{1,3}){1,3}/?|(/[a*.]{0,3}){1,4}|/|(/[a*]){29,33}/?|/sys/fs/cgroup[/a]{0,2}",
    },
    Key { name: "source", exact: false, texts: ADDRESSES },
    Key { name: "destination", exact: false, texts: ADDRESSES },
    Key {
        name: "destination-host",
        exact: false,
        texts: "(\\*\\.)?([a-zA-Z0-9_-]{1,3}\\.){0,3}[a-z0-9_-]{1,3}\\.?|a{60,65}(\\.a{0,63}){0,4}\\.?",
    },
    Key { name: "source-port", exact: false, texts: PORTS },
    Key { name: "destination-port", exact: false, texts: PORTS },
    Key {
        name: "protocol",
        exact: true,
        texts: "0{0,2}[0-9]{1,3}|[tT]cp|UDP|udp|tcp[+]udp|UDP[+]tcp|icmp|icmpv6|sctp|gre",
    },
    Key {
        name: "url",
        exact: false,
        texts: "[hH]ttps?://([*]|[a-zA-Z0-9.-]{1,5}|\\[(::[0-9a-f.]{0,3}|[a-f:]{2,5})\\]|1\\.2\\.3\\.4)\
                (:([*]|[0-9]{1,5}))?(/[!-~]{0,3}){0,3}",
    },
    Key { name: "subdirectories", exact: true, texts: BOOLEANS },
    Key {
        name: "interfaces",
        exact: false,
        texts: "!?[a-z0-9*?!-]{0,5}|[a-z]\\[[0-9]\\]?|[ -~]{1,4}",
    },
    Key { name: "app-marking", exact: true, texts: "allow|[iI]gnore|ALLOW|deny|" },
    Key { name: "inbound-throughput-level", exact: true, texts: "0{0,2}[0-9]{1,2}|high|" },
    Key { name: "shaper", exact: true, texts: "auto|[gG]cra|HTB|edt|tbf|" },
];

pub(crate) fn any_key() -> impl Strategy<Value = (Key, Value)> {
    select(&KEYS[..]).prop_flat_map(|key| {
        let value = prop_oneof![
            6 => text(key).prop_map(Value::from),
            2 => vec(text(key).prop_map(Value::from), 0..3).prop_map(Value::from),
            2 => number().prop_map(Value::from),
            1 => vec(prop_oneof![number().prop_map(Value::from), text(key).prop_map(Value::from)], 1..3)
                .prop_map(Value::from),
            1 => select(vec![json!(true), json!(false), json!({}), json!([[]])]),
        ];
        (Just(key), value)
    })
}

/// Numbers, most of them near a limit.
fn number() -> impl Strategy<Value = i64> {
    let limits = select(&[0_i64, 3, 63, 255, 65_535, 4_294_967_295][..]);
    prop_oneof![(limits, -2_i64..=2).prop_map(|(limit, by)| limit + by), any::<i64>()]
}

/// A text of the key, in which one character may have become another.
fn text(key: Key) -> impl Strategy<Value = String> {
    let odd = select(
        &["", " ", "\t", "\n", "\u{0}", "\u{85}", "\u{feff}", "ä", "/", ".", "*", ":", "0", "-"][..],
    );
    let texts = string_regex(key.texts).unwrap();
    (texts, any::<bool>(), any::<Index>(), odd).prop_map(|(text, damage, at, odd)| {
        let mut characters: Vec<String> = text.chars().map(String::from).collect();
        if damage && !characters.is_empty() {
            let at = at.index(characters.len());
            odd.clone_into(&mut characters[at]);
        }
        characters.concat()
    })
}
