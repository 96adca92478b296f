//! SASL (RFC 6120 section 6) with SCRAM only.
//!
//! PLAIN is never used: a server, or somebody between, that offers nothing better would get the password.

use futures::SinkExt;
use sasl::client::Mechanism as _;
use sasl::client::mechanisms::Scram;
use sasl::common::scram::{Sha1, Sha256};
use sasl::common::{ChannelBinding, Credentials};
use secrecy::{ExposeSecret, SecretString};
use tokio_xmpp::xmlstream::{InitiatingStream, XmppStreamElement};
use xmpp_parsers::sasl::{Auth, DefinedCondition, Failure, Mechanism, Nonza, Response};
use xmpp_parsers::sasl_cb::Type as BindingType;
use xmpp_parsers::stream_features::StreamFeatures;

use super::stream::{Incoming, Io, Stream, next};
use super::tls::channel_binding;
use crate::{Error, ErrorKind};

/// Most PBKDF2 rounds that we compute for a server: about a second of work.
const MOST_ROUNDS: u32 = 5_000_000;

/// How to sign in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Method {
    sha256: bool,
    binding: ChannelBinding,
}

impl Method {
    /// The best of what the server offers; `binding` is the data of `tls-exporter`.
    pub(super) fn choose(
        features: &StreamFeatures,
        binding: Option<&Vec<u8>>,
    ) -> Result<Self, Error> {
        let offered = &features.sasl_mechanisms;
        let has = |name: &str| offered.contains(name);
        let any_plus = has("SCRAM-SHA-256-PLUS") || has("SCRAM-SHA-1-PLUS");
        // XEP-0440: without the list nobody knows whether -PLUS means our kind of channel binding; servers exist that
        // offer it and then refuse `tls-exporter`.
        let listed = features
            .sasl_cb
            .as_ref()
            .is_some_and(|list| list.types.contains(&BindingType::TlsExporter));
        let usable = listed && binding.is_some() && any_plus;
        let sha256 = if usable {
            has("SCRAM-SHA-256-PLUS")
        } else {
            has("SCRAM-SHA-256")
        };
        if !sha256 && !usable && !has("SCRAM-SHA-1") {
            let offered: Vec<String> = offered.iter().cloned().collect();
            let mut error = Error::new(ErrorKind::NoMechanism {
                offered: offered.clone(),
            });
            error.facts.offered = offered;
            return Err(error);
        }
        Ok(Self {
            sha256,
            binding: channel_binding(binding, usable, any_plus),
        })
    }

    /// Its name in the SASL registry, in words.
    pub(super) fn word(&self) -> &'static str {
        match (self.sha256, self.is_bound()) {
            (true, true) => "SCRAM-SHA-256-PLUS",
            (true, false) => "SCRAM-SHA-256",
            (false, true) => "SCRAM-SHA-1-PLUS",
            (false, false) => "SCRAM-SHA-1",
        }
    }

    fn is_bound(&self) -> bool {
        matches!(self.binding, ChannelBinding::TlsExporter(_))
    }

    /// Its name in the SASL registry.
    pub(super) fn name(&self) -> Mechanism {
        match (self.sha256, self.is_bound()) {
            (true, true) => Mechanism::ScramSha256Plus,
            (true, false) => Mechanism::ScramSha256,
            (false, true) => Mechanism::ScramSha1Plus,
            (false, false) => Mechanism::ScramSha1,
        }
    }

    fn start(
        &self,
        user: &str,
        password: &SecretString,
    ) -> Result<Box<dyn sasl::client::Mechanism + Send>, Error> {
        let credentials = Credentials::default()
            .with_username(user)
            .with_password(password.expose_secret())
            .with_channel_binding(self.binding.clone());
        let failed = |error: sasl::client::MechanismError| ErrorKind::Protocol(error.to_string());
        Ok(if self.sha256 {
            Box::new(Scram::<Sha256>::from_credentials(credentials).map_err(failed)?)
        } else {
            Box::new(Scram::<Sha1>::from_credentials(credentials).map_err(failed)?)
        })
    }
}

/// Signs in, once. The server has to prove that it knows the password too.
pub(super) async fn login(
    mut stream: Stream,
    method: &Method,
    user: &str,
    password: &SecretString,
) -> Result<InitiatingStream<Io>, Error> {
    let mut scram = method.start(&escaped(user), password)?;
    let data = scram.initial();
    send(
        &mut stream,
        Nonza::Auth(Auth {
            mechanism: method.name(),
            data,
        }),
    )
    .await?;
    loop {
        let nonza = match next(&mut stream).await? {
            Incoming::Element(XmppStreamElement::Sasl(nonza)) => nonza,
            Incoming::Quiet | Incoming::Unknown => continue,
            Incoming::BrokenNonza { name } if name == "failure" => {
                // A condition that the library does not know is still a refusal: never try again by ourselves.
                return Err(ErrorKind::PasswordRefused.into());
            }
            Incoming::Element(_) | Incoming::BrokenNonza { .. } | Incoming::BrokenStanza { .. } => {
                return Err(
                    ErrorKind::Protocol("unexpected element while signing in".to_owned()).into(),
                );
            }
        };
        match nonza {
            Nonza::Challenge(challenge) => {
                if rounds(&challenge.data).is_some_and(|rounds| rounds > MOST_ROUNDS) {
                    return Err(ErrorKind::Protocol(
                        "the server asks for too much work".to_owned(),
                    )
                    .into());
                }
                let data = scram
                    .response(&challenge.data)
                    .map_err(|error| ErrorKind::Protocol(error.to_string()))?;
                send(&mut stream, Nonza::Response(Response { data })).await?;
            }
            Nonza::Success(success) => {
                scram.success(&success.data).map_err(|_| {
                    ErrorKind::Protocol("the server does not know the password".to_owned())
                })?;
                stream.get_stream().restart();
                return Ok(stream.initiate_reset());
            }
            Nonza::Failure(failure) => return Err(failure_cause(&failure)),
            Nonza::Abort(_) | Nonza::Auth(_) | Nonza::Response(_) => {
                return Err(
                    ErrorKind::Protocol("the server answers as a client".to_owned()).into(),
                );
            }
        }
    }
}

