//! Sleep.

use std::ffi::c_void;
use std::{io, ptr};

use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::Power::{
    DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS, HPOWERNOTIFY, PowerRegisterSuspendResumeNotification,
    PowerUnregisterSuspendResumeNotification,
};
use windows::Win32::UI::WindowsAndMessaging::{DEVICE_NOTIFY_CALLBACK, PBT_APMRESUMEAUTOMATIC};

type Tell = Box<dyn Fn() + Send + Sync>;

/// As long as it is kept, each end of a sleep is told.
pub struct Resumes {
    registration: HPOWERNOTIFY,
    /// Of what the system calls.
    _tell: Box<Tell>,
}

// SAFETY: any thread may end a registration, and what is told can be called from any.
unsafe impl Send for Resumes {}

impl Resumes {
    /// From now on, in a thread of the system.
    ///
    /// # Errors
    /// Of the system.
    pub fn tell(tell: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        // Boxed twice: the system keeps one pointer, and it must not move.
        let tell: Box<Tell> = Box::new(Box::new(tell));
        let recipient = DEVICE_NOTIFY_SUBSCRIBE_PARAMETERS {
            Callback: Some(told),
            Context: ptr::from_ref(&*tell).cast_mut().cast(),
        };
        let mut registration = ptr::null_mut();
        // SAFETY: the system copies the parameters; what they point to lives until it was told to forget it.
        let result = unsafe {
            PowerRegisterSuspendResumeNotification(
                DEVICE_NOTIFY_CALLBACK,
                HANDLE(ptr::from_ref(&recipient).cast_mut().cast()),
                &raw mut registration,
            )
        };
        result.ok().map_err(|error| crate::os(&error))?;
        Ok(Self {
            registration: HPOWERNOTIFY(registration as isize),
            _tell: tell,
        })
    }
}

impl Drop for Resumes {
    fn drop(&mut self) {
        // SAFETY: it was registered. No call is under way when this returns.
        let _ = unsafe { PowerUnregisterSuspendResumeNotification(self.registration) };
    }
}

unsafe extern "system" fn told(context: *const c_void, what: u32, _: *const c_void) -> u32 {
    if what == PBT_APMRESUMEAUTOMATIC {
        // SAFETY: it is the pointer that was registered, to something that lives as long as the registration.
        let tell = unsafe { &*context.cast::<Tell>() };
        tell();
    }
    0
}
