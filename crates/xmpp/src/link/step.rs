//! The rungs of the sign-in ladder.

use std::time::Duration;

use crate::Error;

/// A step of signing in, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// SRV records and addresses.
    FindingServer,
    /// TLS and the server's certificate.
    CheckingCertificate,
    /// Reading the SASL mechanisms.
    AskingMethods,
    /// SASL.
    SigningIn,
    /// Resource binding, stream management, carbons.
    OpeningSession,
    /// Reading the roster.
    LoadingContacts,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::FindingServer,
        Self::CheckingCertificate,
        Self::AskingMethods,
        Self::SigningIn,
        Self::OpeningSession,
        Self::LoadingContacts,
    ];

    /// The word used in `causewayctl check`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::FindingServer => "finding-server",
            Self::CheckingCertificate => "checking-certificate",
            Self::AskingMethods => "asking-methods",
            Self::SigningIn => "signing-in",
            Self::OpeningSession => "opening-session",
            Self::LoadingContacts => "loading-contacts",
        }
    }
}

/// How a step went. Steps after a failed one were not tried and have no report.
#[derive(Clone, Debug)]
pub struct StepReport {
    /// Which one.
    pub step: Step,
    /// How long it took.
    pub elapsed: Duration,
    /// What was seen.
    pub result: Result<StepFacts, Error>,
}

/// What a good step saw: name and value, for people and administrators.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepFacts(pub Vec<(&'static str, String)>);
