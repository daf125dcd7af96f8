//! What `show --json` prints, read as a policy file, is the same set.

use qos_loader::{
    diagnostic::Text,
    output::set::SetDocument,
    policy::{
        Actions, Conditions, Policy,
        expand::Rule,
        layer::PolicySet,
        rank::{Step, ranked},
        settings::{AppMarking, Settings, Shaper},
        source::{Form, Layer},
    },
};
use qos_tests::generate::{machine::SyntheticMachine, random::Random, sets::random_policies, text};

const SETS: u64 = 1_000;

#[test]
fn a_shown_set_is_read_as_the_same_set() {
    let machine = SyntheticMachine::new(1);
    let (mut by_place, mut over_layers, mut replaced, mut with_settings) = (0, 0, 0, 0);
    for seed in 0..SETS {
        let mut random = Random::new(seed + 4_000_000);
        let mut policies = random_policies(seed, &mut random, &machine, false);
        policies.retain(text::is_writable);
        rename(&mut random, &mut policies);
        let shown = read(&layers(&mut random, &policies));
        let document = serde_json::to_string(&SetDocument::of(&shown)).unwrap();
        let again = read(&[layer("shown".to_owned(), document)]);

        assert_eq!(by_name(&again), by_name(&shown), "set {seed}");
        assert_eq!(values(&again.settings), values(&shown.settings), "set {seed}");
        let (rules, steps) = order(&shown);
        assert_eq!(order(&again), (rules, steps.clone()), "set {seed}");

        let places = steps.iter().filter(|step| **step == Step::Place).count();
        by_place += places;
        let highest = shown.policies.iter().map(|policy| policy.origin.layer).max();
        over_layers += usize::from(highest > Some(0));
        replaced += shown.replaced.iter().filter(|below| !below.is_empty()).count();
        with_settings += usize::from(shown.settings != Settings::default());
    }
    println!(
        "{by_place} neighbours decided by place, {over_layers} sets of several layers, {replaced} \
         policies that replaced others, {with_settings} sets with settings"
    );
    let counts = [by_place, over_layers, replaced, with_settings];
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}

/// Gives some policies the name of one in another layer.
fn rename(random: &mut Random, policies: &mut [Policy]) {
    for index in 1..policies.len() {
        let other = random.within(0..=index - 1);
        let (name, layer) = (policies[other].name.clone(), policies[index].origin.layer);
        let is_taken = policies.iter().any(|one| one.name == name && one.origin.layer == layer);
        if random.percent(10) && !is_taken {
            policies[index].name = name;
        }
    }
}

/// The texts of all layers, of which some have settings.
fn layers(random: &mut Random, policies: &[Policy]) -> Vec<Layer> {
    let with_settings = |written: Layer| {
        let policies = &written.texts[0].content;
        layer(written.name, format!("{}{policies}", settings(random)))
    };
    text::layers(policies).into_iter().map(with_settings).collect()
}

fn settings(random: &mut Random) -> String {
    let keys = [
        *random.pick(&["interfaces = \"eth0\"", "interfaces = [\"wl*\", \"!wlan1\"]", ""]),
        *random.pick(&["app-marking = \"ignore\"", "app-marking = \"allow\"", "", ""]),
        *random.pick(&["inbound-throughput-level = 0", "inbound-throughput-level = 3", "", ""]),
        *random.pick(&["shaper = \"htb\"", "shaper = \"auto\"", "shaper = \"edt\"", "", ""]),
    ];
    format!("[settings]\n{}\n", keys.join("\n"))
}

fn layer(name: String, content: String) -> Layer {
    Layer { form: Form::File, texts: vec![Text::new(name.clone(), content)], name }
}

fn read(layers: &[Layer]) -> PolicySet {
    PolicySet::of(layers).unwrap_or_else(|errors| panic!("{}", errors.to_text(false)))
}

/// What the policies say.
fn by_name(set: &PolicySet) -> Vec<(&String, &Conditions, Actions)> {
    let policies = set.policies.iter();
    let what =
        policies.map(|Policy { name, conditions, actions, .. }| (name, conditions, *actions));
    let mut policies: Vec<_> = what.collect();
    policies.sort_by_key(|(name, ..)| *name);
    policies
}

type Values = (Option<Vec<String>>, Option<AppMarking>, Option<u8>, Option<Shaper>);

fn values(settings: &Settings) -> Values {
    let Settings { interfaces, app_marking, inbound_throughput_level, shaper } = settings.clone();
    (
        interfaces.map(|setting| setting.value),
        app_marking.map(|setting| setting.value),
        inbound_throughput_level.map(|setting| setting.value),
        shaper.map(|setting| setting.value),
    )
}

/// All rules in winning order with the names of their policies, and what decided between each and
/// the next.
fn order(set: &PolicySet) -> (Vec<(String, Rule)>, Vec<Step>) {
    let ranked = ranked(&set.policies);
    let pairs = ranked.iter().zip(ranked.iter().skip(1));
    let steps = pairs.map(|((one, _), (other, _))| one.compare(other).1).collect();
    let rules = ranked
        .into_iter()
        .map(|(_, rule)| (set.policies[rule.policy].name.clone(), Rule { policy: 0, ..rule }));
    (rules.collect(), steps)
}
