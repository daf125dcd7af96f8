//! What policies may say that nothing can enforce: `run` refuses it.

use qos_common::request::{MAX_ELEMENTS, MAX_LABELS};

use super::{
    HostPattern, Policy, UrlPattern,
    condition::{Scheme, UrlHost},
    layer::PolicySet,
};
use crate::error::{Error, Result};

/// The most values that a message names.
const MOST_NAMED: usize = 20;

/// Fails with the values that nothing can enforce, the policies that have them, and the reasons.
pub fn refuse(set: &PolicySet) -> Result<()> {
    let of_policies = set.policies.iter().flat_map(|policy| {
        let origin = &policy.origin;
        let place = format!("\"{}\", {}:{}", policy.name, origin.file.display(), origin.line);
        values(policy).map(move |(value, why)| format!("`{value}` ({place}): {why}"))
    });
    let found: Vec<String> = of_policies.collect();
    if found.is_empty() {
        return Ok(());
    }
    let more = match found.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!("; and {more} more of that kind"),
    };
    let named: Vec<String> = found.into_iter().take(MOST_NAMED).collect();
    let message = format!("nothing can enforce {}{more}", named.join("; "));
    Err(Error::unsupported(message)
        .hinted("leave that out; `check`, `show` and `explain` take it all the same"))
}

/// The values of a policy that nothing can enforce, as a policy file writes them, and why.
pub fn values(policy: &Policy) -> impl Iterator<Item = (String, String)> {
    let conditions = &policy.conditions;
    let urls = conditions.url.iter().filter_map(|url| Some((written(url), of_url(url)?)));
    let host = |host: &HostPattern| {
        let below = usize::from(matches!(host, HostPattern::Below(_)));
        Some((format!("destination-host = \"{host}\""), of_labels(host.depth() + below)?))
    };
    urls.chain(conditions.destination_host.iter().filter_map(host))
}

fn of_url(url: &UrlPattern) -> Option<String> {
    let encrypted = url.scheme == Scheme::Https;
    match &url.host {
        UrlHost::V4(_) | UrlHost::V6(_) if encrypted => {
            let why = "clients name no server that they call by its address; `source` has that";
            return Some(why.to_owned());
        }
        UrlHost::Name(name) if of_labels(name.labels().len()).is_some() => {
            return of_labels(name.labels().len());
        }
        UrlHost::Any | UrlHost::V4(_) | UrlHost::V6(_) | UrlHost::Name(_) => {}
    }
    if encrypted && (!url.path.is_empty() || !url.subdirectories) {
        return Some("which path is asked for is encrypted".to_owned());
    }
    let elements = url.path.len();
    (elements > MAX_ELEMENTS)
        .then(|| format!("a path of {elements} elements, of which {MAX_ELEMENTS} are compared"))
}

fn of_labels(labels: usize) -> Option<String> {
    (labels > MAX_LABELS)
        .then(|| format!("a name of {labels} labels, where {MAX_LABELS} are the most"))
}

fn written(url: &UrlPattern) -> String {
    let alone = if url.subdirectories { "" } else { ", subdirectories = false" };
    format!("url = \"{url}\"{alone}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Text,
        policy::source::{Form, Layer},
    };

    fn why(keys: &str) -> Vec<String> {
        let content = format!("[[policy]]\nname = \"test\"\ndscp = 1\n{keys}\n");
        let texts = vec![Text::new("test", content)];
        let layer = Layer { name: "test".to_owned(), form: Form::File, texts };
        let set = PolicySet::of(&[layer]).unwrap();
        set.policies.iter().flat_map(values).map(|(value, why)| format!("{value}: {why}")).collect()
    }

    #[test]
    fn what_can_be_known_is_enforced() {
        for keys in [
            "url = ['http://*/', 'https://video/', 'https://*:*/', 'http://192.0.2.1:81/a/b']",
            "url = 'http://[2001:db8::1]/a'\nsubdirectories = false",
            "url = 'http://1.2.3.4.5.6.7.8.9.a/1/2/3/4/5/6/7/8/9/10/11/12'",
            "destination-host = ['1.2.3.4.5.6.7.8.9.a', '*.1.2.3.4.5.6.7.8.a', '*.a']",
        ] {
            assert_eq!(why(keys), [""; 0], "{keys}");
        }
    }

    #[test]
    fn what_can_not_be_known_is_refused_with_the_reason() {
        for (keys, reason) in [
            ("url = 'https://a/b'", "url = \"https://a/b\": which path is asked for is encrypted"),
            (
                "url = 'https://a/'\nsubdirectories = false",
                "url = \"https://a/\", subdirectories = false: which path is asked for is encrypted",
            ),
            (
                "url = 'https://[2001:db8::1]/'",
                "url = \"https://[2001:db8::1]/\": clients name no server that they call by its address; \
                 `source` has that",
            ),
            (
                "url = 'http://*/1/2/3/4/5/6/7/8/9/10/11/12/13'",
                "url = \"http://*/1/2/3/4/5/6/7/8/9/10/11/12/13\": a path of 13 elements, of which 12 are \
                 compared",
            ),
            (
                "url = 'http://1.2.3.4.5.6.7.8.9.10.a/'",
                "url = \"http://1.2.3.4.5.6.7.8.9.10.a/\": a name of 11 labels, where 10 are the most",
            ),
            (
                "destination-host = '1.2.3.4.5.6.7.8.9.10.a'",
                "destination-host = \"1.2.3.4.5.6.7.8.9.10.a\": a name of 11 labels, where 10 are the most",
            ),
            (
                "destination-host = '*.1.2.3.4.5.6.7.8.9.a'",
                "destination-host = \"*.1.2.3.4.5.6.7.8.9.a\": a name of 11 labels, where 10 are the most",
            ),
        ] {
            assert_eq!(why(keys), [reason], "{keys}");
        }
    }
}
