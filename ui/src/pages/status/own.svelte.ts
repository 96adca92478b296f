// Who the signed-in person is, as far as the configuration tells.

import type { ConfigEntry } from '../../ipc';

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
    this.name = this.address.split('@')[0] ?? '';
  }
}

export const own = new Own();
