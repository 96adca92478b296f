//! What a call answers.

use std::fmt;

use windows::core::HRESULT;

/// Why a call failed: `SEC_E_…` of winerror.h, or an NTSTATUS with the bit `FACILITY_NT_BIT` (MS-ERREF).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub u32);

impl std::error::Error for Status {}

/// In the words of the system, with the number to look for.
impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = HRESULT(self.0.cast_signed()).message();
        write!(f, "{} ({:#010x})", words.trim(), self.0)
    }
}

impl From<HRESULT> for Status {
    fn from(result: HRESULT) -> Self {
        Self(result.0.cast_unsigned())
    }
}

impl From<windows::core::Error> for Status {
    fn from(error: windows::core::Error) -> Self {
        error.code().into()
    }
}
