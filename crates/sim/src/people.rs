//! Who exists: the people file, the built-in cast, and generated contacts for measurements.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::input::Address;

/// A people file (TOML), see `docs/simulator.md`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct People {
    /// The people, each with an address of their own.
    #[serde(rename = "person")]
    pub(crate) people: Vec<Entry>,
    /// Groups that everyone has in the contact list.
    #[serde(default, rename = "group")]
    pub(crate) groups: Vec<Group>,
    /// Distribution groups of the directory.
    #[serde(default, rename = "distribution_group")]
    pub(crate) directory: Vec<Distribution>,
}

/// A distribution group; a member is a person or another such group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Distribution {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) members: Vec<String>,
}

/// One person.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) password: String,
    /// Logon name; the address where it is left out.
    pub(crate) user: Option<String>,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) department: String,
    #[serde(default)]
    pub(crate) company: String,
    #[serde(default)]
    pub(crate) office: String,
    #[serde(default)]
    pub(crate) phone: String,
    /// What the person's own client shows at the start; `Offline`: no client runs.
    #[serde(default = "online")]
    pub(crate) availability: String,
    #[serde(default)]
    pub(crate) activity: String,
    #[serde(default)]
    pub(crate) note: String,
    #[serde(default = "yes")]
    pub(crate) photo: bool,
    /// Groups of this person alone.
    #[serde(default, rename = "group")]
    pub(crate) groups: Vec<Group>,
    /// Distribution groups that the person has in the contact list, by their addresses.
    #[serde(default)]
    pub(crate) distribution_groups: Vec<String>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// A group of a contact list; `Favorites` is the pinned one and `Other Contacts` the default one.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) members: Vec<String>,
}

pub(crate) const PINNED: &str = "Favorites";
pub(crate) const DEFAULT: &str = "Other Contacts";

fn online() -> String {
    "Online".to_owned()
}

fn yes() -> bool {
    true
}

impl People {
    /// Reads a people file; a wrong one is refused with the place of the fault.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("cannot read the people file {}", path.display()))?;
        let people: Self = toml_edit::de::from_str(&text)
            .with_context(|| format!("the people file {} is wrong", path.display()))?;
        people
            .check()
            .with_context(|| format!("the people file {} is wrong", path.display()))?;
        Ok(people)
    }

    /// Everyone in `people`, and `count` generated contacts in the first person's list.
    pub(crate) fn with_contacts(mut self, count: usize) -> Self {
        let Some(domain) = self
            .people
            .first()
            .and_then(|first| Address::parse(&first.address))
            .map(|address| address.domain().to_owned())
        else {
            return self;
        };
        let mut groups: Vec<Group> = Vec::new();
        for number in 1..=count {
            let (given, family) = (pick(GIVEN, number), pick(FAMILY, number / GIVEN.len()));
            let address = format!("contact{number:05}@{domain}");
            if (number - 1) % 250 == 0 {
                groups.push(Group {
                    name: format!("Contacts {}", groups.len() + 1),
                    members: Vec::new(),
                });
            }
            if let Some(group) = groups.last_mut() {
                group.members.push(address.clone());
            }
            self.people.push(Entry {
                availability: pick(AVAILABILITIES, number).to_owned(),
                password: format!("contact%{number}"),
                name: format!("{given} {family} {number}"),
                title: "Contact".to_owned(),
                photo: false,
                ..entry(&address, "", "", None)
            });
        }
        if count > 0 {
            let members = groups.iter().flat_map(|group| group.members.clone());
            self.directory.push(Distribution {
                address: format!("all-contacts@{domain}"),
                name: "All contacts".to_owned(),
                members: members.collect(),
            });
        }
        if let Some(first) = self.people.first_mut() {
            first.groups.extend(groups);
        }
        self
    }

    fn check(&self) -> Result<()> {
        let mut seen = std::collections::HashSet::new();
        for person in &self.people {
            let Some(address) = Address::parse(&person.address) else {
                bail!(
                    "\"{}\" is not an address such as anna@contoso.example",
                    person.address
                )
            };
            if !AVAILABILITIES.contains(&person.availability.as_str()) {
                bail!(
                    "the availability of {address} is \"{}\"; expected one of {}",
                    person.availability,
                    AVAILABILITIES.join(", ")
                );
            }
            if !seen.insert(address.clone()) {
                bail!("{address} is there twice");
            }
        }
        if self.people.is_empty() {
            bail!("it names nobody");
        }
        for group in &self.directory {
            let Some(address) = Address::parse(&group.address) else {
                bail!(
                    "\"{}\" is not an address of a distribution group",
                    group.address
                )
            };
            if !seen.insert(address.clone()) {
                bail!("{address} is there twice");
            }
        }
        for listed in self.people.iter().flat_map(|one| &one.distribution_groups) {
            if !self.directory.iter().any(|group| group.address == *listed) {
                bail!("there is no distribution group {listed}");
            }
        }
        let members = self
            .groups
            .iter()
            .chain(self.people.iter().flat_map(|person| &person.groups))
            .flat_map(|group| &group.members)
            .chain(self.directory.iter().flat_map(|group| &group.members));
        for member in members {
            if Address::parse(member).is_none() {
                bail!("the group member \"{member}\" is not an address");
            }
        }
        Ok(())
    }
}

