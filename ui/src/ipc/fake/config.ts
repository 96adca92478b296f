// The configuration of the fake, with every origin.

import type { ConfigEntry, ConfigIssue, Origin } from '../types';

const rows: [key: string, value: ConfigEntry['value'], origin?: Origin, source?: string][] = [
  ['lync.address', 'anna@contoso.example', 'user', '~/.config/causeway/config.toml:2'],
  ['lync.user', null],
  ['lync.method', 'automatic'],
  ['lync.discovery_url', null],
  ['lync.mode', 'available'],
  ['lync.password_file', null],
  ['lync.ca_file', '/etc/causeway/ca.pem', 'machine-default', '/etc/causeway/defaults.toml:3'],
  ['lync.trusted_domains', ['contoso.example'], 'enforced', '/etc/causeway/policy.toml:4'],
  ['lync.proxy', 'system'],
  ['lync.culture', 'en-US'],
  ['xmpp.address', 'anna@oso.example', 'user', '~/.config/causeway/config.toml:6'],
  ['xmpp.server', null],
  ['xmpp.tls', 'starttls', 'enforced', '/etc/causeway/policy.toml:9'],
  ['xmpp.password_file', null],
  ['xmpp.ca_file', null],
  ['bridge.enabled', true],
  ['bridge.presence', 'both'],
  ['bridge.preset', 'openscape', 'machine-default', '/etc/causeway/defaults.toml:7'],
  ['bridge.relay_to', 'anna-phone@xmpp.example', 'user', '~/.config/causeway/config.toml:11'],
  ['bridge.relay_when', 'away', 'user', '~/.config/causeway/config.toml:12'],
  ['bridge.auto_subscribe', true],
  ['notifications.enabled', true],
  ['notifications.sound', true],
  ['notifications.content', 'all'],
  ['notifications.groups', 'mentions'],
  ['notifications.busy_silences', false],
  ['notifications.quiet_hours', '22:00-07:00', 'user', '~/.config/causeway/config.toml:17'],
  ['notifications.always', []],
  ['history.mode', 'disk'],
  ['window.on_close', 'automatic'],
  ['window.minimize_to_tray', false],
  ['window.end_hidden_after', 60],
  ['history.days', 365, 'enforced', '/etc/causeway/policy.d/10-retention.toml:2'],
  ['log.level', 'info'],
];

export function configuration(): { file: string; entries: ConfigEntry[]; issues: ConfigIssue[] } {
  return {
    file: '/home/anna/.config/causeway/config.toml',
    entries: rows.map(([key, value, origin = 'built-in', source]) => ({ key, value, origin, ...(source !== undefined && { source }), managed: origin === 'enforced' })),
    issues: [
      { severity: 'warning', file: '/home/anna/.config/causeway/config.toml', line: 14, key: 'bridge.relay_too', message: 'Unknown key; did you mean bridge.relay_to?' },
    ],
  };
}
