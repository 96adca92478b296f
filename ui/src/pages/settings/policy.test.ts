import { describe, expect, test } from 'vitest';
import type { CheckStep, ConfigEntry, Origin } from '../../ipc';
import { isShared, keyOf, placeOf, policyFile } from './policy';

const entry = (key: string, value: unknown, origin: Origin = 'user'): ConfigEntry => ({ key, value: value as ConfigEntry['value'], origin, managed: origin === 'enforced' });

describe('a file for other computers', () => {
  test('has sections, and values as TOML writes them', () => {
    const text = policyFile([
      entry('lync.discovery_url', 'https://lyncdiscover.contoso.example/'),
      entry('lync.trusted_domains', ['contoso.example', '192.0.2.7']),
      entry('lync.user', 'CONTOSO\\"anna"'),
      entry('lync.proxy', null),
      entry('history.days', 30),
      entry('bridge.enabled', false),
      entry('bridge.table', [{ show: 'away', text: '', direction: 'both', lync: 'busy', note: 'At lunch' }]),
    ]);
    expect(text).toBe(`[lync]
discovery_url = "https://lyncdiscover.contoso.example/"
trusted_domains = ["contoso.example", "192.0.2.7"]
user = "CONTOSO\\\\\\"anna\\""

[history]
days = 30

[bridge]
enabled = false
table = [
  { show = "away", text = "", direction = "both", lync = "busy", note = "At lunch" },
]
`);
  });

  test('has nothing of the person, and begins with what the organisation says already', () => {
    expect(isShared(entry('lync.address', 'anna@contoso.example'))).toBe(false);
    expect(isShared(entry('lync.method', 'windows'))).toBe(true);
    expect(isShared(entry('gateway.domain', 'lync.contoso.example'))).toBe(false);
    expect([entry('a.b', 1), entry('a.b', 1, 'machine-default'), entry('a.b', 1, 'enforced'), entry('a.b', 1, 'built-in')].map(placeOf)).toEqual(['out', 'defaults', 'policy', 'out']);
  });

  test('the result of the check stands beside the setting that it is about', () => {
    const step = (side: CheckStep['side'], name: string, code?: CheckStep['code']): CheckStep => ({ side, step: name, state: 'fail', ms: 1, message: '', detail: {}, ...(code !== undefined && { code }) });
    expect(keyOf(step('lync', 'finding-server', 'CW-1001'))).toBe('lync.discovery_url');
    expect(keyOf(step('lync', 'checking-certificate', 'CW-1102'))).toBe('lync.ca_file');
    expect(keyOf(step('xmpp', 'finding-server', 'CW-2002'))).toBe('xmpp.server');
  });
});