/// Every availability that a person can show.
pub(crate) const AVAILABILITIES: &[&str] = &[
    "Online",
    "Busy",
    "Away",
    "BeRightBack",
    "DoNotDisturb",
    "IdleOnline",
    "IdleBusy",
    "Offline",
];
const GIVEN: &[&str] = &[
    "Ada", "Bo", "Cleo", "Dag", "Eva", "Finn", "Gro", "Hans", "Ida", "Jon", "Kaja",
];
const FAMILY: &[&str] = &[
    "Aas", "Berg", "Carlsen", "Dahl", "Ek", "Foss", "Grieg", "Holm", "Iversen", "Juhl",
];

fn pick<'a>(from: &[&'a str], number: usize) -> &'a str {
    from.get(number % from.len()).copied().unwrap_or_default()
}

fn entry(address: &str, name: &str, password: &str, user: Option<&str>) -> Entry {
    Entry {
        address: address.to_owned(),
        name: name.to_owned(),
        password: password.to_owned(),
        user: user.map(str::to_owned),
        title: String::new(),
        department: String::new(),
        company: "Contoso".to_owned(),
        office: String::new(),
        phone: String::new(),
        availability: online(),
        activity: String::new(),
        note: String::new(),
        photo: true,
        groups: Vec::new(),
        distribution_groups: Vec::new(),
    }
}

