//! Whoever is blocked, on whichever network, does not cross.

use super::stage::*;
use crate::*;

/// Ben blocks these addresses.
fn blocks(stage: &mut Stage, addresses: &[&str]) {
    let all = addresses.iter().map(|address| (*address).to_owned());
    stage.does(Input::Blocked(all.collect()));
}

#[test]
fn what_a_blocked_person_writes_is_not_relayed_and_the_log_says_why() {
    let mut stage = Stage::new();
    blocks(&mut stage, &[&sip("carol")]);
    let out = stage.writes("carol", "let me in");
    assert!(in_xmpp(&out).is_empty(), "{out:?}");
    assert_eq!(
        told(&out),
        [(
            Action::Dropped,
            Some("our person has blocked the writer".into())
        )]
    );
    assert_eq!(read(&stage.writes("anna.berg", "hej")), ["Anna Berg: hej"]);
    blocks(&mut stage, &[]);
    assert_eq!(read(&stage.writes("carol", "hallo")), ["Carol Dahl: hallo"]);
}

#[test]
fn an_answer_to_a_blocked_person_comes_back_to_its_writer() {
    let mut stage = Stage::new();
    stage.writes("carol", "hallo");
    blocks(
        &mut stage,
        &["SIP:Carol@Contoso.example".to_lowercase().as_str()],
    );
    let out = stage.answers("go away");
    assert!(in_lync(&out).is_empty(), "{out:?}");
    assert_eq!(
        read(&out),
        ["Not sent to Carol Dahl: you have blocked this person."]
    );
    assert_eq!(actions(&out), [Action::Bounced]);
}

#[test]
fn blocked_on_one_network_is_blocked_on_both() {
    let mut stage = Stage::with(Rules {
        links: vec![(sip("carol"), "carol@xmpp.example".into())],
        ..Rules::default()
    });
    blocks(&mut stage, &["carol@xmpp.example"]);
    assert!(in_xmpp(&stage.writes("carol", "let me in")).is_empty());
    assert!(stage.bridge.is_blocked(&sip("Carol")));
    assert!(!stage.bridge.is_blocked(&sip("anna.berg")));
}

#[test]
fn typing_does_not_cross_either() {
    let mut stage = Stage::new();
    stage.writes("carol", "hallo");
    let types = |stage: &mut Stage| {
        let from_carol = stage.does(Input::LyncTyping {
            address: sip("carol"),
            on: true,
        });
        let to_carol = stage.does(Input::XmppTyping {
            from: format!("{PHONE}/mobile"),
            on: true,
        });
        from_carol.len() + to_carol.len()
    };
    blocks(&mut stage, &[&sip("carol")]);
    assert_eq!(types(&mut stage), 0);
    blocks(&mut stage, &[]);
    assert_eq!(types(&mut stage), 2);
}
