/* Every Rust program for Windows asks this DLL for random numbers; Wine has it from 8.13 on. For tests under an older one,
   and never to be shipped: rust-lang/rust#121337. */
#include <windows.h>
#include <ntsecapi.h>

BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T length) { return RtlGenRandom(data, (ULONG)length); }
