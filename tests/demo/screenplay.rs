//! Who says what.

/// A person of the simulator's cast writes to Anna, and Anna answers from her phone.
pub(crate) struct Exchange {
    /// Lync address of the writer.
    pub(crate) who: &'static str,
    /// What they write.
    pub(crate) says: &'static str,
    /// What Anna answers on her phone.
    pub(crate) answer: &'static str,
}

/// A person of the cast changes their presence.
#[derive(PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) who: &'static str,
    pub(crate) availability: &'static str,
    pub(crate) activity: &'static str,
    pub(crate) note: &'static str,
    /// `availability` in Causeway's words.
    pub(crate) seen: &'static str,
}

const fn exchange(who: &'static str, says: &'static str, answer: &'static str) -> Exchange {
    Exchange { who, says, answer }
}

const fn change(
    who: &'static str,
    availability: &'static str,
    activity: &'static str,
    note: &'static str,
    seen: &'static str,
) -> Change {
    Change {
        who,
        availability,
        activity,
        note,
        seen,
    }
}

pub(crate) const EXCHANGES: [Exchange; 8] = [
    exchange(
        "ben@contoso.example",
        "Morning! Are you on the train?",
        "Yes, reading you on my phone. Half an hour late.",
    ),
    exchange(
        "carla@contoso.example",
        "Is 4.2 ready to ship? Tests say < 1 % failures & falling",
        "Ship it. If \"falling\" means zero by noon ;-)",
    ),
    exchange(
        "hiro@contoso.example",
        "新しいアイコンはどうですか？ 🌉",
        "素晴らしい! The arch is perfect.",
    ),
    exchange(
        "farid@contoso.example",
        "Ticket 4711: printer on 3 is on fire again",
        "Literally? Call 112, then me.",
    ),
    exchange(
        "kim@contoso.example",
        "The board moved to 15:00 – room 3.12",
        "Thanks, put me on the phone bridge",
    ),
    exchange(
        "ben@contoso.example",
        "Build is green:\n  make check\n  142 passed",
        "That made my day",
    ),
    exchange(
        "ines@contoso.example",
        "Posso enviar o rascunho amanhã?",
        "Claro, amanhã está ótimo.",
    ),
    exchange("carla@contoso.example", "Shipped! 🎉", "Cake at three."),
];

pub(crate) const CHANGES: [Change; 8] = [
    change(
        "carla@contoso.example",
        "Busy",
        "in-a-meeting",
        "Release review",
        "busy",
    ),
    change("hiro@contoso.example", "Away", "", "", "away"),
    change(
        "ben@contoso.example",
        "Online",
        "",
        "Ask me anything",
        "available",
    ),
    change(
        "kim@contoso.example",
        "DoNotDisturb",
        "presenting",
        "Board meeting",
        "do-not-disturb",
    ),
    change("carla@contoso.example", "Online", "", "", "available"),
    change(
        "farid@contoso.example",
        "BeRightBack",
        "",
        "Printer duty",
        "be-right-back",
    ),
    change(
        "kim@contoso.example",
        "Online",
        "",
        "Desk 3.12",
        "available",
    ),
    change("hiro@contoso.example", "Online", "", "", "available"),
];
