use super::*;

fn lync(address: &str, name: &str, groups: &[&str]) -> LyncContact {
    LyncContact {
        address: address.into(),
        name: name.into(),
        groups: groups.iter().map(|&group| group.into()).collect(),
    }
}

fn xmpp(jid: &str, name: &str, groups: &[&str]) -> XmppContact {
    let groups = groups.iter().map(|&group| group.into()).collect();
    XmppContact {
        jid: jid.into(),
        name: name.into(),
        groups,
        subscribed: true,
    }
}

fn cast(rules: &Rules) -> People {
    let mut people = People::default();
    people.set_contacts(
        vec![
            lync("sip:Anna@contoso.example", "Anna Berg", &["Team"]),
            lync("sip:carol@contoso.example", "Carol", &[]),
        ],
        rules,
    );
    people.set_roster(
        vec![
            xmpp("anna@contoso.example", "anna", &["Friends", "Team"]),
            xmpp("dave@x.example", "", &[]),
        ],
        rules,
    );
    people
}

#[test]
fn equal_addresses_are_one_person() {
    let rules = Rules::default();
    let people = cast(&rules);
    assert_eq!(people.all(&rules).len(), 3);
    let anna = people.at("anna@contoso.example/phone", &rules).unwrap();
    assert_eq!(anna.name, "Anna Berg");
    assert_eq!(anna.lync.as_deref(), Some("sip:Anna@contoso.example"));
    assert_eq!(anna.xmpp.as_deref(), Some("anna@contoso.example"));
    assert_eq!(anna.groups, ["Team", "Friends"]);
    assert_eq!(people.at("sip:ANNA@contoso.example", &rules), Some(anna));
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().name,
        "dave@x.example"
    );
    assert_eq!(people.at("nobody@x.example", &rules), None);
}

#[test]
fn people_are_joined_and_split_by_hand() {
    let rules = Rules {
        links: vec![("sip:carol@contoso.example".into(), "dave@x.example".into())],
        splits: vec![(
            "sip:anna@contoso.example".into(),
            "anna@contoso.example".into(),
        )],
        defaults: vec![("dave@x.example".into(), Side::Xmpp)],
        ..Rules::default()
    };
    let people = cast(&rules);
    assert_eq!(people.all(&rules).len(), 3);
    let carol = people.at("dave@x.example", &rules).unwrap();
    assert_eq!((carol.name.as_str(), carol.default), ("Carol", Side::Xmpp));
    assert_eq!(
        people.at("sip:anna@contoso.example", &rules).unwrap().xmpp,
        None
    );
    assert_eq!(
        people
            .at("sip:anna@contoso.example", &rules)
            .unwrap()
            .default,
        Side::Lync
    );
}

#[test]
fn a_person_busy_in_lync_and_free_on_the_phone_is_busy() {
    let rules = Rules::default();
    let mut people = cast(&rules);
    people.lync_presence(
        "sip:anna@contoso.example",
        Availability::Busy,
        "in-a-meeting".into(),
        String::new(),
    );
    people.xmpp_presence(
        "anna@contoso.example/phone",
        Show::Available,
        "on the train".into(),
        0,
        false,
    );
    let anna = people.at("sip:anna@contoso.example", &rules).unwrap();
    assert_eq!(
        (
            anna.availability,
            anna.activity.as_str(),
            anna.note.as_str()
        ),
        (Availability::Busy, "in-a-meeting", "on the train")
    );
}

#[test]
fn a_person_away_from_the_desk_and_there_on_the_phone_is_there() {
    let rules = Rules::default();
    let mut people = cast(&rules);
    people.lync_presence(
        "sip:anna@contoso.example",
        Availability::Away,
        String::new(),
        String::new(),
    );
    people.xmpp_presence(
        "anna@contoso.example/phone",
        Show::Available,
        String::new(),
        0,
        false,
    );
    assert_eq!(
        people
            .at("sip:anna@contoso.example", &rules)
            .unwrap()
            .availability,
        Availability::Online
    );
}

#[test]
fn somebody_of_whom_nothing_was_heard_is_unknown_and_not_offline() {
    let rules = Rules::default();
    let mut people = cast(&rules);
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().availability,
        Availability::Unknown
    );
    people.xmpp_presence("dave@x.example/a", Show::Dnd, String::new(), 5, false);
    people.xmpp_presence("dave@x.example/b", Show::Away, String::new(), 1, false);
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().availability,
        Availability::DoNotDisturb
    );
    people.xmpp_presence(
        "dave@x.example/a",
        Show::Unavailable,
        String::new(),
        0,
        false,
    );
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().availability,
        Availability::Away
    );
    people.xmpp_presence(
        "dave@x.example/b",
        Show::Unavailable,
        String::new(),
        0,
        false,
    );
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().availability,
        Availability::Offline
    );
    people.forget_presence(Side::Xmpp);
    assert_eq!(
        people.at("dave@x.example", &rules).unwrap().availability,
        Availability::Unknown
    );
}

#[test]
fn a_lync_state_that_is_not_known_does_not_hide_what_xmpp_knows() {
    let rules = Rules::default();
    let mut people = cast(&rules);
    people.lync_presence(
        "sip:anna@contoso.example",
        Availability::Unknown,
        String::new(),
        String::new(),
    );
    people.xmpp_presence(
        "anna@contoso.example/phone",
        Show::Away,
        String::new(),
        0,
        false,
    );
    assert_eq!(
        people
            .at("sip:anna@contoso.example", &rules)
            .unwrap()
            .availability,
        Availability::Away
    );
}
