// Where tray, notification or a link take the person.

import type { Change, Side } from '../ipc';
import { openAddress } from './acts';
import { nav } from './nav.svelte';
import { store } from './store.svelte';

type Wish = Omit<Extract<Change, { change: 'show' }>, 'change'>;

/** Goes there. A wish without anything leaves the page as it is. */
export async function arrive({ page, address }: Wish): Promise<void> {
  if (address !== undefined) {
    const found = await whose(address);
    openAddress(found.side, found.address);
  } else if (page !== undefined) nav.showView(page);
}

/** Which network an address is of: the agent knows, and brings the chat along. */
async function whose(address: string): Promise<{ side: Side; address: string }> {
  try {
    const { chats } = await store.request({ command: 'chat', address });
    store.dispatch({ change: 'chats', chats });
    const first = chats[0]?.conversations[0];
    if (first !== undefined) return first;
  } catch {
    // Without an answer the address itself has to say it.
  }
  const bare = address.replace(/^(xmpp|im|sip):/, '');
  return address.startsWith('xmpp:') ? { side: 'xmpp', address: bare } : { side: 'lync', address: `sip:${bare}` };
}
