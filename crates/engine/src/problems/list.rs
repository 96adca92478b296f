//! Why a contact list was not changed.

use causeway_api::{Code, Problem};
use ucwa::{Error, ErrorKind};

use super::{Next, lync};

/// The command, as it stands in `Problem::step`.
const STEP: &str = "contact-list";

/// The Lync server did not change the list.
pub(crate) fn list_refused(error: &Error) -> Problem {
    let problem = lync(error, STEP, Next::Ask);
    if let ErrorKind::NotPossible(_) = error.kind {
        return read_only_list();
    }
    let ErrorKind::Refused { subcode, .. } = &error.kind else {
        return problem;
    };
    let (code, message, remedy) = match subcode.as_str() {
        "LimitExceeded" => (
            Code::ListFull,
            "The contact list is full.",
            "Remove somebody who is not needed any more, then try again.",
        ),
        "TooManyGroups" => (
            Code::ListFull,
            "There are too many groups.",
            "Delete a group that is not needed any more, then try again.",
        ),
        "MigrationInProgress" => (
            Code::ListMoving,
            "The server is moving the contact list and does not change it meanwhile.",
            "Try again later.",
        ),
        "AlreadyExists" => (
            Code::ListRefused,
            "There is a group with this name already.",
            "Choose another name.",
        ),
        "OperationNotSupported" | "APIVersionNotSupported" => {
            return with(problem, read_only_list());
        }
        _ => {
            return Problem {
                code: Code::ListRefused,
                ..problem
            };
        }
    };
    with(problem, Problem::new(code, STEP, message, remedy))
}

/// A list of Lync Server 2013.
pub(crate) fn read_only_list() -> Problem {
    Problem::new(
        Code::NotOffered,
        STEP,
        "The Lync server does not let other programs change the contact list.",
        "Change it in the Lync client; what is changed there shows here.",
    )
}

/// The XMPP server did not change the roster (RFC 6121 section 2.3.3).
pub(crate) fn list_refused_by_xmpp(condition: &str) -> Problem {
    let (code, message, remedy) = match condition {
        "resource-constraint" => (
            Code::ListFull,
            "The XMPP contact list is full.".to_owned(),
            "Remove somebody who is not needed any more, then try again.",
        ),
        "item-not-found" => (
            Code::ListRefused,
            "This address is not in the XMPP contact list.".to_owned(),
            "Nothing has to be done.",
        ),
        _ => (
            Code::ListRefused,
            format!("The XMPP server refused to change the contact list ({condition})."),
            "Administrators: the condition says why.",
        ),
    };
    Problem::new(code, STEP, message, remedy).with("condition", condition)
}

/// The Lync server did not tell who is in a group of the directory.
pub(crate) fn group_refused(error: &Error) -> Problem {
    let problem = lync(error, "directory-group", Next::Ask);
    if subcode(error) != "TooManyContacts" {
        return problem;
    }
    let words = Problem::new(
        Code::GroupTooLarge,
        "directory-group",
        "This group has more members than the server tells.",
        "Search for the person by name.",
    );
    with(problem, words)
}

/// Of a refusal; else empty.
fn subcode(error: &Error) -> &str {
    if let ErrorKind::Refused { subcode, .. } = &error.kind {
        subcode
    } else {
        ""
    }
}

/// Distribution groups are in the directory of Lync alone.
pub(crate) fn no_group_in_xmpp(step: &str) -> Problem {
    Problem::new(
        Code::BadAddress,
        step,
        "XMPP has no groups of a directory.",
        "Give the address of a group in Lync, such as staff@contoso.example; causewayctl search finds groups.",
    )
}

/// The Lync server did not change a privacy level, or did not tell it.
pub(crate) fn privacy_refused(error: &Error) -> Problem {
    let problem = lync(error, "privacy", Next::Ask);
    if let ErrorKind::NotPossible(_) = error.kind {
        no_privacy_in_lync()
    } else if subcode(error) == "APIVersionNotSupported" {
        with(problem, no_privacy_in_lync())
    } else if let ErrorKind::Refused { .. } = error.kind {
        let code = Code::ListRefused;
        Problem { code, ..problem }
    } else {
        problem
    }
}

