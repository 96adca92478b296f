// Settings as a file for other computers: defaults, or what an administrator enforces. Secrets never stand in it, because no key
// holds one: passwords are files or entries of the key store.

import type { CheckStep, ConfigEntry } from '../../ipc';

/** Where a setting goes. */
export type Place = 'out' | 'defaults' | 'policy';

export const PATHS: Record<Exclude<Place, 'out'>, string> = { defaults: '/etc/causeway/defaults.toml', policy: '/etc/causeway/policy.toml' };

/** What differs from person to person, or is this window's own. */
const PERSONAL = new Set(['lync.address', 'lync.user', 'xmpp.address', 'bridge.relay_to', 'window.keys', 'notifications.always', 'notifications.quiet_hours']);

/** What can be prepared for others. */
export function isShared(entry: ConfigEntry): boolean {
  return !PERSONAL.has(entry.key) && !entry.key.startsWith('gateway.');
}

/** Where a setting goes at first: where it came from. */
export function placeOf(entry: ConfigEntry): Place {
  if (entry.managed || entry.origin === 'enforced') return 'policy';
  return entry.origin === 'machine-default' ? 'defaults' : 'out';
}

/** The file (TOML), its keys in the order of the entries. */
export function policyFile(entries: readonly ConfigEntry[]): string {
  const sections = new Map<string, string[]>();
  for (const { key, value } of entries) {
    const [section = '', name = ''] = key.split('.');
    const text = toml(value);
    if (text === null) continue;
    sections.set(section, [...(sections.get(section) ?? []), `${name} = ${text}`]);
  }
  return [...sections].map(([section, lines]) => `[${section}]\n${lines.join('\n')}\n`).join('\n');
}

function toml(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const rows = value.some((item) => typeof item === 'object');
    const items = value.map(toml);
    return rows ? `[\n${items.map((item) => `  ${item ?? ''},\n`).join('')}]` : `[${items.join(', ')}]`;
  }
  return `{ ${Object.entries(value).map(([name, field]) => `${name} = ${toml(field) ?? '""'}`).join(', ')} }`;
}

/** A basic string; TOML escapes what JSON does, and DEL. */
function quoted(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007f');
}

/** The settings that a failed step of the check speaks of, the likeliest first. */
export function keyOf(step: CheckStep): string {
  const lync: Record<string, string> = {
    'CW-1003': 'lync.proxy', 'CW-1102': 'lync.ca_file', 'CW-1104': 'lync.trusted_domains', 'CW-1201': 'lync.user', 'CW-1202': 'lync.method', 'CW-1203': 'lync.method', 'CW-1204': 'lync.password_file', 'CW-1205': 'lync.method', 'CW-1206': 'lync.user',
  };
  if (step.side === 'lync') return lync[step.code ?? ''] ?? (step.step === 'asking-methods' ? 'lync.method' : 'lync.discovery_url');
  if (step.step === 'checking-certificate') return 'xmpp.ca_file';
  return step.step === 'signing-in' ? 'xmpp.password_file' : 'xmpp.server';
}
