/* Whether a certificate was revoked, for Wine in tests: it never was. Windows does not refuse one whose issuer says nothing
   about that, where it is asked so (CERT_CHAIN_POLICY_IGNORE_ALL_REV_UNKNOWN_FLAGS); Wine does not know that it was asked. Never
   shipped. */
#include <windows.h>
#include <wincrypt.h>

__declspec(dllexport) BOOL WINAPI CertDllVerifyRevocation(DWORD encoding, DWORD type, DWORD count, PVOID contexts[],
                                                          DWORD flags, PCERT_REVOCATION_PARA parameters,
                                                          PCERT_REVOCATION_STATUS status) {
    return TRUE;
}
