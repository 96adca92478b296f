//! Every code in its real cause: what a person or script is told then, and that the page of the code explains it.

mod computer;
mod lync;
mod xmpp;

use std::net::Ipv4Addr;

use causeway_api::Code;
use causeway_tests::ctl::Answer;
use causeway_tests::island::{Name, name_server, story};
use futures::StreamExt as _;
use serde_json::Value;

/// A pool that is not a loopback name, for what treats those apart.
pub(crate) const POOL: &str = "pool.contoso.example";
/// Causes that are made at the same time.
const AT_ONCE: usize = 3;

/// How a code was met.
struct Met {
    error: Value,
    /// Of the program that told it.
    exit: Option<i32>,
    /// The step in which it belongs; none where a command tells it.
    step: Option<&'static str>,
}

impl Met {
    /// In the answer of a verb.
    fn told(answer: &Answer) -> Self {
        Self {
            error: answer.json["error"].clone(),
            exit: Some(answer.exit),
            step: None,
        }
    }

    /// In that step of the ladder.
    fn at(answer: &Answer, step: &'static str) -> Self {
        Self {
            step: Some(step),
            ..Self::told(answer)
        }
    }

    /// In the stream of events.
    fn event(error: &Value) -> Self {
        Self {
            error: error.clone(),
            exit: None,
            step: None,
        }
    }
}

/// Makes the cause of a code. A new code does not compile until somebody says here what brings it about.
async fn meet(code: Code) -> Option<Met> {
    let met = match code {
        Code::NoDiscoveryName => lync::no_discovery_name().await,
        Code::DiscoverySilent => lync::silent().await,
        Code::ProxyLogin => lync::proxy_login().await,
        Code::NotUcwa => lync::not_ucwa().await,
        Code::CertificateExpired => lync::certificate("expired").await,
        Code::CertificateIssuer => lync::certificate("self-signed").await,
        Code::CertificateName => lync::certificate("other-name").await,
        Code::Tls => lync::old_tls().await,
        Code::ForeignDomain => lync::foreign_domain().await,
        Code::PasswordRefused => lync::password_refused().await,
        Code::WindowsSignIn => lync::windows().await,
        Code::NoMethod => lync::no_method().await,
        Code::PasswordMissing => lync::password_missing().await,
        Code::WebSignIn => lync::web_sign_in().await,
        Code::OtherPerson => lync::other_person().await,
        Code::AppNotAllowed => lync::refuses("applications", 403, "opening-session").await,
        Code::NotEnabled => lync::refuses("token", 403, "signing-in").await,
        Code::NoUcwa => lync::no_ucwa().await,
        Code::Busy => lync::refuses("applications", 503, "opening-session").await,
        Code::SessionEnded => lync::session_ended().await,
        Code::EventsStopped => lync::events_stopped().await,
        Code::XmppPasswordRefused => xmpp::password_refused().await,
        Code::XmppUnreachable => xmpp::unreachable().await,
        Code::XmppConflict => xmpp::conflict().await,
        Code::XmppPasswordMissing => xmpp::password_missing().await,
        Code::NotDelivered => lync::not_delivered().await,
        Code::OutcomeUnknown => lync::outcome_unknown().await,
        Code::BadAddress => xmpp::bad_address().await,
        Code::OtherAccount => lync::other_account().await,
        Code::BadConfig => computer::bad_config().await,
        Code::ManagedByPolicy => computer::managed().await,
        Code::SecretFileMode => computer::secret_file_mode().await,
        Code::DataDirBusy => computer::data_dir_busy().await,
        Code::Storage => computer::storage().await,
        Code::KeyStore => computer::key_store().await,
        Code::VersionMismatch => computer::version_mismatch().await,
        Code::AgentGone => computer::agent_gone().await,
        Code::FileExists => computer::file_exists().await,
        Code::TimeLimit => lync::time_limit().await,
        Code::NotOffered => lync::not_offered().await,
        Code::Interrupted => computer::interrupted().await,
        Code::ListFull => lync::list_refuses("Forbidden", "LimitExceeded", 403).await,
        Code::ListMoving => lync::list_refuses("ServiceFailure", "MigrationInProgress", 500).await,
        Code::ListRefused => lync::list_refuses("Forbidden", "SomethingElse", 403).await,
        Code::GroupTooLarge => lync::group_too_large().await,
        // A mistake that could be made on purpose would have been corrected.
        Code::Internal => return None,
    };
    Some(met)
}

#[test]
fn every_code_is_told_where_its_cause_is_and_explained() {
    story(
        module_path!(),
        "every_code_is_told_where_its_cause_is_and_explained",
        async || {
            name_server(&[(POOL, Name::At(Ipv4Addr::LOCALHOST))]).await;
            let wanted = std::env::var("CAUSEWAY_CODE").ok();
            let codes = Code::ALL.iter().copied().filter(|code| {
                wanted
                    .as_deref()
                    .is_none_or(|wanted| wanted == code.as_str())
            });
            let wrong: Vec<String> = futures::stream::iter(codes)
                .map(async |code| {
                    let met = Box::pin(meet(code)).await?;
                    what_is_wrong(code, &met)
                })
                .buffer_unordered(AT_ONCE)
                .filter_map(async |wrong| wrong)
                .collect()
                .await;
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        },
    );
}

fn what_is_wrong(code: Code, met: &Met) -> Option<String> {
    let told = met.error["code"].as_str().unwrap_or("nothing");
    if told != code.as_str() {
        return Some(format!("{code}: {told} was told: {}", met.error));
    }
    if met.exit.is_some_and(|exit| exit != code.exit() as i32) {
        return Some(format!("{code}: exit {:?}", met.exit));
    }
    if met.step.is_some_and(|step| met.error["step"] != step) {
        return Some(format!("{code}: not in {:?}: {}", met.step, met.error));
    }
    let words = |key: &str| met.error[key].as_str().unwrap_or_default().len();
    if words("message") == 0 || words("remedy") == 0 {
        return Some(format!("{code}: without cause or remedy: {}", met.error));
    }
    let (_, details) = code.page().split_once("## Details")?;
    let facts = met.error["detail"].as_object()?;
    let unexplained: Vec<&String> = facts
        .keys()
        .filter(|key| !details.contains(&format!("`{key}`")))
        .collect();
    (!unexplained.is_empty()).then(|| format!("{code}: its page does not explain {unexplained:?}"))
}
