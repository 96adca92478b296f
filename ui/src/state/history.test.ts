import { expect, test } from 'vitest';
import { testDoor } from '../../tests/door';
import type { Message, Past } from '../ipc';
import { loadHistory } from './acts';
import { reduce } from './reduce';
import { EMPTY } from './state';
import { store } from './store.svelte';

const BEN = 'sip:ben@contoso.example';

function text(id: string, minute: number): Message {
  const sent_at = `2026-11-21T14:0${minute}:00Z`;
  return { id, conversation: 'c1', side: 'lync', direction: 'in', from: BEN, to: 'sip:anna@contoso.example', text: id, sent_at, late: false };
}

test('a text that comes while the history is on its way stands on the page', async () => {
  const stored: Past[] = [text('first', 1)];
  const door = testDoor({
    history: () => {
      const reply = { reply: 'history' as const, messages: [...stored], more_before: false, more_after: false };
      if (stored.length === 1) {
        stored.push(text('second', 2));
        store.dispatch({ change: 'event', event: { seq: 2, at: '2026-11-21T14:02:00Z', kind: 'message', ...text('second', 2) } });
      }
      return reply;
    },
  });
  store.put(reduce(EMPTY, [{ change: 'event', event: { seq: 1, at: '2026-11-21T14:01:00Z', kind: 'message', ...text('first', 1) } }]), door);
  await loadHistory(BEN);
  expect(store.state.logs.get(BEN)?.lines.map(({ id }) => id)).toEqual(['first', 'second']);
});
