//! NTLMv2 with user name and password (MS-NLMP), with message integrity and channel binding.

use secrecy::ExposeSecret as _;
use sspi::{
    AuthIdentityBuffers, BufferType, ClientRequestFlags, DataRepresentation, Ntlm, SecurityBuffer,
    Sspi as _, SspiImpl as _, ntlm::NtlmConfig,
};

use crate::handshake::Context;
use crate::{Cause, Credentials, Mechanism, Scheme, Step, Target};

struct NtlmV2 {
    ntlm: Ntlm,
    /// Wiped when it is dropped.
    identity: Option<AuthIdentityBuffers>,
    /// Messages made so far; after the second (AUTHENTICATE) there is none.
    made: usize,
}

/// Under either scheme as bare messages.
pub(crate) fn begin(
    _: Scheme,
    target: Target,
    credentials: &Credentials,
) -> Result<Box<dyn Context>, Cause> {
    // The name of this computer is nobody's business.
    let mut ntlm = Ntlm::with_config(NtlmConfig {
        client_computer_name: None,
    });
    if let Some(binding) = &target.binding {
        ntlm.set_channel_bindings(binding);
    }
    let name = &credentials.name;
    let password = credentials.password.expose_secret();
    Ok(Box::new(NtlmV2 {
        ntlm,
        identity: Some(AuthIdentityBuffers::from_utf8(
            name.user(),
            name.domain(),
            password,
        )),
        made: 0,
    }))
}

impl Context for NtlmV2 {
    fn step(&mut self, token: Option<&[u8]>) -> Result<Step, Cause> {
        match (self.made, token) {
            (0, None) | (1, Some(_)) => {}
            (2, _) => return Ok(Step::Done),
            (_, _) => return Err(Cause::BadToken("it comes at the wrong time".to_owned())),
        }
        let mut input = [SecurityBuffer::new(
            token.unwrap_or_default().to_vec(),
            BufferType::Token,
        )];
        let mut output = [SecurityBuffer::new(Vec::new(), BufferType::Token)];
        let mut builder = self
            .ntlm
            .initialize_security_context()
            .with_credentials_handle(&mut self.identity)
            .with_context_requirements(ClientRequestFlags::INTEGRITY)
            .with_target_data_representation(DataRepresentation::Native)
            .with_input(&mut input)
            .with_output(&mut output);
        // Its own words may hold parts of the message, so the kind has to do.
        let strange = |error: sspi::Error| Cause::BadToken(format!("{:?}", error.error_type));
        self.ntlm
            .initialize_security_context_impl(&mut builder)
            .and_then(|mut result| result.resolve_to_result())
            .map_err(strange)?;
        self.made += 1;
        let [token] = output;
        Ok(Step::Send(token.buffer))
    }

    fn is_mutual(&self) -> bool {
        false
    }

    fn mechanism(&self) -> Mechanism {
        Mechanism::Ntlm
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LogonName;
    use proptest::prelude::*;

    /// CHALLENGE of the example in MS-NLMP 4.2.4.3 (NTLMv2): server challenge 0123456789abcdef, domain and server in its target information.
    const CHALLENGE: &[u8] = b"NTLMSSP\0\x02\0\0\0\x0c\0\x0c\0\x38\0\0\0\x33\x82\x8a\xe2\x01\x23\x45\x67\x89\xab\xcd\xef\0\0\0\0\0\0\0\0\x24\0\x24\0\x44\0\0\0\x06\0\x70\x17\0\0\0\x0fS\0e\0r\0v\0e\0r\0\x02\0\x0c\0D\0o\0m\0a\0i\0n\0\x01\0\x0c\0S\0e\0r\0v\0e\0r\0\0\0\0\0";

    fn context(name: &str, password: &str) -> Box<dyn Context> {
        let credentials = Credentials {
            name: LogonName::read(name),
            password: password.to_owned().into(),
        };
        let target = Target {
            host: "web.contoso.example".to_owned(),
            binding: Some(b"tls-server-end-point:0123".to_vec()),
        };
        begin(Scheme::Ntlm, target, &credentials).unwrap()
    }

    fn sent(step: Result<Step, Cause>) -> Vec<u8> {
        match step {
            Ok(Step::Send(token)) => token,
            Ok(Step::Done) => panic!("nothing is sent"),
            Err(cause) => panic!("{cause}"),
        }
    }

    /// Whether the message has that text in UTF-16.
    fn has(message: &[u8], text: &str) -> bool {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        message.windows(wide.len()).any(|part| part == wide)
    }

    #[test]
    fn two_messages_carry_the_name_and_never_the_password() {
        let mut context = context(r"CONTOSO\änna", "Blå+Bær & 100%");
        let negotiate = sent(context.step(None));
        assert!(negotiate.starts_with(b"NTLMSSP\0\x01"));
        // Some servers refuse shorter ones.
        assert!(negotiate.len() >= 40);
        let authenticate = sent(context.step(Some(CHALLENGE)));
        assert!(authenticate.starts_with(b"NTLMSSP\0\x03"));
        assert!(has(&authenticate, "änna") && has(&authenticate, "CONTOSO"));
        for message in [negotiate, authenticate] {
            assert!(!has(&message, "Blå") && !message.windows(3).any(|part| part == b"Bl\xc3"));
        }
        assert!(matches!(context.step(None), Ok(Step::Done)));
    }

    #[test]
    fn a_user_principal_name_goes_as_a_whole_and_without_a_domain() {
        let mut context = context("anna@contoso.example", "x");
        context.step(None).unwrap();
        let message = sent(context.step(Some(CHALLENGE)));
        assert!(has(&message, "anna@contoso.example"));
        // DomainNameFields: length zero (MS-NLMP 2.2.1.3).
        assert_eq!(message[28..30], [0, 0]);
    }

    #[test]
    fn a_challenge_that_comes_too_early_or_twice_is_no_handshake() {
        assert!(context("anna", "x").step(Some(CHALLENGE)).is_err());
        let mut context = context("anna", "x");
        context.step(None).unwrap();
        assert!(context.step(None).is_err());
    }

    proptest! {
        #[test]
        fn any_challenge_is_read_or_refused(token in proptest::collection::vec(any::<u8>(), 0..200), flip in 0..CHALLENGE.len(), bits: u8) {
            let mut broken = CHALLENGE.to_vec();
            broken[flip] ^= bits;
            for token in [token, broken] {
                let mut context = context("anna", "x");
                context.step(None).unwrap();
                let _ = context.step(Some(&token));
            }
        }
    }
}
