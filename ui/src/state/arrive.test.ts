import { beforeEach, expect, test } from 'vitest';
import { testDoor } from '../../tests/door';
import { arrive } from './arrive';
import { nav } from './nav.svelte';
import { reduce } from './reduce';
import { EMPTY } from './state';
import { store } from './store.svelte';

const chats = [{ conversations: [{ id: 'xmpp:dora@oso.example', side: 'xmpp' as const, address: 'dora@oso.example' }], unread: 0, pinned: false, draft: '' }];

beforeEach(() => {
  store.put(reduce(EMPTY, []), testDoor({ chat: () => ({ reply: 'chats', chats }) }));
  nav.show('people');
  nav.open(null);
  nav.show('people');
});

test('a bare address opens the chat on the network that the agent knows it from', async () => {
  await arrive({ page: 'chats', address: 'dora@oso.example' });
  expect([nav.page, nav.chat]).toEqual(['chats', 'xmpp:dora@oso.example']);
  expect(store.state.chats.get('xmpp:dora@oso.example')?.conversations[0]?.id).toBe('xmpp:dora@oso.example');
});

test('without an answer the address says which network is meant', async () => {
  store.put(store.state, testDoor({ chat: () => Promise.reject(new Error('gone')) }));
  await arrive({ address: 'sip:eva@contoso.example' });
  expect(nav.chat).toBe('sip:eva@contoso.example');
  await arrive({ address: 'xmpp:eva@oso.example' });
  expect(nav.chat).toBe('xmpp:eva@oso.example');
});

test('each view is reached, and a wish without one leaves the page as it is', async () => {
  await arrive({});
  expect([nav.page, nav.layer]).toEqual(['people', null]);
  for (const page of ['chats', 'bridge', 'settings', 'check'] as const) {
    await arrive({ page });
    expect(nav.page).toBe(page);
  }
  await arrive({ page: 'about' });
  expect([nav.page, nav.section]).toEqual(['settings', 'about']);
  await arrive({ page: 'switcher' });
  expect(nav.layer).toBe('switcher');
  await arrive({ page: 'status' });
  expect(nav.layer).toBe('status');
});
