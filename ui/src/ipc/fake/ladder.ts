// Sign-in of the fake: the ladder, its failures, and the check.

import type { Check, CheckStep, Code, Problem, SideState } from '../types';

export const PASSED: [step: SideState, ms: number, message: string][] = [
  ['finding-server', 212, 'lyncdiscover.contoso.example → pool01.contoso.example'],
  ['checking-certificate', 96, 'valid until 3 March 2027'],
  ['asking-methods', 104, 'Windows, user name and password'],
  ['signing-in', 388, 'anna@contoso.example'],
  ['opening-session', 240, 'UCWA on pool01.contoso.example'],
  ['loading-contacts', 620, '16 people in 5 groups'],
];

/** What the check tells of the steps that pass, beside its words for terminals. */
const FACTS: Record<string, Record<string, string | number | string[]>> = {
  'finding-server': { host: 'pool01.contoso.example' },
  'checking-certificate': { issuer: 'Contoso Issuing CA 2', not_after: '2027-03-03T00:00:00Z' },
  'asking-methods': { methods: ['urn:microsoft.rtc:windows', 'password'] },
  'opening-session': { server_fqdn: 'pool01.contoso.example' },
  'loading-contacts': { contacts: 16 },
};

function problem(code: Code, step: string, message: string, remedy: string, detail: Problem['detail'] = {}): Problem {
  return { code, step, message, remedy, detail: { host: 'pool01.contoso.example', ...detail } };
}

/** Every failure of the table in ux.md that a sign-in can end with, and the state the link has then. */
export const FAILURES: Record<string, { state: SideState; problem: Problem; shown: string }> = Object.fromEntries(
  [
    ['reconnecting', problem('CW-1001', 'finding-server', 'The domain contoso.exmaple has no sign-in entry.', 'Check the spelling of lync.address and connect the VPN; or set lync.discovery_url.', { tried: ['lyncdiscoverinternal.contoso.exmaple', 'lyncdiscover.contoso.exmaple'] }), 'neither discovery name exists'],
    ['reconnecting', problem('CW-1002', 'finding-server', 'A server name was found, but it does not answer from here.', 'Connect to the company network.'), 'lyncdiscoverinternal.contoso.example does not answer'],
    ['stopped', problem('CW-1003', 'finding-server', 'A proxy wants a login.', 'Set another proxy in the settings.', { status: 407 }), 'proxy.contoso.example answered 407'],
    ['stopped', problem('CW-1004', 'finding-server', 'A web page answered in place of the server.', 'Log in to this network in a browser, then try again.'), 'an HTML page of hotel.example'],
    ['stopped', problem('CW-1101', 'checking-certificate', 'The certificate of pool01.contoso.example expired on 3 March 2026.', 'Check the clock of this computer.', { not_after: '2026-03-03' }), 'expired on 3 March 2026'],
    ['needs-consent', problem('CW-1102', 'checking-certificate', 'This computer does not know the issuer of the certificate: Contoso Issuing CA 2.', 'Ask your administrator for the certificate authority and set lync.ca_file to it.', { issuer: 'Contoso Issuing CA 2', fingerprint: '9F:1C:44:B0:7E:21:55:AA:03:6D:C8:90:12:EE:4B:71' }), 'issuer unknown: Contoso Issuing CA 2'],
    ['stopped', problem('CW-1103', 'checking-certificate', 'The certificate is for other names than pool01.contoso.example.', 'Check the address.', { wanted: 'pool01.contoso.example', found: ['web.contoso.example'] }), 'for web.contoso.example'],
    ['needs-consent', problem('CW-1104', 'finding-server', 'The server sends us to a foreign domain: online.example.', 'Go on only if you know it.', { from: 'contoso.example', to: 'online.example' }), 'redirect to online.example'],
    ['refused', problem('CW-1201', 'signing-in', 'User name or password not accepted by Lync. It is not tried again by itself.', 'Type it again (beware of Caps Lock) with causewayctl login; set lync.user where the logon name differs.', { status: 400, diagnostics: '28020;source="pool01";reason="No valid security token."' }), 'refused by pool01'],
    ['refused', problem('CW-1202', 'signing-in', 'Windows sign-in is not possible: the clock differs by 7 minutes', 'Correct the time of this computer, or use your password for now.', { server_time: '14:10:02', local_time: '14:03:01' }), 'no valid ticket: the clock of this computer is 7 minutes off'],
    ['stopped', problem('CW-1203', 'asking-methods', 'The server offers only methods that Causeway does not support: OAuth.', 'Ask your administrator to enable the password grant.', { methods: ['OAuth'] }), 'OAuth'],
    ['needs-password', problem('CW-1204', 'signing-in', 'No password is known.', 'Type your password.'), 'none stored, and the key store is locked'],
    ['needs-sign-in', problem('CW-1205', 'signing-in', 'The server wants you to sign in on a web page of sts.contoso.example.', 'Open the sign-in page.', { page: 'https://pool01.contoso.example/PassiveAuth/PassiveAuth.aspx', token_url: 'https://pool01.contoso.example/WebTicket/oauthtoken' }), 'a sign-in page'],
    ['refused', problem('CW-1206', 'opening-session', 'The sign-in is that of ben@contoso.example, not of anna@contoso.example. It was ended at once.', 'Sign in again with the right account.', { wanted: 'anna@contoso.example', found: 'ben@contoso.example' }), 'signed in as ben@contoso.example'],
    ['not-allowed', problem('CW-1301', 'opening-session', 'The sign-in is right, but the server does not allow this application.', 'Ask your administrator.', { status: 403, diagnostics: '28032;source="pool01";reason="The web ticket is invalid."' }), '403 from pool01'],
    ['not-allowed', problem('CW-1302', 'opening-session', 'Your account is not enabled for this service.', 'Ask your administrator.'), 'no home pool'],
    ['stopped', problem('CW-1303', 'opening-session', 'The pool has no UCWA service.', 'Ask your administrator which server version runs.'), 'no applications link'],
    ['server-unavailable', problem('CW-1401', 'opening-session', 'The server is busy.', 'Wait, or try again now.', { status: 503, retry_after: 30 }), '503, next try in 30 s'],
  ].map(([state, told, shown]) => [(told as Problem).code, { state: state as SideState, problem: told as Problem, shown: shown as string }]),
);

