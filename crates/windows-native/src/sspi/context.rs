//! One handshake.

use std::ptr;

use windows::Win32::Foundation::{SEC_E_OK, SEC_I_CONTINUE_NEEDED};
use windows::Win32::Security::Authentication::Identity::{
    DeleteSecurityContext, FreeContextBuffer, ISC_REQ_INTEGRITY, ISC_REQ_MUTUAL_AUTH,
    ISC_RET_MUTUAL_AUTH, InitializeSecurityContextW, QueryContextAttributesW,
    QuerySecurityPackageInfoW, SECBUFFER_CHANNEL_BINDINGS, SECBUFFER_TOKEN, SECBUFFER_VERSION,
    SECPKG_ATTR_NEGOTIATION_INFO, SECURITY_NATIVE_DREP, SecBuffer, SecBufferDesc,
    SecPkgContext_NegotiationInfoW, SecPkgInfoW,
};
use windows::Win32::Security::Credentials::SecHandle;
use windows::core::PCWSTR;

use super::Status;
use super::credential::{Credential, Identity, Package};

/// What Windows chose inside Negotiate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Kerberos.
    Kerberos,
    /// NTLM.
    Ntlm,
}

/// What the server's token led to.
pub struct Token {
    /// To be sent to the server, where it is not empty.
    pub bytes: Vec<u8>,
    /// The handshake is over, as far as we go.
    pub last: bool,
}

/// A security context, and the credentials that it is made with.
pub struct Context {
    /// Once the first call has made it. It goes before the credentials do.
    handle: Option<Handle>,
    credential: Credential,
    package: Package,
    /// Zero-terminated.
    target: Vec<u16>,
    binding: Option<Binding>,
    longest_token: usize,
    /// `ISC_RET_…` of the last call.
    attributes: u32,
}

impl Context {
    /// For the service of that name (`HTTP/host`), by the account of `identity` or of the logon session. `binding` is the
    /// channel binding with its prefix, `tls-server-end-point:…` (RFC 5929). Asks nobody yet.
    ///
    /// # Errors
    /// When Windows has no such credentials, or not the package.
    pub fn new(
        package: Package,
        identity: Option<&Identity<'_>>,
        service: &str,
        binding: Option<&[u8]>,
    ) -> Result<Self, Status> {
        Ok(Self {
            credential: Credential::acquire(package, identity)?,
            handle: None,
            package,
            target: service.encode_utf16().chain([0]).collect(),
            binding: binding.map(Binding::new),
            longest_token: longest_token(package)?,
            attributes: 0,
        })
    }

    /// Our next token, for the server's last one. May block while Windows speaks with a domain controller.
    ///
    /// # Errors
    /// What Windows says, of the server's token or of the credentials.
    pub fn step(&mut self, token: Option<&[u8]>) -> Result<Token, Status> {
        let mut bytes = vec![0; self.longest_token];
        let mut output = buffer(SECBUFFER_TOKEN, bytes.as_mut_ptr().cast(), bytes.len());
        let mut outputs = buffers(std::slice::from_mut(&mut output));
        let mut input = Vec::with_capacity(2);
        if let Some(token) = token {
            let start = token.as_ptr().cast_mut().cast();
            input.push(buffer(SECBUFFER_TOKEN, start, token.len()));
        }
        // Negotiate wants it from the beginning, since Kerberos puts it into its first token. NTLM puts it into its last one, and Wine
        // takes any input for the server's token.
        let wants_binding = self.package == Package::Negotiate || token.is_some();
        if let Some(binding) = self.binding.as_ref().filter(|_| wants_binding) {
            let start = binding.words.as_ptr().cast_mut().cast();
            input.push(buffer(SECBUFFER_CHANNEL_BINDINGS, start, binding.length));
        }
        let inputs = buffers(&mut input);
        let mut made = SecHandle::default();
        // SAFETY: every pointer is to a local or a field that lives through the call; Windows writes to `bytes`, `output`,
        // `made` and `attributes` alone, within the lengths that it is given, and only reads the inputs.
        let status = unsafe {
            InitializeSecurityContextW(
                Some(self.credential.handle()),
                self.handle.as_ref().map(|handle| &raw const handle.0),
                Some(self.target.as_ptr()),
                ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY,
                0,
                SECURITY_NATIVE_DREP,
                (inputs.cBuffers > 0).then_some(&raw const inputs),
                0,
                Some(&raw mut made),
                Some(&raw mut outputs),
                &raw mut self.attributes,
                None,
            )
        };
        if status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED {
            return Err(status.into());
        }
        // Later calls go on with the first one's context.
        self.handle.get_or_insert_with(|| Handle(made));
        bytes.truncate(output.cbBuffer as usize);
        Ok(Token {
            bytes,
            last: status == SEC_E_OK,
        })
    }

