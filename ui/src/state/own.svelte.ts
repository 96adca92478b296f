// Who the signed-in person is, as far as the configuration tells.

import type { ConfigEntry } from '../ipc';
import { safeName } from './escape';

class Own {
  address = $state('');
  name = $state('');
  /** The configuration has come and names no account at all. */
  nothingSet = $state(false);
  known = $state(false);

  take(entries: ConfigEntry[]): void {
    const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
    const address = value('lync.address') ?? value('xmpp.address');
    this.known = true;
    this.nothingSet = typeof address !== 'string' || address === '';
    this.address = typeof address === 'string' ? address : '';
    if (this.name === '') this.name = this.address.split('@')[0] ?? '';
  }

  named(name: string | undefined): void {
    if (name !== undefined && name !== '') this.name = safeName(name);
  }
}

export const own = new Own();
