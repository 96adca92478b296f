//! The sign-in ladder of both sides as a report.

use std::time::Duration;

use causeway_api::{Check, CheckStep, Code, Problem, Side, StepState};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};
use ucwa::wire::challenge::{GRANT_PASSIVE, GRANT_PASSWORD, GRANT_WINDOWS};

use crate::{
    config,
    options::Options,
    prepare::{Preparation, Reach, extra_roots, lync_account, lync_settings},
    problems::{self, Next},
    refusals::{Offer, Refusals},
};

/// The steps in their order; both sides climb the same ladder.
const STEPS: [&str; 6] = [
    "finding-server",
    "checking-certificate",
    "asking-methods",
    "signing-in",
    "opening-session",
    "loading-contacts",
];

/// Walks the sign-in ladder of the configured sides with connections of its own. Touches no running link, changes nobody's
/// presence, and leaves nothing in the data directory but whether the password was refused.
pub async fn check(options: &Options) -> Check {
    let locations = options.locations.clone();
    let loading = tokio::task::spawn_blocking(move || config::load(&locations));
    let Ok(configuration) = loading.await else {
        return failed(problems::internal("reading the configuration was cut off"));
    };
    let (lync, xmpp) = (
        configuration.settings.lync.is_some(),
        configuration.settings.xmpp.is_some(),
    );
    if !(lync && options.sides.lync || xmpp && options.sides.xmpp) {
        return failed(problems::nothing_configured());
    }
    let refusals = Refusals::of(&options.data_dir);
    let preparation = Preparation {
        configuration,
        secrets: options.secrets.clone(),
        refusals: options.unattended.then(|| refusals.clone()),
        watch_only: true,
        store: None,
        archive_from: None,
    };
    // Both ladders in one future: too large for the stack of whoever asks.
    let (lync, xmpp) = tokio::join!(
        Box::pin(async {
            if options.sides.lync {
                check_lync(&preparation, &refusals).await
            } else {
                Ladder::default()
            }
        }),
        Box::pin(async {
            if options.sides.xmpp {
                check_xmpp(&preparation, &refusals).await
            } else {
                Ladder::default()
            }
        }),
    );
    let error = lync.problem.or(xmpp.problem);
    Check {
        steps: lync.steps.into_iter().chain(xmpp.steps).collect(),
        error,
    }
}

/// What one side's ladder showed.
#[derive(Default)]
struct Ladder {
    steps: Vec<CheckStep>,
    problem: Option<Problem>,
}

async fn check_lync(preparation: &Preparation, refusals: &Refusals) -> Ladder {
    let mut ladder = Ladder::default();
    let Some(lync) = &preparation.configuration.settings.lync else {
        ladder.not_configured(Side::Lync);
        return ladder;
    };
    let reach = match Reach::of(lync).await {
        Ok(reach) => reach,
        Err(problem) => {
            ladder.fail(
                Side::Lync,
                problems::CHECKING_CERTIFICATE,
                Duration::ZERO,
                problem,
            );
            ladder.skip_the_rest(Side::Lync);
            return ladder;
        }
    };
    // Without a password everything before the sign-in is worth checking all the same.
    let account = lync_account(lync);
    let offer = Offer::lync(lync, &preparation.secrets);
    let (password, offer) = match preparation.password(&account, offer).await {
        Ok((password, offer)) => (Some(password), Ok(offer)),
        Err(problem) => (None, Err(problem)),
    };
    let settings = ucwa::client::Settings {
        password,
        cookies: preparation.secrets.cookies(&account),
        ..lync_settings(lync, true, reach)
    };
    for report in ucwa::client::check(settings).await {
        let step = lync_step(report.step);
        match report.result {
            Ok(facts) => ladder.pass(Side::Lync, step, report.elapsed, lync_facts(&facts)),
            Err(error) => {
                let missing = offer.as_ref().err().cloned();
                let named = missing.filter(|_| error.kind == ucwa::ErrorKind::PasswordMissing);
                let problem = named.unwrap_or_else(|| {
                    let problem = problems::lync(&error, step, Next::Ask);
                    let problem =
                        problems::in_password_file(problem, lync.password_file.value.as_deref());
                    let trusted = &lync.trusted_domains;
                    problems::foreign_domain(problem, &trusted.value, trusted.origin)
                });
                let step = ladder_step(step, &problem);
                ladder.fail(Side::Lync, step, report.elapsed, problem);
            }
        }
    }
    if let Ok(offer) = offer {
        ladder.note(&offer, refusals);
    }
    ladder.skip_the_rest(Side::Lync);
    ladder
}

