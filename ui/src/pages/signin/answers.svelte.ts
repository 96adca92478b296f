// What a person answers in the first run: the search for the server meanwhile, and how all of it is saved.

import type { ReplyTo } from '../../ipc';
import { givePassword } from '../../state/acts';
import { own } from '../../state/own.svelte';
import { store } from '../../state/store.svelte';
import { sentence } from '../../words/problem';

export type Method = 'windows' | 'forms' | 'web';

export function isAddress(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());
}

export class Answers {
  address = $state('');
  /** Without a password only where the search has found a ticket. */
  method = $state<Method>('forms');
  user = $state('');
  password = $state('');
  keep = $state(true);
  mode = $state<'available' | 'watch-only'>('available');
  discoveryUrl = $state('');
  jid = $state('');
  xmppPassword = $state('');
  direction = $state<'both' | 'to-xmpp' | 'to-lync'>('both');

  found = $state.raw<ReplyTo<{ command: 'discover' }> | null>(null);
  looking = $state(false);
  notFound = $state('');
  /** The password stands in a file, which the organisation has named: none is typed. */
  inFile = $state(false);

  constructor() {
    store
      .request({ command: 'show-config' })
      .then(({ entries }) => (this.inFile = entries.some(({ key, value }) => key === 'lync.password_file' && value !== null && value !== '')))
      .catch(() => undefined);
  }

  /** One way without a password leaves nothing to ask. */
  get nothingToAsk(): boolean {
    return this.found !== null && this.found.methods.length === 1 && this.found.methods[0] !== 'forms';
  }

  /** A password is the way in, and none was typed. */
  get passwordWanted(): boolean {
    return this.method === 'forms' && !this.inFile && this.password === '';
  }

  /** The search for the server, from the moment that a domain can be read; call it from an effect. */
  look(): (() => void) | undefined {
    const wanted = this.address.trim();
    [this.found, this.notFound, this.looking] = [null, '', false];
    if (!isAddress(wanted)) return undefined;
    this.looking = true;
    const timer = setTimeout(() => {
      store.request({ command: 'discover', address: wanted }).then(
        (reply) => {
          if (wanted !== this.address.trim()) return;
          [this.found, this.looking, this.method] = [reply, false, reply.methods[0] ?? 'forms'];
        },
        (thrown: unknown) => {
          if (wanted === this.address.trim()) [this.looking, this.notFound] = [false, sentence(thrown)];
        },
      );
    }, 400);
    return () => clearTimeout(timer);
  }

  /** Saves all of it and begins to sign in. */
  async save(withBridge: boolean): Promise<void> {
    const values: [key: string, value: string][] = [
      ['lync.address', this.address.trim()],
      ['lync.mode', this.mode],
    ];
    // Without a form at the server a password goes by Windows authentication too.
    if (this.found === null) values.push(['lync.method', this.method === 'forms' ? 'automatic' : this.method]);
    else if (this.found.methods.length > 1) values.push(['lync.method', this.method !== 'forms' || this.found.form ? this.method : 'automatic']);
    if (this.user.trim() !== '') values.push(['lync.user', this.user.trim()]);
    if (this.discoveryUrl.trim() !== '') values.push(['lync.discovery_url', this.discoveryUrl.trim()]);
    if (withBridge) values.push(['xmpp.address', this.jid.trim()], ['bridge.presence', this.direction], ['bridge.enabled', 'true']);
    for (const [key, value] of values) await store.request({ command: 'set-config', key, value });
    own.address = this.address.trim();
    own.name = own.address.split('@')[0] ?? '';
    if (withBridge && this.xmppPassword !== '') await givePassword('xmpp', this.xmppPassword, this.keep);
    if (this.method === 'forms' && this.password !== '') await givePassword('lync', this.password, this.keep);
    else await store.request({ command: 'sign-in', side: 'lync' });
    [this.password, this.xmppPassword] = ['', ''];
  }
}