/** What can be wrong with the XMPP side. */
export const XMPP_TROUBLE: Record<string, { state: SideState; error: Problem }> = {
  'CW-2001': { state: 'refused', error: { code: 'CW-2001', step: 'signing-in', message: 'User name or password not accepted by XMPP. It is not tried again by itself.', remedy: 'Type it again (beware of Caps Lock) with causewayctl login.', detail: { host: 'xmpp.oso.example' } } },
  'CW-2002': { state: 'reconnecting', error: { code: 'CW-2002', step: 'finding-server', message: 'The XMPP server xmpp.oso.example does not answer from here.', remedy: 'Connect to its network, or set xmpp.server.', detail: { cause: 'silent', host: 'xmpp.oso.example' } } },
  'CW-2004': { state: 'needs-password', error: { code: 'CW-2004', step: 'signing-in', message: 'No password for XMPP is known.', remedy: 'Store it with causewayctl login, or set xmpp.password_file.', detail: {} } },
};

export function check(failing: string | null): Check {
  const failure = failing === null ? undefined : FAILURES[failing];
  const steps: CheckStep[] = [];
  let failed = false;
  for (const [step, ms, message] of PASSED) {
    if (failed) steps.push({ side: 'lync', step, state: 'skip', ms: 0, message: '', detail: {} });
    else if (failure?.problem.step === step) {
      failed = true;
      steps.push({ side: 'lync', step, state: 'fail', ms, code: failure.problem.code, message: failure.problem.message, remedy: failure.problem.remedy, detail: failure.problem.detail });
    } else steps.push({ side: 'lync', step, state: 'ok', ms, message, detail: FACTS[step] ?? {} });
  }
  steps.push(
    { side: 'xmpp', step: 'finding-server', state: 'ok', ms: 31, message: '_xmpp-client._tcp.oso.example → xmpp.oso.example:5222', detail: { host: 'xmpp.oso.example', port: 5222 } },
    { side: 'xmpp', step: 'checking-certificate', state: 'warn', ms: 58, code: 'CW-1101', message: 'The certificate of oso.example ends on 2026-12-02', remedy: 'Tell the administrator of the server to renew it', detail: { cause: 'ends-soon', host: 'oso.example', not_after: '2026-12-02' } },
    { side: 'xmpp', step: 'signing-in', state: 'ok', ms: 74, message: 'SCRAM-SHA-256-PLUS', detail: {} },
    { side: 'xmpp', step: 'loading-contacts', state: 'ok', ms: 40, message: '7 people', detail: { contacts: 7 } },
  );
  return { steps, ...(failure !== undefined && { error: failure.problem }) };
}
