//! What the fuzz targets do with an input, and the replay of their corpora
//! (`qos-loader/tests/corpus.rs`) does too.

use qos_common::policy_set::vector::MAX_RULES;
use qos_loader::{
    diagnostic::Text,
    policy::{
        layer::PolicySet,
        rank::ranked,
        source::{Form, Layer},
    },
};

/// How reading an input ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is a set of policies.
    Accepted,
    /// Something is wrong with it.
    Refused,
}

/// Reads `text` as the loader does, up to the winning order of its rules, or else shows people and
/// programs what is wrong with it.
pub fn read(form: Form, text: &str) -> Outcome {
    let texts = vec![Text::new("input", text.to_owned())];
    match PolicySet::of(&[Layer { name: "input".to_owned(), form, texts }]) {
        Ok(set) => {
            let rules = ranked(&set.policies).len();
            assert!(rules <= MAX_RULES as usize, "{rules} rules");
            Outcome::Accepted
        }
        Err(diagnostics) => {
            for styled in [false, true] {
                assert!(!diagnostics.to_text(styled).is_empty(), "refused, but why?");
            }
            assert_ne!(diagnostics.to_json().to_string(), "[]", "refused, but why?");
            Outcome::Refused
        }
    }
}
