// What a step of the sign-in found, and why a text did not get through, in the person's language. The engine tells facts, and
// English words for terminals beside them: those are the names by which the catalogue knows its own.

import type { PassedOver } from '../ipc';
import { method, notBy } from './methods';
import { date } from './when.svelte';
import { t, tOr } from './words.svelte';

type Facts = Readonly<Record<string, unknown>>;

/** What a passed step found; empty where its name says it all. */
export function found(step: string, facts: Facts): string {
  const text = (name: string) => (typeof facts[name] === 'string' ? facts[name] : '');
  switch (step) {
    case 'finding-server':
      return text('host') === '' ? '' : t('found.server', { host: text('host') });
    case 'checking-certificate':
      if (text('tls') === 'none') return t('found.no-tls');
      if (text('issuer') === '' || text('not_after') === '') return t('found.certificate');
      return t('found.certificate-by', { date: date(text('not_after')), issuer: text('issuer') });
    case 'asking-methods': {
      const offered = Array.isArray(facts['methods']) ? facts['methods'].map(String) : [];
      return offered.length === 0 ? '' : t('found.methods', { methods: offered.map((name) => tOr(`grant.${name}`, name)).join(', ') });
    }
    case 'signing-in':
      if (text('method') === '') return t('found.signed-in');
      return [t('found.signed-in-by', { method: method(text('method')) }), ...passedOver(facts['passed_over']).map(notBy)].join('; ');
    case 'opening-session':
      return text('server_fqdn') === '' ? t('found.session') : t('found.session-on', { server: text('server_fqdn') });
    case 'loading-contacts':
      return typeof facts['contacts'] === 'number' ? t('found.contacts', { count: facts['contacts'] }) : t('found.contacts-read');
    default:
      return '';
  }
}

function passedOver(told: unknown): PassedOver[] {
  const texts = (one: unknown): one is PassedOver => typeof one === 'object' && one !== null && ['method', 'cause', 'message'].every((name) => typeof (one as Facts)[name] === 'string');
  return Array.isArray(told) ? told.filter(texts) : [];
}

/** What is wrong in a configuration file; the parts that name a value or a file stay as they are. */
const ISSUES: readonly [RegExp, string][] = [
  [/^Unknown key; did you mean (?<meant>.*)\?$/, 'issue.meant'],
  [/^Unknown key$/, 'issue.unknown'],
  [/^Passwords do not stand in configuration files/, 'issue.password'],
  [/^Expected (?<what>.*)\. The key stays locked$/s, 'issue.expected-locked'],
  [/^Expected (?<what>.*)$/s, 'issue.expected'],
  [/^The file does not exist$/, 'issue.no-file'],
  [/^Ignored: (?<why>.*)$/s, 'issue.ignored'],
  [/^The whole file is ignored: (?<why>.*)$/s, 'issue.file'],
  [/^(?<file>.+) cannot be read: (?<why>.*)$/s, 'issue.unreadable'],
];

export function issue(message: string): string {
  for (const [shape, key] of ISSUES) {
    const match = shape.exec(message);
    if (match !== null) return tOr(key, message, match.groups);
  }
  return message;
}

/** What helps against that, where it is something other than trying again later. */
export function whatHelps(reason: string): string {
  const [said = ''] = reason.split(' (');
  return tOr(`helps.${said}`, '');
}

/** Why a text was not delivered or not carried. The server's own name for it, in brackets, is for a help desk. */
export function why(reason: string): string {
  const [said = ''] = reason.split(' (');
  return tOr(`why.${said}`, reason);
}
