//! Users, and what they may do: security identifiers as text (`S-1-5-21-…`), owners and access control lists.

use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::io::{AsRawHandle as _, BorrowedHandle, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr;

use windows::Win32::Foundation::{HANDLE, HLOCAL, LocalFree, WIN32_ERROR};
use windows::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW,
    GetNamedSecurityInfoW, GetSecurityInfo, SDDL_REVISION_1, SE_FILE_OBJECT, SE_KERNEL_OBJECT,
};
use windows::Win32::Security::{
    ACCESS_ALLOWED_ACE, ACE_HEADER, ACL, DACL_SECURITY_INFORMATION, GetAce, GetTokenInformation,
    OWNER_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, PSID,
    SetFileSecurityW, TOKEN_QUERY, TOKEN_USER, TokenUser,
};
use windows::Win32::System::SystemServices::{ACCESS_ALLOWED_ACE_TYPE, ACCESS_DENIED_ACE_TYPE};
use windows::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};
use windows::core::{HSTRING, PCWSTR, PWSTR};

/// The user of this process.
///
/// # Errors
/// Of the system.
pub fn user() -> io::Result<String> {
    let mut token = HANDLE::default();
    // SAFETY: the handle of this process needs no closing; that of the token is ours from then on.
    unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) }
        .map_err(|error| crate::os(&error))?;
    // SAFETY: as above.
    let token = unsafe { OwnedHandle::from_raw_handle(token.0) };
    // A user and an identifier of at most 68 bytes, aligned as the former.
    let mut buffer = [0_u64; 32];
    let (length, mut used) = (size_of_val(&buffer).try_into().unwrap_or(0), 0);
    // SAFETY: the length is that of the buffer.
    unsafe {
        GetTokenInformation(
            HANDLE(token.as_raw_handle()),
            TokenUser,
            Some(buffer.as_mut_ptr().cast()),
            length,
            &raw mut used,
        )
    }
    .map_err(|error| crate::os(&error))?;
    // SAFETY: that is what was asked for, and it points into the buffer.
    let user = unsafe { &*buffer.as_ptr().cast::<TOKEN_USER>() };
    text(user.User.Sid)
}

/// Whose an open object of the system is, a pipe for example.
///
/// # Errors
/// Of the system.
pub fn owner(object: BorrowedHandle<'_>) -> io::Result<String> {
    let mut owner = PSID::default();
    let mut descriptor = Descriptor::default();
    // SAFETY: the handle is open. The owner points into the descriptor, which is freed afterwards.
    let result = unsafe {
        GetSecurityInfo(
            HANDLE(object.as_raw_handle()),
            SE_KERNEL_OBJECT,
            OWNER_SECURITY_INFORMATION,
            Some(&raw mut owner),
            None,
            None,
            None,
            Some(&raw mut descriptor.0),
        )
    };
    done(result)?;
    text(owner)
}

/// Who may do something with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Whose it is.
    pub owner: String,
    /// To whom anything at all is granted; `None`: to everybody.
    pub granted: Option<Vec<String>>,
}

/// Who may do something with a file.
///
/// # Errors
/// Of the system; `Unsupported` where its list has entries of a kind that is not for files.
pub fn access(file: &Path) -> io::Result<Access> {
    let (mut owner, mut list) = (PSID::default(), ptr::null_mut::<ACL>());
    let mut descriptor = Descriptor::default();
    // SAFETY: owner and list point into the descriptor, which is freed afterwards.
    let result = unsafe {
        GetNamedSecurityInfoW(
            &HSTRING::from(file),
            SE_FILE_OBJECT,
            OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION,
            Some(&raw mut owner),
            None,
            Some(&raw mut list),
            None,
            &raw mut descriptor.0,
        )
    };
    done(result)?;
    let owner = text(owner)?;
    if list.is_null() {
        return Ok(Access {
            owner,
            granted: None,
        });
    }
    // SAFETY: the list is inside of the descriptor.
    let count = unsafe { (*list).AceCount };
    let mut granted = Vec::new();
    for index in 0..u32::from(count) {
        let mut entry = ptr::null_mut::<c_void>();
        // SAFETY: the index is one of the list.
        unsafe { GetAce(list, index, &raw mut entry) }.map_err(|error| crate::os(&error))?;
        // SAFETY: every entry begins with such a header.
        let kind = unsafe { (*entry.cast::<ACE_HEADER>()).AceType };
        match u32::from(kind) {
            ACCESS_ALLOWED_ACE_TYPE => {
                let entry = entry.cast::<ACCESS_ALLOWED_ACE>();
                // SAFETY: the identifier stands where the last field begins.
                granted.push(text(PSID(unsafe { &raw mut (*entry).SidStart }.cast()))?);
            }
            ACCESS_DENIED_ACE_TYPE => {}
            _ => return Err(io::ErrorKind::Unsupported.into()),
        }
    }
    Ok(Access {
        owner,
        granted: Some(granted),
    })
}