async fn send(stream: &mut Stream, nonza: Nonza) -> Result<(), Error> {
    stream
        .send(&XmppStreamElement::Sasl(nonza))
        .await
        .map_err(super::stream::broken)
}

/// RFC 5802 section 5.1: `=` and `,` have a meaning of their own in a user name.
fn escaped(user: &str) -> String {
    user.replace('=', "=3D").replace(',', "=2C")
}

/// Iteration count of a SCRAM challenge.
fn rounds(challenge: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(challenge).ok()?;
    let count = text.split(',').find_map(|part| part.strip_prefix("i="))?;
    // What is no number of this size is too much, too.
    Some(count.parse().unwrap_or(u32::MAX))
}

fn failure_cause(failure: &Failure) -> Error {
    let text = failure.texts.values().next().cloned().unwrap_or_default();
    let condition = match failure.defined_condition {
        DefinedCondition::NotAuthorized | DefinedCondition::CredentialsExpired => {
            let mut error = Error::new(ErrorKind::PasswordRefused);
            error.facts.text = Some(text).filter(|text| !text.is_empty());
            return error;
        }
        DefinedCondition::Aborted => "aborted",
        DefinedCondition::AccountDisabled => "account-disabled",
        DefinedCondition::EncryptionRequired => "encryption-required",
        DefinedCondition::IncorrectEncoding => "incorrect-encoding",
        DefinedCondition::InvalidAuthzid => "invalid-authzid",
        DefinedCondition::InvalidMechanism => "invalid-mechanism",
        DefinedCondition::MalformedRequest => "malformed-request",
        DefinedCondition::MechanismTooWeak => "mechanism-too-weak",
        DefinedCondition::TemporaryAuthFailure => "temporary-auth-failure",
    };
    Error::refused(condition, text)
}

#[cfg(test)]
mod tests {
    use xmpp_parsers::sasl_cb::SaslChannelBinding;

    use super::*;

    fn features(mechanisms: &[&str], exporter: bool) -> StreamFeatures {
        StreamFeatures {
            sasl_mechanisms: mechanisms.iter().map(|name| (*name).to_owned()).collect(),
            sasl_cb: exporter.then(|| SaslChannelBinding {
                types: vec![BindingType::TlsExporter],
            }),
            ..StreamFeatures::default()
        }
    }

    fn check(mechanisms: &[&str], exporter: bool, expected: Option<(Mechanism, &[u8])>) {
        let method = Method::choose(&features(mechanisms, exporter), Some(&vec![7; 32]));
        let chosen = method
            .as_ref()
            .ok()
            .map(|method| (method.name(), method.binding.header()));
        assert_eq!(chosen, expected, "{mechanisms:?}");
    }

    #[test]
    fn the_strongest_scram_is_chosen_and_the_gs2_header_tells_the_truth() {
        let both = ["PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"];
        check(&both, false, Some((Mechanism::ScramSha256, b"y,,")));
        check(
            &["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"],
            false,
            Some((Mechanism::ScramSha1, b"n,,")),
        );
        let plus = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"];
        check(&plus, false, Some((Mechanism::ScramSha256, b"n,,")));
        check(
            &plus,
            true,
            Some((Mechanism::ScramSha256Plus, b"p=tls-exporter,,")),
        );
    }

    #[test]
    fn plain_is_never_used() {
        check(&["PLAIN"], false, None);
        check(&["PLAIN", "ANONYMOUS", "SCRAM-SHA-512"], true, None);
        let error = Method::choose(&features(&["PLAIN"], false), None).unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::NoMechanism {
                offered: vec!["PLAIN".to_owned()]
            }
        );
    }

    #[test]
    fn a_server_cannot_make_us_compute_for_ever() {
        assert_eq!(rounds(b"r=abc,s=QSXCR,i=4096"), Some(4096));
        assert_eq!(rounds(b"r=abc,s=QSXCR,i=99999999999"), Some(u32::MAX));
        assert_eq!(rounds(b"r=abc"), None);
        assert_eq!(rounds(b"\xff"), None);
    }

    #[test]
    fn commas_in_a_user_name_are_escaped() {
        assert_eq!(escaped("a,b=c"), "a=2Cb=3Dc");
    }
}
