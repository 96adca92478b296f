//! The message loop, by which windows, tray icons and menus of a thread live.

use std::io;
use std::ops::ControlFlow;

use windows::Win32::Foundation::{LPARAM, WPARAM};
use windows::Win32::System::Threading::GetCurrentThreadId;
use windows::Win32::UI::WindowsAndMessaging::{
    DispatchMessageW, GetMessageW, MSG, PM_NOREMOVE, PeekMessageW, PostThreadMessageW, WM_APP,
};

/// Hands the messages of this thread to its windows until `after`, which is called after each, breaks. While a menu is
/// open Windows runs a loop of its own: `after` is called when it has closed.
///
/// # Errors
/// Of the system.
pub fn run(mut after: impl FnMut() -> ControlFlow<()>) -> io::Result<()> {
    let mut message = MSG::default();
    loop {
        // SAFETY: the message is written before it is read.
        match unsafe { GetMessageW(&raw mut message, None, 0, 0) }.0 {
            -1 => return Err(io::Error::last_os_error()),
            0 => return Ok(()),
            _ => {}
        }
        // SAFETY: as it came.
        unsafe { DispatchMessageW(&raw const message) };
        if after().is_break() {
            return Ok(());
        }
    }
}

/// Ends the wait of a thread's loop.
#[derive(Clone, Copy, Debug)]
pub struct Waker(u32);

impl Waker {
    /// Of the thread that calls this, and that will run the loop.
    #[must_use]
    pub fn of_this_thread() -> Self {
        let mut message = MSG::default();
        // The first look makes the queue, without which nothing could be sent before the loop begins.
        // SAFETY: the message is written within its size.
        let _ = unsafe { PeekMessageW(&raw mut message, None, 0, 0, PM_NOREMOVE) };
        // SAFETY: without arguments.
        Self(unsafe { GetCurrentThreadId() })
    }

    /// Has it call `after`. Lost while a menu is open, after which it is called anyway.
    ///
    /// # Errors
    /// Where the thread has ended.
    pub fn wake(self) -> io::Result<()> {
        // SAFETY: the message carries no pointer.
        let sent = unsafe { PostThreadMessageW(self.0, WM_APP, WPARAM(0), LPARAM(0)) };
        sent.map_err(|error| crate::os(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_woken_by_another_thread() {
        let (told, waker) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            told.send(Waker::of_this_thread()).unwrap();
            let mut times = 0;
            run(|| {
                times += 1;
                if times == 2 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
        });
        let waker = waker.recv().unwrap();
        waker.wake().unwrap();
        waker.wake().unwrap();
        thread.join().unwrap().unwrap();
    }
}