    /// Whether the server has proved who it is; to be asked after the last token.
    #[must_use]
    pub fn is_mutual(&self) -> bool {
        self.attributes & ISC_RET_MUTUAL_AUTH != 0
    }

    /// What Windows chose inside Negotiate, where it can say so already.
    #[must_use]
    pub fn protocol(&self) -> Option<Protocol> {
        let handle = self.handle.as_ref()?;
        let mut info = SecPkgContext_NegotiationInfoW::default();
        // SAFETY: that attribute is written to a value of that type.
        unsafe {
            QueryContextAttributesW(
                &raw const handle.0,
                SECPKG_ATTR_NEGOTIATION_INFO,
                (&raw mut info).cast(),
            )
        }
        .ok()?;
        let package = PackageInfo(ptr::NonNull::new(info.PackageInfo)?);
        match package.name().as_str() {
            "Kerberos" => Some(Protocol::Kerberos),
            "NTLM" => Some(Protocol::Ntlm),
            _ => None,
        }
    }
}

/// A context's handle.
struct Handle(SecHandle);

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: Windows has made it, and nobody deletes it twice.
        let _ = unsafe { DeleteSecurityContext(&raw const self.0) };
    }
}

/// `SEC_CHANNEL_BINDINGS`: eight numbers, of which the last two are length and offset of what follows them. In words, so that
/// it is aligned as Windows reads it.
struct Binding {
    words: Vec<u32>,
    length: usize,
}

impl Binding {
    fn new(data: &[u8]) -> Self {
        const HEADER: u32 = 32;
        let length = u32::try_from(data.len()).unwrap_or_default();
        let mut words = vec![0, 0, 0, 0, 0, 0, length, HEADER];
        words.extend(data.chunks(4).map(|part| {
            let mut word = [0; 4];
            word[..part.len()].copy_from_slice(part);
            u32::from_ne_bytes(word)
        }));
        Self {
            words,
            length: HEADER as usize + data.len(),
        }
    }
}

/// Memory of Windows that describes a package.
struct PackageInfo(ptr::NonNull<SecPkgInfoW>);

impl PackageInfo {
    fn name(&self) -> String {
        // SAFETY: Windows gave it, with a zero-terminated name, and it is freed only when this is dropped.
        unsafe { PCWSTR(self.0.as_ref().Name).to_string() }.unwrap_or_default()
    }
}

impl Drop for PackageInfo {
    fn drop(&mut self) {
        // SAFETY: Windows gave it, and nobody frees it twice.
        let _ = unsafe { FreeContextBuffer(self.0.as_ptr().cast()) };
    }
}

fn longest_token(package: Package) -> Result<usize, Status> {
    // A ticket of somebody in hundreds of groups is larger than older versions say.
    const ENOUGH: usize = 0x1_0000;
    // SAFETY: the name is a constant.
    let info = unsafe { QuerySecurityPackageInfoW(package.name()) }?;
    let said = ptr::NonNull::new(info).map(PackageInfo).map_or(0, |info| {
        // SAFETY: as for its name.
        unsafe { info.0.as_ref().cbMaxToken as usize }
    });
    Ok(said.max(ENOUGH))
}

fn buffer(kind: u32, start: *mut core::ffi::c_void, length: usize) -> SecBuffer {
    SecBuffer {
        // Longer than any token that a header can carry: it is cut, and refused.
        cbBuffer: length.try_into().unwrap_or(u32::MAX),
        BufferType: kind,
        pvBuffer: start,
    }
}

fn buffers(list: &mut [SecBuffer]) -> SecBufferDesc {
    SecBufferDesc {
        ulVersion: SECBUFFER_VERSION,
        cBuffers: list.len().try_into().unwrap_or(0),
        pBuffers: list.as_mut_ptr(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binding_is_laid_out_as_windows_reads_it() {
        let binding = Binding::new(b"tls-server-end-point:12345");
        let bytes: Vec<u8> = binding
            .words
            .iter()
            .flat_map(|word| word.to_ne_bytes())
            .collect();
        assert_eq!(bytes[..24], [0; 24]);
        assert_eq!(bytes[24..32], [26, 0, 0, 0, 32, 0, 0, 0]);
        assert_eq!(&bytes[32..binding.length], b"tls-server-end-point:12345");
    }
}
