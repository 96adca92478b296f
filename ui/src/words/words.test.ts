import { IntlMessageFormat } from 'intl-messageformat';
import { parse } from '@formatjs/icu-messageformat-parser';
import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Problem } from '../ipc';
import { catalogue } from './catalogues';
import { pseudo } from './pseudo';
import { ago, day, exact, listTime, time, until } from './when.svelte';
import { found, issue, whatHelps, why } from './found';
import { cause, remedy } from './problem';
import { t, words } from './words.svelte';

const en = await catalogue('en');
const de = await catalogue('de');

/** Names of everything that is filled in. */
function slots(message: string): string[] {
  return [...new Set([...message.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1] ?? ''))].sort();
}

describe('the catalogues', () => {
  test('German has every text of English and no other', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  test('can be parsed in both languages and fill in the same things', () => {
    for (const key of Object.keys(en)) {
      parse(en[key] ?? '');
      parse(de[key] ?? '');
      expect(slots(de[key] ?? ''), key).toEqual(slots(en[key] ?? ''));
    }
  });

  test('each text that the code names is there', () => {
    const missing: string[] = [];
    for (const file of readdirSync('src', { recursive: true, encoding: 'utf8' })) {
      if (!/\.(svelte|ts)$/.test(file) || file.endsWith('.test.ts')) continue;
      for (const [, key] of readFileSync(`src/${file}`, 'utf8').matchAll(/\bt\(\s*'([^']+)'/g)) if (key !== undefined && key !== 'key' && !(key in en)) missing.push(`${file}: ${key}`);
    }
    expect(missing).toEqual([]);
  });

  test('know every reason that the engine gives for a text that was not delivered', () => {
    const engine = ['delivery', 'xmpp'].map((file) => readFileSync(`../crates/engine/src/${file}.rs`, 'utf8')).join('\n');
    const given = [...engine.matchAll(/^fn (?:failure|bounce)_reason[\s\S]*?^}/gm)].flatMap(([body]) => [...body.matchAll(/=> "([^"]+)"/g)].map(([, words]) => words ?? ''));
    expect(given.length).toBeGreaterThan(10);
    expect(given.filter((words) => why(words) === words && !(`why.${words}` in en))).toEqual([]);
  });

  test('titles of problems have at most 90 characters, cause and remedy together 240', () => {
    for (const texts of [en, de]) {
      for (const [key, text] of Object.entries(texts)) {
        if (!key.startsWith('problem.')) continue;
        expect(text.length, key).toBeLessThanOrEqual(100);
        expect(text.length + (texts[key.replace('problem', 'remedy')] ?? '').length, key).toBeLessThanOrEqual(240);
      }
    }
  });

  test('no text shouts', () => {
    for (const [key, text] of Object.entries({ ...en, ...de })) expect(text, key).not.toMatch(/!/);
  });
});

describe('the pseudo-locale', () => {
  test('accents and lengthens the text, and leaves what is filled in', () => {
    const text = new IntlMessageFormat(pseudo('{count, plural, one {# new message} other {# new messages}} of {name}'), 'en').format({ count: 2, name: 'Ben' });
    expect(text).toMatch(/^\[2 ñéŵ ɱéššáĝéš öƒ Ben~+\]$/);
  });

  test('runs right to left as ar-XB', async () => {
    await words.use('ar-XB');
    expect(document.documentElement.dir).toBe('rtl');
    expect(t('do.close')).toMatch(/^\[Çļöšé~+\]$/);
  });
});

describe('a text', () => {
  beforeEach(() => words.use('de'));

  test('follows the language', async () => {
    expect(t('do.close')).toBe('Schließen');
    await words.use('en');
    expect(t('do.close')).toBe('Close');
  });

  test('has the plural of its language', () => {
    expect(t('chat.new-below', { count: 1 })).toBe('1 neue Nachricht');
    expect(t('chat.new-below', { count: 3 })).toBe('3 neue Nachrichten');
  });
});

describe('broken data of a language', () => {
  test('a name of a language that formats refuse does not break times', async () => {
    Object.defineProperty(navigator, 'languages', { value: ['en_GB.UTF-8', 'c', ''], configurable: true });
    await words.use('en');
    expect(words.intl).toBe('en-GB');
    expect(time('2026-11-21T13:02:00Z')).toMatch(/^\d\d:\d\d$/);
  });

  test('a moment that cannot be read is a dash', () => {
    for (const write of [time, exact, listTime, until, ago, day]) expect(write('never'), write.name).toBe('–');
  });

  test('a text whose place is not filled in is shown as it stands', () => {
    expect(words.text('signin.as')).toContain('Signing in as');
  });
});

describe('the remedy of a problem', () => {
  const refused = { code: 'CW-1201', step: 'token', message: '', detail: {} } as const;

  test('is the one of the case, and the page\'s own where the one of the case is typed into a terminal', async () => {
    await words.use('en');
    expect(remedy({ ...refused, remedy: 'Ask Ben.' })).toBe('Ask Ben.');
    expect(remedy({ ...refused, remedy: 'Type it again with causewayctl login.' })).toBe(en['remedy.CW-1201']);
    expect(remedy({ ...refused, remedy: 'Or set lync.user.' })).toBe(en['remedy.CW-1201']);
    expect(remedy({ ...refused, remedy: 'Ask for lync.contoso.example.' })).toBe('Ask for lync.contoso.example.');
  });

  test('and its cause are those of the case below a code that has several', async () => {
    await words.use('de');
    const windows = (below: string) => ({ ...refused, code: 'CW-1202' as const, remedy: '', detail: { cause: below } });
    expect(cause(windows('clock-skew'))).toBe(de['problem.CW-1202.clock-skew']);
    expect(remedy(windows('clock-skew'))).toBe(de['remedy.CW-1202.clock-skew']);
    expect(cause(windows('not named yet'))).toBe(de['problem.CW-1202']);
    await words.use('en');
  });
});

describe('the cause of a problem', () => {
  const of = (code: Problem['code'], detail: Problem['detail']): Problem => ({ code, step: '', message: 'The engine’s own words.', remedy: '', detail });

  test('names host, dates and names of the case in both languages', async () => {
    const expired = of('CW-1101', { cause: 'expired', host: 'pool.contoso.example', not_after: '2026-11-30T12:00:00Z' });
    const foreign = of('CW-1104', { from: 'lyncdiscover.contoso.example', to: 'pool.fabrikam.example' });
    const name = of('CW-2002', { cause: 'name', wanted: 'xmpp.example', found: ['a.example', 'b.example'] });
    await words.use('de');
    expect(cause(expired)).toBe('Das Zertifikat von pool.contoso.example ist am 30. November 2026 abgelaufen.');
    expect(cause(foreign)).toBe('lyncdiscover.contoso.example verweist auf den fremden Server pool.fabrikam.example.');
    expect(cause(name)).toBe('Das Zertifikat gilt für andere Namen: gesucht xmpp.example, gefunden a.example, b.example.');
    await words.use('en');
    expect(cause(expired)).toBe('The certificate of pool.contoso.example expired on 30 November 2026.');
    expect(cause(foreign)).toContain('pool.fabrikam.example');
  });

  test('has the reason that the server itself gives, once', async () => {
    const diagnostics = '28020;source="pool01";reason="No valid security token."';
    await words.use('de');
    expect(cause(of('CW-1201', { diagnostics }))).toBe(`${de['problem.CW-1201']} Der Server nennt als Grund: No valid security token.`);
    expect(cause(of('CW-1201', {}))).toBe(de['problem.CW-1201']);
    await words.use('en');
    const said = { ...of('CW-1201', { diagnostics }), message: 'Refused. The server says: No valid security token (28020).' };
    expect(cause(said)).toBe(said.message);
  });

  test('is told without them where one is missing', async () => {
    await words.use('de');
    expect(cause(of('CW-1101', { cause: 'expired', host: 'pool.contoso.example' }))).toBe(de['problem.CW-1101']);
    expect(cause(of('CW-2002', { cause: 'no-tls' }))).toBe(de['problem.CW-2002.no-tls']);
    await words.use('en');
    expect(cause(of('CW-1103', {}))).toBe('The engine’s own words.');
  });
});

describe('what the engine tells in English', () => {
  test('is told in the language of the person, and what names a server or a value stays', async () => {
    await words.use('de');
    expect(found('finding-server', { host: 'pool01.contoso.example' })).toBe('Gefunden: pool01.contoso.example');
    expect(found('asking-methods', { methods: ['urn:microsoft.rtc:windows', 'password'] })).toBe('Angeboten: Windows, Benutzername und Kennwort');
    expect(found('loading-contacts', { contacts: 1 })).toBe('1 Person');
    const passed = [{ method: 'Kerberos', cause: 'no-ticket', message: 'there is no ticket' }, 'what no engine tells'];
    expect(found('signing-in', { method: 'NTLM', passed_over: passed })).toBe('Angemeldet mit NTLM; nicht mit Kerberos: auf diesem Computer gibt es kein Ticket');
    expect(found('some-later-step', {})).toBe('');
    expect(why('the person is offline (RemoteFailure/Unreachable)')).toBe('die Person ist offline');
    expect(why('Unbekannt (Odd)')).toBe('Unbekannt (Odd)');
    expect(issue('Unknown key; did you mean bridge.relay_to?')).toBe('Unbekannter Schlüssel; meinten Sie bridge.relay_to?');
    expect(issue('Expected true or false. The key stays locked')).toBe('Erwartet: true or false. Der Schlüssel bleibt gesperrt');
    await words.use('en');
  });
});

test('where no later try helps, it is said what does', async () => {
  await words.use('en');
  expect(whatHelps('not allowed by policy (Forbidden/FederationRequired)')).toContain('administrator');
  expect(whatHelps('no such address (NotFound/DestinationNotFound)')).toBe('Check the address.');
  expect(whatHelps('the person is offline (RemoteFailure/Unreachable)')).toBe('');
});
