// The settings as people see them: which keys stand where, and how each is chosen. Keys that the engine has and this list does
// not know are shown as texts at the end, so that a newer engine hides nothing.

import { CHOICES } from '../../state/prefs.svelte';

export type Kind = { type: 'text'; code?: boolean } | { type: 'switch' } | { type: 'number' } | { type: 'choice'; values: readonly string[] };

export interface Section {
  id: 'window' | 'lync' | 'xmpp' | 'bridge' | 'notifications' | 'history' | 'log' | 'other';
  keys: readonly string[];
}

/** No key of the configuration: desktops keep it in a place of their own. */
export const AT_LOGIN = 'desktop.starts_at_login';

/** The window has nothing to say of a key: it is chosen elsewhere, or nothing heeds it yet, as there is no gateway. */
export function isElsewhere(key: string): boolean {
  return key === 'window.keys' || key === 'bridge.table' || key.startsWith('gateway.');
}

export const SECTIONS: readonly Section[] = [
  { id: 'window', keys: ['window.theme', 'window.language', 'window.text_size', 'window.density', 'window.chat_order', 'window.enter_sends', 'window.say_typing', 'window.on_close', 'window.minimize_to_tray', 'window.end_hidden_after', AT_LOGIN] },
  { id: 'lync', keys: ['lync.address', 'lync.user', 'lync.method', 'lync.mode', 'lync.discovery_url', 'lync.proxy', 'lync.proxy_user', 'lync.proxy_password_file', 'lync.proxy_bypass', 'lync.trusted_domains', 'lync.ca_file', 'lync.password_file', 'lync.culture'] },
  { id: 'xmpp', keys: ['xmpp.address', 'xmpp.server', 'xmpp.tls', 'xmpp.ca_file', 'xmpp.password_file'] },
  { id: 'bridge', keys: ['bridge.enabled', 'bridge.presence', 'bridge.preset', 'bridge.relay_to', 'bridge.relay_when', 'bridge.auto_subscribe'] },
  { id: 'notifications', keys: ['notifications.enabled', 'notifications.sound', 'notifications.content', 'notifications.groups', 'notifications.busy_silences', 'notifications.quiet_hours', 'notifications.always'] },
  { id: 'history', keys: ['history.mode', 'history.days'] },
  { id: 'log', keys: ['log.level'] },
];

const choice = (...values: string[]): Kind => ({ type: 'choice', values });

const KINDS: Record<string, Kind> = {
  'window.theme': choice(...CHOICES.theme),
  'window.language': choice(...CHOICES.language),
  'window.text_size': choice(...CHOICES.text_size),
  'window.density': choice(...CHOICES.density),
  'window.chat_order': choice(...CHOICES.chat_order),
  'window.enter_sends': { type: 'switch' },
  'window.say_typing': { type: 'switch' },
  'window.on_close': choice('automatic', 'keep-running', 'quit'),
  'window.minimize_to_tray': { type: 'switch' },
  'window.end_hidden_after': { type: 'number' },
  [AT_LOGIN]: { type: 'switch' },
  'lync.method': choice('automatic', 'windows', 'forms', 'web'),
  'lync.mode': choice('available', 'watch-only'),
  'xmpp.tls': choice('starttls', 'direct', 'none'),
  'bridge.enabled': { type: 'switch' },
  'bridge.presence': choice('both', 'to-xmpp', 'to-lync', 'off'),
  'bridge.preset': choice('standard', 'openscape'),
  'bridge.relay_when': choice('always', 'away', 'never'),
  'bridge.auto_subscribe': { type: 'switch' },
  'notifications.enabled': { type: 'switch' },
  'notifications.sound': { type: 'switch' },
  'notifications.content': choice('all', 'name', 'none'),
  'notifications.groups': choice('mentions', 'all', 'none'),
  'notifications.busy_silences': { type: 'switch' },
  'history.mode': choice('disk', 'memory', 'off'),
  'history.days': { type: 'number' },
  'log.level': choice('error', 'warn', 'info', 'debug', 'trace'),
};

export function kindOf(key: string, value: unknown): Kind {
  return KINDS[key] ?? (typeof value === 'boolean' ? { type: 'switch' } : typeof value === 'number' ? { type: 'number' } : { type: 'text', code: true });
}

/** A value as it is typed and shown. */
export function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** What was typed, in the form that the key's parser expects. */
export function asTyped(text: string, before: unknown): string {
  if (!Array.isArray(before)) return text;
  return text.split(/[,\s]+/).filter((part) => part !== '').join(', ');
}
