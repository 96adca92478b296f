//! Whose account signs in.

use std::ptr;

use windows::Win32::Security::Authentication::Identity::{
    AcquireCredentialsHandleW, FreeCredentialsHandle, SECPKG_CRED_OUTBOUND,
};
use windows::Win32::Security::Credentials::SecHandle;
use windows::Win32::System::Rpc::{SEC_WINNT_AUTH_IDENTITY_UNICODE, SEC_WINNT_AUTH_IDENTITY_W};
use windows::core::{PCWSTR, w};
use zeroize::Zeroizing;

use super::Status;

/// A security package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// SPNEGO: Kerberos where it works, else NTLM, as Windows finds.
    Negotiate,
    /// NTLM alone.
    Ntlm,
}

impl Package {
    pub(super) fn name(self) -> PCWSTR {
        match self {
            Self::Negotiate => w!("Negotiate"),
            Self::Ntlm => w!("NTLM"),
        }
    }
}

/// What a person typed.
#[derive(Clone, Copy)]
pub struct Identity<'a> {
    /// Domain of `DOMAIN\user`; empty where the user is a user principal name, or stands alone.
    pub domain: &'a str,
    /// User.
    pub user: &'a str,
    /// Password.
    pub password: &'a str,
}

/// A credentials handle.
pub(super) struct Credential(SecHandle);

impl Credential {
    /// Of that person, or of the logon session.
    pub(super) fn acquire(
        package: Package,
        identity: Option<&Identity<'_>>,
    ) -> Result<Self, Status> {
        let typed = identity.map(Typed::new);
        let data = typed.as_ref().map(Typed::data);
        let mut handle = SecHandle::default();
        // SAFETY: `data` points into `typed`; Windows copies both before it returns. The handle is ours from then on.
        unsafe {
            AcquireCredentialsHandleW(
                None,
                package.name(),
                SECPKG_CRED_OUTBOUND,
                None,
                data.as_ref().map(|data| ptr::from_ref(data).cast()),
                None,
                None,
                &raw mut handle,
                None,
            )
        }?;
        Ok(Self(handle))
    }

    pub(super) fn handle(&self) -> &SecHandle {
        &self.0
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        // SAFETY: it was acquired, and nobody frees it twice.
        let _ = unsafe { FreeCredentialsHandle(&raw const self.0) };
    }
}

/// An [`Identity`] in UTF-16, wiped when it is dropped.
struct Typed {
    domain: Vec<u16>,
    user: Vec<u16>,
    password: Zeroizing<Vec<u16>>,
}

impl Typed {
    fn new(identity: &Identity<'_>) -> Self {
        // Large enough from the start: a buffer that grows leaves its old content behind.
        let mut password = Zeroizing::new(Vec::with_capacity(identity.password.len()));
        password.extend(identity.password.encode_utf16());
        Self {
            domain: identity.domain.encode_utf16().collect(),
            user: identity.user.encode_utf16().collect(),
            password,
        }
    }

    fn data(&self) -> SEC_WINNT_AUTH_IDENTITY_W {
        SEC_WINNT_AUTH_IDENTITY_W {
            User: self.user.as_ptr().cast_mut(),
            UserLength: length(&self.user),
            Domain: if self.domain.is_empty() {
                // "Not given", which is not the same as a domain without a name.
                ptr::null_mut()
            } else {
                self.domain.as_ptr().cast_mut()
            },
            DomainLength: length(&self.domain),
            Password: self.password.as_ptr().cast_mut(),
            PasswordLength: length(&self.password),
            Flags: SEC_WINNT_AUTH_IDENTITY_UNICODE,
        }
    }
}

/// What does not fit into the field would not be taken by any server.
fn length(text: &[u16]) -> u32 {
    text.len().try_into().unwrap_or(u32::MAX)
}
