//! What the fuzz targets do with an input, and the replay of their corpora
//! (`qos-loader/tests/corpus.rs`) does too.

pub mod dns;
pub mod request;

use qos_common::policy_set::vector::MAX_RULES;
use qos_loader::{
    diagnostic::Text,
    output::set::SetDocument,
    policy::{
        conflict::conflicts,
        layer::PolicySet,
        rank::ranked,
        shadow::shadowed,
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

/// Reads `text` as the loader does, looks for conflicts, and reads what it shows again, or else shows people and
/// programs what is wrong with it.
pub fn read(form: Form, text: &str) -> Outcome {
    match PolicySet::of(&[layer(form, text.to_owned())]) {
        Ok(set) => {
            let rules = ranked(&set.policies);
            assert!(rules.len() <= MAX_RULES as usize, "{} rules", rules.len());
            conflicts(&rules);
            shadowed(&rules, set.policies.len());
            let shown = serde_json::to_string(&SetDocument::of(&set)).expect("it is JSON");
            let again = PolicySet::of(&[layer(Form::File, shown)]).expect("it can be read again");
            assert_eq!(again.policies.len(), set.policies.len());
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

fn layer(form: Form, text: String) -> Layer {
    let texts = vec![Text::new("input", text)];
    Layer { name: "input".to_owned(), form, texts }
}
