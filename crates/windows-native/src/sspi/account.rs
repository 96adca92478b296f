//! Who is logged on.

use windows::Win32::Security::Authentication::Identity::{GetUserNameExW, NameSamCompatible};
use windows::Win32::System::WindowsProgramming::GetComputerNameW;
use windows::core::PWSTR;

/// `DOMAIN\user` of this session, or `None` where it is an account of this computer alone. Asks no domain controller.
#[must_use]
pub fn domain_account() -> Option<String> {
    let account = name(|start, length| {
        // SAFETY: `length` is that of the buffer, and Windows keeps to it.
        unsafe { GetUserNameExW(NameSamCompatible, Some(start), length) }
    })?;
    let computer = name(|start, length| {
        // SAFETY: as above.
        unsafe { GetComputerNameW(Some(start), length) }.is_ok()
    })?;
    let (domain, _) = account.split_once('\\')?;
    (!domain.eq_ignore_ascii_case(&computer)).then_some(account)
}

fn name(ask: impl FnOnce(PWSTR, &mut u32) -> bool) -> Option<String> {
    // A domain of 15, a user of 20 characters (SAM); a name of any length is a name that is not such a pair.
    let mut buffer = [0; 256];
    let mut length = 256;
    if !ask(PWSTR(buffer.as_mut_ptr()), &mut length) {
        return None;
    }
    // Some count the zero at the end, some do not.
    let text = buffer.split(|&unit| unit == 0).next()?;
    Some(String::from_utf16_lossy(text))
}