/// The built-in cast: fourteen people of two domains, in groups, with passwords that must be encoded to survive.
pub(crate) fn cast() -> People {
    // address, name, logon name, password, title, department, availability, activity, note
    let rows = [
        (
            "anna@contoso.example",
            "Anna Lindqvist",
            r"CONTOSO\anna",
            "Blå+Bær & 100%",
            "Team lead",
            "Sales",
            "Online",
            "",
            "Back in the office",
        ),
        (
            "ben@contoso.example",
            "Ben Okafor",
            r"CONTOSO\ben",
            "p@ss w\\rd=1",
            "Engineer",
            "Development",
            "Busy",
            "in-a-meeting",
            "",
        ),
        (
            "carla@contoso.example",
            "Carla Jiménez",
            "carla@contoso.example",
            "contraseña#2026",
            "Engineer",
            "Development",
            "Online",
            "",
            "Ask me about releases",
        ),
        (
            "david@contoso.example",
            "David Cohen",
            r"CONTOSO\david",
            "\"quoted\"&<tag>",
            "Analyst",
            "Finance",
            "Away",
            "",
            "",
        ),
        (
            "elena@contoso.example",
            "Elena Petrova",
            "elena@contoso.example",
            "пароль+1%",
            "Accountant",
            "Finance",
            "DoNotDisturb",
            "presenting",
            "Closing the quarter",
        ),
        (
            "farid@contoso.example",
            "Farid Rahimi",
            r"CONTOSO\farid",
            "semi;colon:slash/",
            "Support",
            "Service desk",
            "Online",
            "",
            "Tickets first, please",
        ),
        (
            "greta@contoso.example",
            "Greta Müller",
            "greta@contoso.example",
            "größe=42&maß?",
            "Support",
            "Service desk",
            "BeRightBack",
            "",
            "",
        ),
        (
            "hiro@contoso.example",
            "Hiro Tanaka",
            "hiro@contoso.example",
            "東京 tower+2",
            "Designer",
            "Marketing",
            "Online",
            "",
            "",
        ),
        (
            "ines@contoso.example",
            "Inês Carvalho",
            r"CONTOSO\ines",
            "%41%42+literal",
            "Designer",
            "Marketing",
            "IdleOnline",
            "",
            "",
        ),
        (
            "jonas@contoso.example",
            "Jonas Weber",
            r"CONTOSO\jonas",
            "a+b=c&d",
            "Director",
            "Management",
            "Busy",
            "on-the-phone",
            "",
        ),
        (
            "kim@contoso.example",
            "Kim Nguyen",
            "kim@contoso.example",
            "~tilde`tick'",
            "Assistant",
            "Management",
            "Online",
            "",
            "Desk 3.12",
        ),
        (
            "liam@contoso.example",
            "Liam O'Neill",
            r"CONTOSO\liam",
            "O'Neill;--",
            "Driver",
            "Logistics",
            "Away",
            "off-work",
            "On leave until Monday",
        ),
        (
            "mona@fabrikam.example",
            "Mona Haddad",
            "mona@fabrikam.example",
            "m0na!%25",
            "Buyer",
            "Purchasing",
            "Online",
            "",
            "",
        ),
        (
            "nils@fabrikam.example",
            "Nils Aas",
            "nils@fabrikam.example",
            "n|ls^{}",
            "Buyer",
            "Purchasing",
            "Offline",
            "",
            "",
        ),
    ];
    let people = rows.iter().enumerate().map(
        |(
            number,
            (address, name, user, password, title, department, availability, activity, note),
        )| Entry {
            title: (*title).to_owned(),
            department: (*department).to_owned(),
            company: if address.ends_with("fabrikam.example") {
                "Fabrikam"
            } else {
                "Contoso"
            }
            .to_owned(),
            office: format!("3.{:02}", number + 1),
            phone: format!("tel:+4681234{number:03}"),
            availability: (*availability).to_owned(),
            activity: (*activity).to_owned(),
            note: (*note).to_owned(),
            photo: number % 3 != 2,
            ..entry(address, name, password, Some(user))
        },
    );
    let group = |name: &str, members: &[&str]| Group {
        name: name.to_owned(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
    };
    let distribution = |address: &str, name: &str, members: &[&str]| Distribution {
        address: address.to_owned(),
        name: name.to_owned(),
        members: members.iter().map(|member| (*member).to_owned()).collect(),
    };
    People {
        directory: vec![
            distribution(
                "developers@contoso.example",
                "Developers",
                &["ben@contoso.example", "carla@contoso.example"],
            ),
            distribution(
                "staff@contoso.example",
                "Contoso staff",
                &[
                    "anna@contoso.example",
                    "hiro@contoso.example",
                    "kim@contoso.example",
                    "developers@contoso.example",
                ],
            ),
        ],
        people: people.collect(),
        groups: vec![
            group(
                PINNED,
                &[
                    "anna@contoso.example",
                    "ben@contoso.example",
                    "kim@contoso.example",
                ],
            ),
            group(
                "Team",
                &[
                    "anna@contoso.example",
                    "ben@contoso.example",
                    "carla@contoso.example",
                    "hiro@contoso.example",
                    "ines@contoso.example",
                ],
            ),
            group(
                "Service desk",
                &["farid@contoso.example", "greta@contoso.example"],
            ),
            group(
                DEFAULT,
                &[
                    "david@contoso.example",
                    "elena@contoso.example",
                    "jonas@contoso.example",
                    "liam@contoso.example",
                    "mona@fabrikam.example",
                    "nils@fabrikam.example",
                ],
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_cast_is_a_valid_people_file_of_at_least_twelve() {
        assert!(cast().check().is_ok());
        assert!(cast().people.len() >= 12);
    }

    #[test]
    fn generated_contacts_stand_in_the_first_persons_list() {
        let people = cast().with_contacts(1000);
        assert!(people.check().is_ok());
        let listed: usize = people.people[0]
            .groups
            .iter()
            .map(|group| group.members.len())
            .sum();
        assert_eq!(
            (listed, people.people.len()),
            (1000, cast().people.len() + 1000)
        );
    }

    #[test]
    fn a_wrong_availability_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "[[person]]\naddress='a@b.example'\nname='A'\npassword='p'\navailability='Gone'\n",
        )
        .unwrap();
        let error = format!("{:#}", People::read(file.path()).unwrap_err());
        assert!(
            error.contains("Gone") && error.contains("Online"),
            "{error}"
        );
    }
}
