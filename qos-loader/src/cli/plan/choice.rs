//! With which of the loaders that run a set is compared.

use crate::{
    control::Running,
    error::{Error, Result},
    kernel::interfaces::Selection,
};

/// The only one there is, if there is one.
pub(super) fn only(mut loaders: Vec<Running>) -> Result<Option<Running>> {
    if let [_, _, ..] = loaders.as_slice() {
        let each = |loader: &Running| format!("pid {} on {}", loader.pid, places(loader));
        let each: Vec<String> = loaders.iter().map(each).collect();
        let message = format!("more than one loader is meant: {}", each.join("; "));
        return Err(Error::usage(message).hinted("name the interfaces of one of them with -i"));
    }
    Ok(loaders.pop())
}

/// The one on the interfaces of the `selection`, which was `named` so.
pub(super) fn by_interfaces(
    mut loaders: Vec<Running>,
    selection: &Selection,
    named: &[String],
) -> Result<Option<Running>> {
    loaders.retain(|loader| is_meant(loader, selection, named));
    only(loaders)
}

/// The same for a selection of the set's own settings. They may be what changes: then it is the
/// only loader.
pub(super) fn by_settings(
    loaders: Vec<Running>,
    selection: &Selection,
    named: &[String],
) -> Result<Option<Running>> {
    match loaders.as_slice() {
        [_] => only(loaders),
        _ => by_interfaces(loaders, selection, named),
    }
}

/// Whether it is attached to one of the interfaces, or waits for them to appear.
fn is_meant(loader: &Running, selection: &Selection, named: &[String]) -> bool {
    let mut wanted = named.iter().filter(|text| !text.starts_with('!'));
    loader.interfaces.iter().any(|name| selection.contains(name))
        || wanted.any(|text| loader.named.contains(text))
}

/// The interfaces that it is attached to, or else those that it waits for.
pub(super) fn places(loader: &Running) -> String {
    match loader.interfaces.as_slice() {
        [] => format!("no interface yet ({})", loader.named.join(", ")),
        some => some.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn loader(pid: u32, named: &[&str], interfaces: &[&str]) -> Running {
        let [named, interfaces] =
            [named, interfaces].map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        Running { pid, named, interfaces, ..Running::default() }
    }

    fn loaders() -> Vec<Running> {
        vec![
            loader(1, &["eth*", "!eth9"], &["eth0", "eth1"]),
            loader(2, &["wg0", "!eth9"], &["wg0"]),
            loader(3, &["late*"], &[]),
        ]
    }

    /// The PID of the one that is meant, or what is wrong.
    fn meant(choose: Choose, loaders: Vec<Running>, named: &[&str]) -> Result<Option<u32>, String> {
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        match choose(loaders, &Selection::new(&named).unwrap(), &named) {
            Ok(loader) => Ok(loader.map(|loader| loader.pid)),
            Err(error) => {
                assert_eq!(error.kind(), Kind::Usage);
                Err(error.to_string())
            }
        }
    }

    type Choose = fn(Vec<Running>, &Selection, &[String]) -> Result<Option<Running>>;

    #[test]
    fn it_is_the_one_on_the_interfaces() {
        for (named, pid) in [
            (&["eth1"][..], Some(1)),
            (&["eth1", "eth7"], Some(1)),
            (&["wg*"], Some(2)),
            (&["late*"], Some(3)),
            (&["late0"], None),
            (&["eth7"], None),
            // What both leave out does not make them the same.
            (&["ppp0", "!eth9"], None),
            (&["*", "!eth*"], Some(2)),
        ] {
            assert_eq!(meant(by_interfaces, loaders(), named), Ok(pid), "{named:?}");
            assert_eq!(meant(by_settings, loaders(), named), Ok(pid), "{named:?}");
        }
    }

    #[test]
    fn several_are_told_apart() {
        let message = meant(by_interfaces, loaders(), &["eth0", "wg0"]).unwrap_err();
        assert_eq!(
            message,
            "error: more than one loader is meant: pid 1 on eth0, eth1; pid 2 on wg0\n\
             hint: name the interfaces of one of them with -i"
        );
        let error = only(loaders()).unwrap_err().to_string();
        assert!(error.contains("; pid 3 on no interface yet (late*)"), "{error}");
    }

    #[test]
    fn the_only_one_is_meant_unless_the_command_line_names_another() {
        let one = || vec![loader(1, &["eth0"], &["eth0"])];
        assert_eq!(only(one()).unwrap(), one().pop());
        assert_eq!(only(Vec::new()).unwrap(), None);
        assert_eq!(meant(by_settings, one(), &["eth5"]), Ok(Some(1)));
        assert_eq!(meant(by_interfaces, one(), &["eth5"]), Ok(None));
    }
}
