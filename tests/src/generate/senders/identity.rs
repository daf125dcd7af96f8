//! A sender as `explain` is told of it.

use qos_loader::policy::{
    Application, HostName, NameOrId, check, condition::UrlRequest, explain::Identity,
};

use crate::{
    generate::{
        machine::{self, GROUPS},
        random::Random,
    },
    oracle::{Request, Sender},
};

/// The sender by names or numbers, and the groups that this machine does not know of.
pub fn identity(random: &mut Random, sender: &Sender) -> Identity {
    let known = sender.user.map(machine::groups_of).unwrap_or_default();
    let others = sender.groups.iter().filter(|group| !known.contains(group));
    let mut groups: Vec<NameOrId> = others
        .map(|&group| by_name_or_number(random, Some(group), &machine::group_names(group)))
        .collect();
    let unknown = |name: &&&str| GROUPS.iter().all(|(known, _)| known != *name);
    let unknown = sender.group_names.iter().filter(unknown);
    groups.extend(unknown.map(|&name| NameOrId::Name(name.to_owned())));
    let is_known = sender.user.is_some() || !sender.user_names.is_empty();
    Identity {
        user: is_known.then(|| by_name_or_number(random, sender.user, &sender.user_names)),
        groups,
        application: sender.application.as_ref().map(|path| Application::Path(path.into())),
        cgroup: sender.cgroup.clone(),
        destination_host: sender
            .said
            .as_ref()
            .map(|host| HostName::new(host).unwrap_or_else(|| panic!("{host} is a name"))),
        url: sender.url.as_ref().map(request),
    }
}

fn by_name_or_number(random: &mut Random, number: Option<u32>, names: &[&str]) -> NameOrId {
    match number {
        Some(number) if names.is_empty() || random.percent(50) => NameOrId::Id(number),
        _ => NameOrId::Name((*random.pick(names)).to_owned()),
    }
}

fn request(request: &Request) -> UrlRequest {
    let read = check::url::read_request(&request.to_string());
    read.unwrap_or_else(|fault| panic!("{request}: {fault:?}"))
}
