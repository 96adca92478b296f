//! Why a mechanism did not lead to the goal, with what can be done about it.

/// Why a mechanism was not used, or failed. Holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The server does not offer a scheme that carries it.
    #[error("the server does not offer it")]
    NotOffered,
    /// This build lacks it.
    #[error("this program was built without it")]
    NotBuilt,
    /// Kerberos knows hosts by their names; the server was named by an address.
    #[error("the server is named by an address, not by its name")]
    HostIsAddress,
    /// There is no ticket: nobody signed in to a domain on this computer, or its cache cannot be read.
    #[error("there is no sign-in ticket on this computer")]
    NoTicket,
    /// The ticket is over.
    #[error("the sign-in ticket has expired")]
    TicketExpired,
    /// The ticket is of another account than the one that is to be signed in.
    #[error("the ticket is of {account}")]
    OtherAccount {
        /// The principal of the ticket.
        account: String,
    },
    /// The domain does not know the service principal name. The administrator's.
    #[error("the domain does not know the server's name")]
    ServerUnknown {
        /// `HTTP/host`.
        spn: String,
    },
    /// The server cannot read tickets that the domain makes for it. The administrator's.
    #[error("the server has another Kerberos key than the domain")]
    ServerKey,
    /// The clocks of this computer and the domain are too far apart.
    #[error("this computer's clock differs too much from the domain's")]
    ClockSkew,
    /// No domain controller can be reached. Network.
    #[error("no domain controller can be reached")]
    ControllerUnreachable,
    /// The domain controller does not answer. Network.
    #[error("the domain controller does not answer")]
    ControllerSilent,
    /// The realm of the ticket or of the server is not known here.
    #[error("the domain is not known on this computer")]
    RealmUnknown,
    /// The domain does not take that user name and password. NTLM alone does not say so: there it is [`Cause::Refused`].
    #[error("user name or password is wrong")]
    WrongPassword,
    /// The account's password is over.
    #[error("the password of the account has expired")]
    PasswordExpired,
    /// The account is disabled or locked.
    #[error("the account is disabled or locked")]
    AccountDisabled,
    /// The account itself is over.
    #[error("the account has expired")]
    AccountExpired,
    /// Extended Protection: the certificate that we see is not the server's.
    #[error("Extended Protection refuses this TLS connection")]
    Binding,
    /// There is no password to use.
    #[error("no password is known")]
    NoPassword,
    /// The server did not accept what we sent.
    #[error("the server did not accept it")]
    Refused,
    /// The server, or something before it, ends the connection in mid-handshake.
    #[error("the connection was ended in the middle of the handshake")]
    ConnectionEnded,
    /// The other side's token makes no sense, or it did not prove who it is.
    #[error("the answer cannot be trusted: {0}")]
    BadToken(String),
    /// What the table does not name, in the words of the system's library.
    #[error("{0}")]
    Other(String),
}

/// How far a failure reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This mechanism alone; the next one may do.
    Mechanism,
    /// Every further attempt would fail as well, or do harm: an account may be locked by it.
    Everything,
}

impl Cause {
    /// Stable name for scripts, e.g. `no-ticket`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotOffered => "not-offered",
            Self::NotBuilt => "not-built",
            Self::HostIsAddress => "host-is-address",
            Self::NoTicket => "no-ticket",
            Self::TicketExpired => "ticket-expired",
            Self::OtherAccount { .. } => "other-account",
            Self::ServerUnknown { .. } => "server-unknown",
            Self::ServerKey => "server-key",
            Self::ClockSkew => "clock-skew",
            Self::ControllerUnreachable => "controller-unreachable",
            Self::ControllerSilent => "controller-silent",
            Self::RealmUnknown => "realm-unknown",
            Self::WrongPassword => "wrong-password",
            Self::PasswordExpired => "password-expired",
            Self::AccountDisabled => "account-disabled",
            Self::AccountExpired => "account-expired",
            Self::Binding => "extended-protection",
            Self::NoPassword => "no-password",
            Self::Refused => "refused",
            Self::ConnectionEnded => "connection-ended",
            Self::BadToken(_) => "bad-token",
            Self::Other(_) => "other",
        }
    }

    /// What the person, or an administrator, can do.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::NotOffered | Self::NotBuilt => "Use a password.",
            Self::HostIsAddress => "Let the server be named by its name, not by its address.",
            Self::NoTicket => "Sign in to the domain on this computer (kinit), or use a password.",
            Self::TicketExpired => "Lock and unlock the computer, or run kinit; or use a password.",
            Self::OtherAccount { .. } => {
                "Sign in to the domain with the account that is configured, or use a password."
            }
            Self::ServerUnknown { .. } => {
                "Use a password. Administrators: register the service principal name for the web services."
            }
            Self::ServerKey => {
                "Use a password. Administrators: the Kerberos account of the web services is out of step; set it anew."
            }
            Self::ClockSkew => "Correct the time of this computer.",
            Self::ControllerUnreachable | Self::ControllerSilent => {
                "Connect to the company network or its VPN, or use a password."
            }
            Self::RealmUnknown => {
                "Use a password. Administrators: name the domain in krb5.conf or in DNS."
            }
            Self::WrongPassword => "Check user name and password.",
            Self::PasswordExpired => "Change the password first.",
            Self::AccountDisabled | Self::AccountExpired => {
                "Ask your administrator to unlock or renew the account."
            }
            Self::Binding => {
                "Something between this computer and the server opens its TLS connections. Administrators: let this server pass, or look at Extended Protection."
            }
            Self::NoPassword => "Type a password.",
            Self::Refused => {
                "Use a password. Administrators: the log of the web services says why."
            }
            Self::ConnectionEnded => {
                "Administrators: a proxy before the web services must keep connections open."
            }
            Self::BadToken(_) | Self::Other(_) => "Use a password; report it with the details.",
        }
    }

    /// Whether the network alone is to blame: no password was sent, and it may come back.
    #[must_use]
    pub fn is_about_reach(&self) -> bool {
        matches!(
            self,
            Self::ControllerUnreachable | Self::ControllerSilent | Self::ConnectionEnded
        )
    }

    /// Whether anything else is worth trying after it.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match self {
            Self::ClockSkew
            | Self::WrongPassword
            | Self::PasswordExpired
            | Self::AccountDisabled
            | Self::AccountExpired
            | Self::Binding => Scope::Everything,
            Self::NotOffered
            | Self::NotBuilt
            | Self::HostIsAddress
            | Self::NoTicket
            | Self::TicketExpired
            | Self::OtherAccount { .. }
            | Self::ServerUnknown { .. }
            | Self::ServerKey
            | Self::ControllerUnreachable
            | Self::ControllerSilent
            | Self::RealmUnknown
            | Self::NoPassword
            | Self::Refused
            | Self::ConnectionEnded
            | Self::BadToken(_)
            | Self::Other(_) => Scope::Mechanism,
        }
    }
}
