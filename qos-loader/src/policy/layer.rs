//! The effective set: a policy replaces the one of its name in a lower layer whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::check::{self, Checked};
use super::settings::Settings;
use super::source::{Form, Layer, Sources};
use super::{Origin, Policy, limits, parse};
use crate::diagnostic::{Diagnostic, Diagnostics, Place};
use crate::error::Result;
use qos_common::counters::MAX_POLICIES;

/// The policies in force, and the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySet {
    /// The lowest layer's first; those of a layer as they stand in it.
    pub policies: Vec<Policy>,
    /// For each of the policies, where those of its name stood that it replaced, the highest first.
    pub replaced: Vec<Vec<Origin>>,
    /// For each of the policies, the place of its name, for warnings.
    pub places: Vec<Place>,
    /// The settings, each of the highest layer that has it.
    pub settings: Settings,
}

impl PolicySet {
    /// Reads, checks and merges all layers. Fails with every mistake that they have.
    pub fn read(sources: &Sources) -> Result<Self> {
        Ok(Self::of(&sources.read()?)?)
    }

    /// Checks and merges `layers`, the lowest first. Fails with every mistake that they have.
    pub fn of(layers: &[Layer]) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let mut settings = Settings::default();
        let mut policies = Vec::new();
        for (number, layer) in layers.iter().enumerate() {
            let reader =
                LayerReader { number, layer, names: BTreeMap::new(), policies: Vec::new() };
            policies.extend(reader.read(&mut settings, &mut diagnostics));
        }
        if diagnostics.errors() > 0 {
            return Err(diagnostics);
        }
        let set = merge(policies, settings);
        limits::exceeded(&set).map_or(Ok(set), |too_much| Err(too_much.into()))
    }
}

/// Keeps the highest policy of each name.
fn merge(policies: Vec<(Policy, Place)>, settings: Settings) -> PolicySet {
    let mut set = PolicySet { settings, ..PolicySet::default() };
    let mut in_force: BTreeMap<String, usize> = BTreeMap::new();
    for (policy, place) in policies.into_iter().rev() {
        match in_force.entry(policy.name.clone()) {
            Entry::Occupied(higher) => set.replaced[*higher.get()].push(policy.origin),
            Entry::Vacant(vacant) => {
                vacant.insert(set.policies.len());
                set.policies.push(policy);
                set.replaced.push(Vec::new());
                set.places.push(place);
            }
        }
    }
    set.policies.reverse();
    set.replaced.reverse();
    set.places.reverse();
    set
}

struct LayerReader<'a> {
    number: usize,
    layer: &'a Layer,
    names: BTreeMap<String, Place>,
    policies: Vec<(Policy, Place)>,
}

impl LayerReader<'_> {
    fn read(
        mut self,
        settings: &mut Settings,
        diagnostics: &mut Diagnostics,
    ) -> Vec<(Policy, Place)> {
        let mut unnamed = 0;
        for text in &self.layer.texts {
            let mut own = Diagnostics::default();
            let document = match self.layer.form {
                Form::File => parse::file(text, &mut own),
                Form::Argument => parse::argument(text, &mut unnamed, &mut own),
            };
            if let Some(beyond) = document.policies.get(MAX_POLICIES as usize) {
                // Checking them all would take as long as they are many.
                let place = text.place(&beyond.header);
                diagnostics.push(limits::too_many(document.policies.len(), place));
                continue;
            }
            check::version(text, &document, &mut own);
            settings.merge(check::settings(text, &self.layer.name, &document, &mut own));
            for policy in check::policies(text, &document, &mut own) {
                self.add(policy, &mut own);
            }
            diagnostics.append_sorted(own);
        }
        self.policies
    }

    fn add(&mut self, checked: Checked, diagnostics: &mut Diagnostics) {
        let Checked { name, place, body } = checked;
        if let Some(first) = self.names.get(&name) {
            let message = format!("another policy of this layer is called \"{name}\" too");
            let hint = format!("the first stands at {}:{}", first.file.display(), first.line);
            return diagnostics.push(Diagnostic::error(place, message).hinted(hint));
        }
        self.names.insert(name.clone(), place.clone());
        let Some((conditions, actions)) = body else {
            return;
        };
        let origin = Origin {
            layer: self.number,
            layer_name: self.layer.name.clone(),
            file: place.file.clone(),
            line: place.line,
            place: self.policies.len(),
        };
        self.policies.push((Policy { name, conditions, actions, origin }, place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Text;

    fn layer(name: &str, texts: &[&str]) -> Layer {
        let text = |(index, content): (usize, &&str)| {
            Text::new(format!("{name}/{index}.toml"), (*content).to_owned())
        };
        let texts = texts.iter().enumerate().map(text).collect();
        Layer { name: name.to_owned(), form: Form::File, texts }
    }

    #[test]
    fn a_higher_layer_replaces_a_policy_whole_and_a_setting_alone() {
        let low = "[settings]\ninterfaces = [\"eth*\"]\n\
                   [[policy]]\nname = \"a\"\ndscp = 1\nsource-port = 80\n\
                   [[policy]]\nname = \"b\"\ndscp = 2\n";
        let layers = [
            layer("low", &[low]),
            layer("middle", &["[[policy]]\nname = \"a\"\ndscp = 3\n"]),
            layer(
                "high",
                &["[[policy]]\nname = \"c\"\ndscp = 4\n", "[[policy]]\ndscp = 5\nname = \"a\"\n"],
            ),
        ];
        let set = PolicySet::of(&layers).unwrap();
        let names: Vec<&str> = set.policies.iter().map(|policy| policy.name.as_str()).collect();
        assert_eq!(names, ["b", "c", "a"]);
        let winner = &set.policies[2];
        assert_eq!(winner.actions.dscp.map(qos_common::dscp::Dscp::value), Some(5));
        assert!(winner.conditions.source_port.is_empty());
        assert_eq!((winner.origin.layer, winner.origin.place, winner.origin.line), (2, 1, 3));
        let replaced: Vec<&str> =
            set.replaced[2].iter().map(|origin| origin.layer_name.as_str()).collect();
        assert_eq!(replaced, ["middle", "low"]);
        let interfaces = set.settings.interfaces.unwrap();
        assert_eq!((interfaces.value, interfaces.layer.as_str()), (vec!["eth*".to_owned()], "low"));
    }

    #[test]
    fn one_layer_has_a_name_once_even_over_several_files() {
        let text = "[[policy]]\nname = \"a\"\ndscp = 1\n";
        let diagnostics = PolicySet::of(&[layer("one", &[text, text])]).unwrap_err();
        let only = diagnostics.iter().next().unwrap();
        assert_eq!(only.place.file, std::path::Path::new("one/1.toml"));
        assert_eq!(only.hints, ["the first stands at one/0.toml:2"]);
    }
}
