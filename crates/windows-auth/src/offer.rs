//! What a server offers to sign in with.

/// An HTTP authentication scheme that carries Windows authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RFC 4559: SPNEGO, or a bare NTLM message.
    Negotiate,
    /// NTLM messages alone.
    Ntlm,
}

impl Scheme {
    /// Its name in the headers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Negotiate => "Negotiate",
            Self::Ntlm => "NTLM",
        }
    }
}

/// The schemes of an answer's `WWW-Authenticate` or `Proxy-Authenticate` headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    schemes: Vec<String>,
}

impl Offer {
    /// From the names of the schemes; their case does not matter.
    pub fn of<'a>(schemes: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            schemes: schemes.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Whether that scheme is offered.
    #[must_use]
    pub fn has(&self, scheme: Scheme) -> bool {
        self.names(scheme.name())
    }

    /// The first of these that is offered.
    pub(crate) fn first_of(&self, schemes: &[Scheme]) -> Option<Scheme> {
        schemes.iter().copied().find(|scheme| self.has(*scheme))
    }

    /// Whether neither scheme of Windows authentication is offered.
    #[must_use]
    pub fn is_useless(&self) -> bool {
        !self.has(Scheme::Negotiate) && !self.has(Scheme::Ntlm)
    }

    /// Every scheme as the server wrote it.
    #[must_use]
    pub fn schemes(&self) -> &[String] {
        &self.schemes
    }

    fn names(&self, scheme: &str) -> bool {
        self.schemes
            .iter()
            .any(|offered| offered.eq_ignore_ascii_case(scheme))
    }
}
