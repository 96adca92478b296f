import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { testDoor } from '../../../tests/door';
import { reduce } from '../../state/reduce';
import { EMPTY, type Chat } from '../../state/state';
import { store } from '../../state/store.svelte';
import { words } from '../../words/words.svelte';
import Composer from './Composer.svelte';
import MessageText from './MessageText.svelte';

const KEY = 'sip:ben@contoso.example';
const WAY = { side: 'lync' as const, address: KEY };
let door: ReturnType<typeof testDoor>;

beforeEach(async () => {
  await words.use('en');
  door = testDoor();
  store.put(
    reduce(EMPTY, [
      {
        change: 'snapshot',
        snapshot: {
          seq: 2,
          events: [
            { seq: 1, at: '2026-11-21T13:00:00Z', kind: 'state', side: 'lync', state: 'ready-available' },
            { seq: 2, at: '2026-11-21T13:00:00Z', kind: 'person', name: 'Ben Rodman', addresses: { lync: KEY }, default: 'lync', availability: 'available', activity: '', note: '', groups: [] },
          ],
        },
      },
      { change: 'begin', chat: KEY, side: 'lync', address: KEY },
    ]),
    door,
  );
});
afterEach(cleanup);

const chat = () => store.state.chats.get(KEY) as Chat;
function composer() {
  render(Composer, { chat: chat(), name: 'Ben Rodman', way: WAY });
  return screen.getByRole('textbox') as HTMLTextAreaElement;
}
async function type(input: HTMLTextAreaElement, text: string) {
  await fireEvent.input(input, { target: { value: text } });
}
const sent = () => door.asked.filter((command) => command.command === 'send');

describe('the input', () => {
  test('to somebody who is not to be disturbed a text can be kept until they are back', async () => {
    store.put(reduce(store.state, [{ change: 'event', event: { seq: 3, at: '2026-11-21T13:01:00Z', kind: 'person', name: 'Ben Rodman', addresses: { lync: KEY }, default: 'lync', availability: 'do-not-disturb', activity: '', note: '', groups: [] } }]), door);
    const input = composer();
    expect(screen.queryByRole('button', { name: 'Send when back' })).toBeNull();
    await type(input, 'No hurry');
    await fireEvent.click(screen.getByRole('button', { name: 'Send when back' }));
    expect(sent()).toMatchObject([{ address: KEY, text: 'No hurry', when: 'when-back' }]);
    expect(input.value).toBe('');
  });

  test('Enter sends and empties it, and the text is on the page at once', async () => {
    const input = composer();
    await type(input, '  Good morning ');
    await fireEvent.keyDown(input, { key: 'Enter' });
    expect(sent()).toMatchObject([{ address: KEY, text: 'Good morning' }]);
    expect(input.value).toBe('');
    expect(store.state.logs.get(KEY)?.lines).toMatchObject([{ text: 'Good morning', delivery: 'sending' }]);
  });

  test('Shift+Enter and an unfinished composition do not send', async () => {
    const input = composer();
    await type(input, 'こん');
    await fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
    await fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
    expect(sent()).toEqual([]);
  });

  test('nothing and too much are not sent, and too much is kept', async () => {
    const input = composer();
    await type(input, '   ');
    await fireEvent.keyDown(input, { key: 'Enter' });
    await type(input, 'x'.repeat(40_001));
    await fireEvent.keyDown(input, { key: 'Enter' });
    expect(sent()).toEqual([]);
    expect(input.value).toHaveLength(40_001);
    expect(screen.getByText('40,001 of 40,000 characters')).toBeTruthy();
  });

  test('what is typed is a draft when the person pauses', async () => {
    await type(composer(), 'half a sen');
    await vi.waitFor(() => expect(chat().draft).toBe('half a sen'));
  });

  test('what is typed is a draft when the chat is left', async () => {
    await type(composer(), 'half');
    cleanup();
    expect(chat().draft).toBe('half');
  });

  test('typing is told once, and its end with the sending', async () => {
    const input = composer();
    await type(input, 'a');
    await type(input, 'ab');
    expect(door.asked.filter((command) => command.command === 'typing')).toEqual([{ command: 'typing', address: KEY, on: true }]);
  });

  test('a text that the agent refuses stays as failed with the reason', async () => {
    door = testDoor({ send: () => Promise.reject({ code: 'CW-4105', step: 'send', message: 'The agent has ended.', remedy: '', detail: {} }) });
    store.put(store.state, door);
    const input = composer();
    await type(input, 'hello');
    await fireEvent.keyDown(input, { key: 'Enter' });
    await vi.waitFor(() => expect(store.state.logs.get(KEY)?.lines).toMatchObject([{ text: 'hello', delivery: 'failed', reason: 'The agent has ended.' }]));
  });
});

describe('a text', () => {
  const links = (text: string) => {
    const { container } = render(MessageText, { text });
    const found = [...container.querySelectorAll('a')].map((a) => a.getAttribute('href'));
    expect(container.textContent?.trim()).toBe(text);
    cleanup();
    return found;
  };

  test('has links where links were meant', () => {
    expect(links('see https://wiki.example/a?b=c#d, or www.example.org.')).toEqual(['https://wiki.example/a?b=c#d', 'https://www.example.org']);
    expect(links('write to anna@contoso.com')).toEqual(['mailto:anna@contoso.com']);
  });

  test('makes no link of a file name, and none of a script', () => {
    expect(links('the report.final and main.rs')).toEqual([]);
    expect(links('javascript:alert(1) data:text/html,x file:///etc/passwd')).toEqual([]);
  });

  test('shows markup as it was written', () => {
    const { container } = render(MessageText, { text: '<img src=x onerror=alert(1)><b>x</b>' });
    expect(container.querySelector('img, b')).toBeNull();
  });

  test('of a megabyte is shown in part and in full on demand', async () => {
    const { container } = render(MessageText, { text: 'word '.repeat(200_000) });
    expect(container.textContent?.length).toBeLessThan(9_000);
    for (let button = screen.queryByRole('button'); button !== null; button = screen.queryByRole('button')) await fireEvent.click(button);
    expect(container.textContent?.length).toBeGreaterThan(999_000);
  });
});