/// Lets nobody into a directory but `user`, the system and administrators, and nobody to what is made in it from now on.
///
/// # Errors
/// Of the system.
pub fn close_to_others(directory: &Path, user: &str) -> io::Result<()> {
    let everything = |who| format!("(A;OICI;FA;;;{who})");
    let list: String = [user, "SY", "BA"].map(everything).concat();
    let descriptor = Descriptor::of(&format!("D:P{list}"))?;
    let path: Vec<u16> = directory.as_os_str().encode_wide().chain([0]).collect();
    // SAFETY: path and descriptor are whole and outlive the call.
    let set = unsafe {
        SetFileSecurityW(
            PCWSTR(path.as_ptr()),
            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
            descriptor.0,
        )
    };
    set.ok().map_err(|error| crate::os(&error))
}

/// A security descriptor of the system's making.
#[derive(Default)]
pub(crate) struct Descriptor(PSECURITY_DESCRIPTOR);

impl Descriptor {
    /// From its description (Security Descriptor Definition Language).
    pub(crate) fn of(description: &str) -> io::Result<Self> {
        let mut descriptor = Self::default();
        // SAFETY: what is written is freed with the value.
        unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                &HSTRING::from(description),
                SDDL_REVISION_1,
                &raw mut descriptor.0,
                None,
            )
        }
        .map_err(|error| crate::os(&error))?;
        Ok(descriptor)
    }

    #[cfg(feature = "pipe")]
    pub(crate) fn as_ptr(&self) -> *mut c_void {
        self.0.0
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the system made it to be freed so; nothing is done where it is null.
        unsafe { LocalFree(Some(HLOCAL(self.0.0))) };
    }
}

fn done(result: WIN32_ERROR) -> io::Result<()> {
    result.ok().map_err(|error| crate::os(&error))
}

/// An identifier as text.
fn text(identifier: PSID) -> io::Result<String> {
    let mut text = PWSTR::null();
    // SAFETY: the caller's identifier is whole; the text is freed below.
    unsafe { ConvertSidToStringSidW(identifier, &raw mut text) }
        .map_err(|error| crate::os(&error))?;
    // SAFETY: it ends with a zero.
    let copied = unsafe { text.to_string() };
    // SAFETY: the system made it to be freed so.
    unsafe { LocalFree(Some(HLOCAL(text.0.cast()))) };
    copied.map_err(|_| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_directory_that_is_closed_grants_nothing_to_others() {
        let directory = std::env::temp_dir().join(format!("closed-{}", std::process::id()));
        fs::create_dir(&directory).unwrap();
        let user = user().unwrap();
        assert!(user.starts_with("S-1-5-"), "{user}");
        close_to_others(&directory, &user).unwrap();
        let access = access(&directory).unwrap();
        fs::remove_dir(&directory).unwrap();
        let allowed = [user.as_str(), "S-1-5-18", "S-1-5-32-544"];
        let granted = access.granted.unwrap();
        assert!(granted.contains(&user), "{granted:?}");
        assert!(
            granted.iter().all(|who| allowed.contains(&who.as_str())),
            "{granted:?}"
        );
    }
}