async fn check_xmpp(preparation: &Preparation, refusals: &Refusals) -> Ladder {
    let mut ladder = Ladder::default();
    let Some(xmpp) = &preparation.configuration.settings.xmpp else {
        ladder.not_configured(Side::Xmpp);
        return ladder;
    };
    if let Err(problem) = extra_roots(xmpp.ca_file.value.clone()).await {
        ladder.fail(
            Side::Xmpp,
            problems::CHECKING_CERTIFICATE,
            Duration::ZERO,
            problem,
        );
        ladder.skip_the_rest(Side::Xmpp);
        return ladder;
    }
    match preparation.xmpp().await {
        Err(problem) => ladder.fail(Side::Xmpp, "signing-in", Duration::ZERO, problem),
        Ok((settings, offer)) => {
            for report in causeway_xmpp::link::check(settings).await {
                let step = report.step.word();
                match report.result {
                    Ok(facts) => ladder.pass(Side::Xmpp, step, report.elapsed, xmpp_facts(&facts)),
                    Err(error) => {
                        let problem = problems::xmpp(&error, step, Next::Ask);
                        let file = xmpp.password_file.value.as_deref();
                        let problem = problems::in_password_file(problem, file);
                        let step = ladder_step(step, &problem);
                        ladder.fail(Side::Xmpp, step, report.elapsed, problem);
                    }
                }
            }
            ladder.note(&offer, refusals);
        }
    }
    ladder.skip_the_rest(Side::Xmpp);
    ladder
}

/// A certificate may be met in an earlier step than its own.
fn ladder_step<'a>(met_in: &'a str, problem: &Problem) -> &'a str {
    if problem.step == problems::CHECKING_CERTIFICATE {
        problems::CHECKING_CERTIFICATE
    } else {
        met_in
    }
}

impl Ladder {
    fn pass(&mut self, side: Side, step: &str, elapsed: Duration, detail: Map<String, Value>) {
        let warning = certificate_ends(step, &detail, Timestamp::now());
        self.steps.push(match warning {
            Some(problem) => told(side, step, StepState::Warn, elapsed, problem),
            None => CheckStep {
                side,
                step: step.to_owned(),
                state: StepState::Ok,
                ms: millis(elapsed),
                code: None,
                message: message(step, &detail),
                remedy: None,
                detail,
            },
        });
    }

    fn fail(&mut self, side: Side, step: &str, elapsed: Duration, problem: Problem) {
        self.steps
            .push(told(side, step, StepState::Fail, elapsed, problem.clone()));
        // What failed is a step of the ladder, whatever found it out.
        self.problem.get_or_insert(Problem {
            step: step.to_owned(),
            ..problem
        });
    }

    /// What became of the password that was sent.
    fn note(&self, offer: &Offer, refusals: &Refusals) {
        let signing_in = self.steps.iter().find(|step| step.step == "signing-in");
        if let Some(step) = signing_in {
            refusals.note(offer, step.code);
        }
    }

    fn not_configured(&mut self, side: Side) {
        let problem = problems::not_configured(side);
        for step in STEPS {
            self.steps.push(skipped(side, step, &problem.message));
        }
    }

    fn skip_the_rest(&mut self, side: Side) {
        for step in STEPS {
            if !self.steps.iter().any(|tried| tried.step == step) {
                self.steps.push(skipped(side, step, "Not tried."));
            }
        }
        let order = |step: &CheckStep| STEPS.iter().position(|name| *name == step.step);
        self.steps.sort_by_key(order);
    }
}

fn failed(problem: Problem) -> Check {
    Check {
        steps: Vec::new(),
        error: Some(problem),
    }
}

/// A step that has a problem to tell.
fn told(
    side: Side,
    step: &str,
    state: StepState,
    elapsed: Duration,
    problem: Problem,
) -> CheckStep {
    CheckStep {
        side,
        step: step.to_owned(),
        state,
        ms: millis(elapsed),
        code: Some(problem.code),
        message: problem.message,
        remedy: Some(problem.remedy),
        detail: problem.detail,
    }
}

/// With so little time left a certificate is worth a word to who can renew it.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The certificate is good, but not for much longer.
fn certificate_ends(step: &str, detail: &Map<String, Value>, now: Timestamp) -> Option<Problem> {
    if step != problems::CHECKING_CERTIFICATE {
        return None;
    }
    let text = |key| detail.get(key).and_then(Value::as_str);
    let end: Timestamp = text("not_after")?.parse().ok()?;
    let host = text("host").unwrap_or("the server");
    (end.duration_since(now) < SOON).then(|| {
        let mut problem = Problem::new(
            Code::CertificateExpired,
            step,
            format!("The certificate of {host} ends on {}", end.strftime("%F")),
            "Tell the administrator of the server to renew it",
        );
        problem.detail = detail.clone();
        problem.with("cause", "ends-soon")
    })
}

