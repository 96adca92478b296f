//! Other processes.

use std::io;
use std::os::windows::io::{AsRawHandle as _, BorrowedHandle, FromRawHandle as _, OwnedHandle};

use windows::Win32::Foundation::HANDLE;
use windows::Win32::System::Pipes::GetNamedPipeServerProcessId;
use windows::Win32::System::Threading::{
    INFINITE, OpenProcess, PROCESS_SYNCHRONIZE, PROCESS_TERMINATE, TerminateProcess,
    WaitForSingleObject,
};

/// A process of which the end can be waited for. Its number may be used again meanwhile.
#[derive(Debug)]
pub struct Process(OwnedHandle);

impl Process {
    /// The one at the other end of a connected pipe, which serves it.
    ///
    /// # Errors
    /// Where it has ended, and of the system.
    pub fn serving(pipe: BorrowedHandle<'_>) -> io::Result<Self> {
        let mut id = 0;
        // SAFETY: the handle is open, and the number is written.
        unsafe { GetNamedPipeServerProcessId(HANDLE(pipe.as_raw_handle()), &raw mut id) }
            .map_err(|error| crate::os(&error))?;
        // SAFETY: without pointers.
        let process = unsafe { OpenProcess(PROCESS_SYNCHRONIZE, false, id) };
        let process = process.map_err(|error| crate::os(&error))?;
        // SAFETY: it was opened, and nobody else closes it.
        Ok(Self(unsafe { OwnedHandle::from_raw_handle(process.0) }))
    }

    /// Waits for its end. Blocking.
    pub fn wait(&self) {
        // SAFETY: the handle is open.
        unsafe { WaitForSingleObject(HANDLE(self.0.as_raw_handle()), INFINITE) };
    }
}

/// Ends a child process of ours at once. Windows has no way to ask a program without a window.
///
/// # Errors
/// Where it has ended already, and of the system.
pub fn end(id: u32) -> io::Result<()> {
    // SAFETY: without pointers.
    let process = unsafe { OpenProcess(PROCESS_TERMINATE, false, id) };
    let process = process.map_err(|error| crate::os(&error))?;
    // SAFETY: it was opened, and nobody else closes it.
    let process = unsafe { OwnedHandle::from_raw_handle(process.0) };
    // SAFETY: the handle is open.
    let ended = unsafe { TerminateProcess(HANDLE(process.as_raw_handle()), 0) };
    ended.map_err(|error| crate::os(&error))
}