/// A Lync Server 2013 shows the privacy relationship of a contact and does not let it be changed.
fn no_privacy_in_lync() -> Problem {
    Problem::new(
        Code::NotOffered,
        "privacy",
        "This Lync server lets only its own clients change what somebody may see, and block.",
        "Change it in the Lync client; what is changed there shows here.",
    )
}

/// In XMPP a contact sees our presence or does not.
pub(crate) fn no_levels_in_xmpp(step: &str) -> Problem {
    Problem::new(
        Code::NotOffered,
        step,
        "XMPP knows no privacy levels.",
        "Block the address, or let it through again.",
    )
}

/// A person was blocked or let through on one network and has an address on the other, where that was not possible.
pub(crate) fn blocked_in_part(why: Problem) -> Problem {
    let message = format!(
        "Done on one network only; the person has another address. {}",
        why.message
    );
    Problem { message, ..why }
}

/// The XMPP server did not block somebody, or did not let them through again (XEP-0191 section 3).
pub(crate) fn block_refused(condition: &str) -> Problem {
    let problem = match condition {
        // RFC 6120 section 8.4: the server does not know the request.
        "service-unavailable" | "feature-not-implemented" => Problem::new(
            Code::NotOffered,
            STEP,
            "The XMPP server does not block anybody.",
            "Administrators: switch on blocking (XEP-0191).",
        ),
        _ => Problem::new(
            Code::ListRefused,
            STEP,
            format!("The XMPP server refused it ({condition})."),
            "Administrators: the condition says why.",
        ),
    };
    problem.with("condition", condition)
}

/// These words, with the facts of the case.
fn with(facts: Problem, words: Problem) -> Problem {
    Problem {
        detail: facts.detail,
        ..words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(subcode: &str, code: Code) {
        let kind = ErrorKind::Refused {
            code: "Conflict".to_owned(),
            subcode: subcode.to_owned(),
            message: String::new(),
        };
        let problem = list_refused(&kind.into());
        assert_eq!(problem.code, code, "{subcode}");
        assert_eq!(problem.detail["server_subcode"], subcode);
    }

    #[test]
    fn a_refused_change_says_why() {
        check("LimitExceeded", Code::ListFull);
        check("TooManyGroups", Code::ListFull);
        check("MigrationInProgress", Code::ListMoving);
        check("OperationNotSupported", Code::NotOffered);
        check("APIVersionNotSupported", Code::NotOffered);
        check("SomethingNew", Code::ListRefused);
        let read_only = list_refused(&ErrorKind::NotPossible("x").into());
        assert_eq!(read_only.code, Code::NotOffered);
        assert_eq!(list_refused_by_xmpp("not-allowed").code, Code::ListRefused);
        assert_eq!(block_refused("service-unavailable").code, Code::NotOffered);
        assert_eq!(block_refused("not-acceptable").code, Code::ListRefused);
    }

    #[test]
    fn a_group_that_is_too_large_and_a_level_that_only_shows_have_words_of_their_own() {
        let refused = |subcode: &str| ErrorKind::Refused {
            code: "Forbidden".to_owned(),
            subcode: subcode.to_owned(),
            message: String::new(),
        };
        let code = |problem: Problem| problem.code;
        let too_many = group_refused(&refused("TooManyContacts").into());
        assert_eq!(too_many.code, Code::GroupTooLarge);
        assert_eq!(too_many.detail["server_subcode"], "TooManyContacts");
        assert_eq!(code(group_refused(&refused("").into())), Code::NotOffered);
        let unknown = ErrorKind::NotInDirectory;
        assert_eq!(code(group_refused(&unknown.into())), Code::BadAddress);
        let old = ErrorKind::NotPossible("x");
        assert_eq!(code(privacy_refused(&old.into())), Code::NotOffered);
        let old = refused("APIVersionNotSupported");
        assert_eq!(code(privacy_refused(&old.into())), Code::NotOffered);
        assert_eq!(
            code(privacy_refused(&refused("").into())),
            Code::ListRefused
        );
    }
}