fn skipped(side: Side, step: &str, message: &str) -> CheckStep {
    CheckStep {
        side,
        step: step.to_owned(),
        state: StepState::Skip,
        ms: 0,
        code: None,
        message: message.to_owned(),
        remedy: None,
        detail: Map::new(),
    }
}

/// What a passed step found, in one line.
fn message(step: &str, detail: &Map<String, Value>) -> String {
    let text = |key: &str| {
        detail
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let list = |key: &str| {
        let values = detail
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        values
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match step {
        "finding-server" => format!("Found {}", text("host")),
        "checking-certificate" if detail.contains_key("issuer") => {
            format!("The certificate is good, issued by {}", text("issuer"))
        }
        "checking-certificate" => "The certificate is good".to_owned(),
        "asking-methods" => offered(&list("methods")),
        "signing-in" => signed_in(detail),
        "opening-session" => "Session opened".to_owned(),
        "loading-contacts" => match detail.get("contacts").and_then(Value::as_u64) {
            Some(count) => format!("{count} contacts"),
            None => "Contacts read".to_owned(),
        },
        other => other.to_owned(),
    }
}

/// `Offered: Windows, user name and password`. Nobody signs in to an account as the guest of a meeting.
fn offered(methods: &str) -> String {
    let words: Vec<&str> = methods
        .split(", ")
        .filter(|method| *method != "urn:microsoft.rtc:anonmeeting")
        .map(|method| match method {
            GRANT_WINDOWS => "Windows",
            GRANT_PASSWORD => "user name and password",
            GRANT_PASSIVE => "sign-in page",
            other => other,
        })
        .collect();
    format!("Offered: {}", words.join(", "))
}

/// `Signed in with NTLM (Kerberos: there is no ticket)`.
fn signed_in(detail: &Map<String, Value>) -> String {
    let Some(method) = detail.get("method").and_then(Value::as_str) else {
        return "Signed in".to_owned();
    };
    let passed = detail.get("passed_over").and_then(Value::as_array);
    let passed: Vec<String> = passed
        .into_iter()
        .flatten()
        .filter_map(|passed| {
            let text = |key| passed.get(key).and_then(Value::as_str);
            Some(format!("{}: {}", text("method")?, text("message")?))
        })
        .collect();
    if passed.is_empty() {
        format!("Signed in with {method}")
    } else {
        format!("Signed in with {method} ({})", passed.join("; "))
    }
}

fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn lync_step(step: ucwa::client::Step) -> &'static str {
    match step {
        ucwa::client::Step::FindingServer => "finding-server",
        ucwa::client::Step::CheckingCertificate => "checking-certificate",
        ucwa::client::Step::AskingMethods => "asking-methods",
        ucwa::client::Step::SigningIn => "signing-in",
        ucwa::client::Step::OpeningSession => "opening-session",
        ucwa::client::Step::LoadingContacts => "loading-contacts",
    }
}

/// Facts that are there.
#[derive(Default)]
struct Facts(Map<String, Value>);

impl Facts {
    fn text(&mut self, key: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.to_string().into());
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.0.insert(key.to_owned(), values.into());
        }
    }

    fn count(&mut self, key: &str, value: Option<usize>) {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
    }
}

fn lync_facts(facts: &ucwa::client::StepFacts) -> Map<String, Value> {
    let mut told = Facts::default();
    told.text("host", facts.host.as_ref());
    told.list("chain", &facts.chain);
    told.list("methods", &facts.methods);
    if let Some(how) = &facts.signed_in {
        told.text("method", Some(how.by));
        if !how.passed_over.is_empty() {
            let passed = problems::passed_over_json(&how.passed_over);
            told.0.insert("passed_over".to_owned(), passed);
        }
    }
    told.text("server_fqdn", facts.server_fqdn.as_ref());
    told.text("ucwa_version", facts.ucwa_version.as_ref());
    told.count("contacts", facts.contacts);
    if let Some(certificate) = &facts.certificate {
        told.list("names", &certificate.names);
        told.text("issuer", Some(&certificate.issuer));
        told.text("not_before", certificate.not_before);
        told.text("not_after", certificate.not_after);
    }
    told.0
}

fn xmpp_facts(facts: &causeway_xmpp::link::StepFacts) -> Map<String, Value> {
    let told = facts.0.iter().map(|(key, value)| match *key {
        "offered" => {
            let methods: Vec<&str> = value.split_whitespace().collect();
            ("methods".to_owned(), methods.into())
        }
        key => (
            key.to_owned(),
            value
                .parse::<u64>()
                .map_or_else(|_| value.clone().into(), Value::from),
        ),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_told_in_words() {
        assert_eq!(
            offered("urn:microsoft.rtc:windows, urn:microsoft.rtc:anonmeeting, password"),
            "Offered: Windows, user name and password"
        );
        assert_eq!(offered("SCRAM-SHA-1"), "Offered: SCRAM-SHA-1");
    }
}
