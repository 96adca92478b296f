//! Whether somebody uses this session.

use std::time::Duration;

use windows::Win32::System::SystemInformation::GetTickCount;
use windows::Win32::UI::Input::KeyboardAndMouse::{GetLastInputInfo, LASTINPUTINFO};

/// Since the last key or movement in this session (`GetLastInputInfo`); `None` where the system does not tell.
#[must_use]
pub fn idle() -> Option<Duration> {
    let mut last = LASTINPUTINFO {
        cbSize: size_of::<LASTINPUTINFO>().try_into().ok()?,
        dwTime: 0,
    };
    // SAFETY: it is written within its size, which it carries.
    let told = unsafe { GetLastInputInfo(&raw mut last) };
    // SAFETY: without arguments.
    let now = unsafe { GetTickCount() };
    // Both count milliseconds since the start and begin anew every 49 days.
    let since = now.wrapping_sub(last.dwTime);
    told.as_bool().then(|| Duration::from_millis(since.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_without_input_grows() {
        let before = idle().unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let after = idle().unwrap();
        assert!(
            after >= before + Duration::from_millis(100),
            "{before:?} {after:?}"
        );
    }
}
