// Who the signed-in person is, as far as the configuration tells.

import type { ConfigEntry } from '../ipc';
import { safeName } from './escape';

class Own {
  address = $state('');
  name = $state('');
  /** The configuration has come and names no account at all. */
  nothingSet = $state(false);
  known = $state(false);
  /** What the engine knows of chats and people has been asked for, once at least. */
  loaded = $state(false);

  take(entries: ConfigEntry[]): void {
    this.follow(entries);
    this.known = true;
    this.nothingSet = this.address === '';
  }

  /** The configuration was read anew; the address may be another one. */
  follow(entries: ConfigEntry[]): void {
    const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
    const address = value('lync.address') ?? value('xmpp.address');
    const now = typeof address === 'string' ? address : '';
    if (this.name === '' || this.address !== now) this.name = now.split('@')[0] ?? '';
    this.address = now;
  }

  named(name: string | undefined): void {
    if (name !== undefined && name !== '') this.name = safeName(name);
  }
}

export const own = new Own();
