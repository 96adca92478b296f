import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDoor } from '../../tests/door';
import Ladder from '../parts/Ladder.svelte';
import { reduce } from '../state/reduce';
import { EMPTY } from '../state/state';
import { store } from '../state/store.svelte';
import { presenceFull, presenceLine } from '../words/presence';
import { words } from '../words/words.svelte';
import { ends, timeToday } from './status/ends';
import { findFor } from './switcher/found';
import { around } from './switcher/snippet';

beforeEach(async () => {
  await words.use('en');
  store.put(EMPTY, testDoor());
});
afterEach(cleanup);

describe('the ladder', () => {
  test('tells cause, remedy and code below the step that failed', () => {
    render(Ladder, {
      rungs: [
        { step: 'finding-server', state: 'ok', ms: 212, message: 'pool01', problem: null },
        { step: 'signing-in', state: 'fail', ms: 40, message: '', problem: { code: 'CW-1201', step: 'signing-in', message: 'Not accepted.', remedy: 'Type again.', detail: {} } },
        { step: 'opening-session', state: 'waiting', ms: 0, message: '', problem: null },
      ],
    });
    const alert = screen.getByRole('alert');
    for (const words of ['Not accepted.', 'Type again.', 'CW-1201']) expect(alert.textContent).toContain(words);
    expect(screen.getAllByRole('listitem').map((item) => item.querySelector('.name')?.textContent)).toEqual(['Find the server: done', 'Sign in: failed', 'Open the session: not yet']);
    expect(screen.getByText('0.2 s')).toBeTruthy();
  });

  test('speaks German by the code of the problem', async () => {
    await words.use('de');
    render(Ladder, { rungs: [{ step: 'signing-in', state: 'fail', ms: 0, message: '', problem: { code: 'CW-1201', step: 'signing-in', message: 'Not accepted.', remedy: '', detail: {} } }] });
    expect(screen.getByText('Benutzername oder Kennwort wurde nicht angenommen.')).toBeTruthy();
  });
});

describe('presence in words', () => {
  const seen = { availability: 'busy', activity: 'in-a-meeting', note: '' } as const;

  test('the activity comes first in a line, the word of the state first in full', () => {
    expect(presenceLine(seen)).toBe('In a meeting');
    expect(presenceFull(seen)).toBe('Busy · In a meeting');
  });

  test('words of a server in its own language are kept', () => {
    expect(presenceLine({ ...seen, activity: 'Beim Arzt' })).toBe('Beim Arzt');
  });

  test('unknown is not offline', () => {
    expect(presenceLine({ availability: 'unknown', activity: '', note: '' })).toBe('Presence unknown');
  });

  test('what is stale says since when', () => {
    expect(presenceLine(seen, '2026-11-21T13:02:00Z')).toMatch(/^In a meeting, as of \d\d:02/);
  });
});

describe('the switcher', () => {
  const person = (name: string, local: string) => ({ kind: 'person' as const, name, addresses: { lync: `sip:${local}@contoso.example` }, default: 'lync' as const, availability: 'available' as const, activity: '', note: '', groups: [] });
  const message = (local: string, minute: number) => ({
    kind: 'message' as const, id: local, conversation: local, side: 'lync' as const, direction: 'in' as const, from: `sip:${local}@contoso.example`, to: 'sip:me@contoso.example', text: '', sent_at: `2026-11-21T13:0${minute}:00Z`, late: false,
  });
  const state = reduce(EMPTY, [
    {
      change: 'snapshot',
      snapshot: { seq: 0, events: [person('Ben Rodman', 'ben'), person('Carla Weiss', 'carla'), person('Eva Berg', 'eva'), message('ben', 1), message('carla', 2)].map((kind, seq) => ({ seq, at: '2026-11-21T13:00:00Z', ...kind })) },
    },
    { change: 'was-read', chat: 'sip:carla@contoso.example' },
  ]);
  const names = (query: string, peopleOnly = false) => findFor(state, query, peopleOnly, ['sip:carla@contoso.example'], [{ name: 'Settings', keys: '', act: () => undefined }]).map((found) => found.name);

  test('an empty query shows the unread, then the recent', () => {
    expect(names('')).toEqual(['Ben Rodman', 'Carla Weiss']);
  });
  test('a name finds chats and people, once each', () => {
    expect(names('b')).toEqual(['Ben Rodman', 'Eva Berg']);
  });
  test('an address that nobody has can be written to', () => {
    expect(names('new@else.example')).toEqual(['new@else.example']);
    expect(names('ben@contoso.example')).toEqual(['Ben Rodman']);
  });
  test('commands begin with >', () => {
    expect(names('>set')).toEqual(['Settings']);
    expect(names('>set', true)).toEqual([]);
  });
});

describe('ends of a status', () => {
  test('an hour that has passed today is meant for tomorrow', () => {
    const now = new Date(2026, 10, 21, 16, 0);
    expect(timeToday('15:00', now)).toEqual(new Date(2026, 10, 22, 15, 0));
    expect(timeToday('17:30', now)).toEqual(new Date(2026, 10, 21, 17, 30));
    expect(timeToday('nonsense', now)).toBeNull();
  });
  test('this evening is not offered in the evening', () => {
    expect(ends(new Date(2026, 10, 21, 9)).map((e) => e.end)).toContain('evening');
    expect(ends(new Date(2026, 10, 21, 19)).map((e) => e.end)).not.toContain('evening');
  });
});

test('a hit is shown with what stands around it', () => {
  expect(around('one two three', 'TWO')).toEqual({ before: 'one ', hit: 'two', after: ' three' });
  expect(around(`${'x'.repeat(100)} needle`, 'needle').before).toMatch(/^…x{49} $/);
});
