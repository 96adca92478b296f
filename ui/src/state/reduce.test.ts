import { describe, expect, test } from 'vitest';
import type { Event, Kind, Message, Person, Problem } from '../ipc';
import { reduce } from './reduce';
import { staleSince } from '../words/presence';
import { EMPTY, type State } from './state';

let seq = 0;
function at(minute: number, second = 0): string {
  return new Date(Date.UTC(2026, 10, 21, 13, minute, second)).toISOString();
}
function event(kind: Kind, when = at(0)): { change: 'event'; event: Event } {
  seq += 1;
  return { change: 'event', event: { seq, at: when, ...kind } };
}
function snapshot(...kinds: (Kind)[]) {
  return { change: 'snapshot' as const, snapshot: { seq: kinds.length, events: kinds.map((kind) => event(kind).event) } };
}
const BEN: Person = {
  name: 'Ben Rodman', addresses: { lync: 'sip:Ben@contoso.example', xmpp: 'ben@oso.example' }, default: 'lync', availability: 'available', activity: '', note: '', groups: ['A'],
};
const KEY = 'sip:ben@contoso.example';
function message(id: string, direction: 'in' | 'out', minute: number, more: Partial<Message> = {}): Kind {
  const [from, to] = direction === 'in' ? ['sip:ben@contoso.example', 'sip:me@contoso.example'] : ['sip:me@contoso.example', 'sip:ben@contoso.example'];
  return { kind: 'message', id, conversation: 'c1', side: 'lync', direction, from, to, text: `text ${id}`, sent_at: at(minute), late: false, ...more };
}
const start = (...kinds: (Kind)[]): State => reduce(EMPTY, [snapshot({ kind: 'person', ...BEN }, ...kinds)]);
const opened = (state: State): State =>
  reduce(state, [
    { change: 'history', chat: KEY, where: 'latest', messages: [], moreBefore: false, moreAfter: false },
    { change: 'attend', chat: KEY, here: true },
  ]);

describe('people', () => {
  test('a person with two networks is one person under both addresses', () => {
    const state = start();
    expect(state.people.size).toBe(1);
    expect(state.byAddress.get('sip:ben@contoso.example')).toBe(KEY);
    expect(state.byAddress.get('xmpp:ben@oso.example')).toBe(KEY);
  });

  test('linking two people joins their chats and keeps what was unread', () => {
    const alone: Person = { ...BEN, addresses: { xmpp: 'ben@oso.example' }, default: 'xmpp' };
    const before = reduce(EMPTY, [
      snapshot({ kind: 'person', ...alone }),
      event(message('m1', 'in', 1, { side: 'xmpp', conversation: 'x1', from: 'ben@oso.example' })),
    ]);
    expect(before.chats.get('xmpp:ben@oso.example')?.unread).toBe(1);
    const after = reduce(before, [event({ kind: 'person', ...BEN })]);
    expect([...after.people.keys()]).toEqual([KEY]);
    expect([...after.chats.keys()]).toEqual([KEY]);
    expect(after.chats.get(KEY)?.unread).toBe(1);
    expect(after.byConversation.get('x1')).toBe(KEY);
  });

  test('a removed person stays the name of no chat but the chat stays', () => {
    const state = reduce(start(message('m1', 'in', 1)), [event({ kind: 'person-gone', lync: BEN.addresses.lync })]);
    expect(state.people.size).toBe(0);
    expect(state.chats.size).toBe(1);
  });

  test('turning characters in a name are shown by number', () => {
    const state = reduce(EMPTY, [snapshot({ kind: 'person', ...BEN, name: 'invoice\u202Egnp.exe' })]);
    expect(state.people.get(KEY)?.name).toBe('invoice⟨U+202E⟩gnp.exe');
  });

  test('presence of one network does not override the sum of both', () => {
    const state = reduce(start(), [event({ kind: 'presence', side: 'xmpp', address: 'ben@oso.example', availability: 'away' })]);
    expect(state.seen.get(KEY)?.availability).toBe('available');
  });

  test('an end of a state is taken from its presence event and dropped with the state', () => {
    const until = at(30);
    let state = reduce(start(), [event({ kind: 'presence', side: 'lync', address: 'sip:ben@contoso.example', availability: 'available', until })]);
    expect(state.seen.get(KEY)?.until).toBe(until);
    state = reduce(state, [event({ kind: 'person', ...BEN, availability: 'away' })]);
    expect(state.seen.get(KEY)).toEqual({ availability: 'away', activity: '', note: '' });
  });

  test('a change of presence leaves the roster the same value, so that nothing is sorted again', () => {
    const before = start();
    const after = reduce(before, [event({ kind: 'person', ...BEN, availability: 'busy' })]);
    expect(after.people).toBe(before.people);
    expect(after.seen).not.toBe(before.seen);
  });
});

describe('what the engine counts', () => {
  test('a chat with two networks has the unread texts of both, and reading one leaves the other', () => {
    const unread = (conversation: string, count: number): Kind => ({ kind: 'unread', conversation, count });
    let state = start(message('m1', 'in', 1), unread('c1', 1), message('m2', 'in', 2, { side: 'xmpp', conversation: 'x1', from: 'ben@oso.example' }), unread('x1', 1));
    expect(state.chats.get(KEY)?.unread).toBe(2);
    state = reduce(state, [event(unread('c1', 0))]);
    expect(state.chats.get(KEY)?.unread).toBe(1);
    state = reduce(state, [event(unread('x1', 0))]);
    expect(state.chats.get(KEY)).toMatchObject({ unread: 0, firstUnread: null });
  });

  test('a text that arrives before the eyes of the person is never shown as unread', () => {
    const state = reduce(opened(start(message('m0', 'in', 0))), [event(message('m1', 'in', 1)), event({ kind: 'unread', conversation: 'c1', count: 1 })]);
    expect(state.chats.get(KEY)?.unread).toBe(0);
  });

  test('what a person writes to the bridge from another device makes no chat, and is shown in one that was opened by hand', () => {
    const phone = message('m1', 'in', 1, { side: 'xmpp', conversation: 'p1', from: 'phone@oso.example', relay: true });
    expect(start(phone).chats.size).toBe(0);
    const talk: Kind = { kind: 'conversation', id: 'p1', side: 'xmpp', people: ['phone@oso.example'], state: 'active' };
    expect(start(talk, phone).chats.get('xmpp:phone@oso.example')?.last?.id).toBe('m1');
  });

  test('what the bridge does with a text is shown at the text, as the side that is not its own', () => {
    const bridge = (from_side: 'lync' | 'xmpp', to_side: 'lync' | 'xmpp'): Kind => ({ kind: 'bridge', action: 'relayed', id: 'm1', from_side, to_side });
    const state = reduce(opened(start(message('m0', 'in', 0))), [event(message('m1', 'in', 1)), event(bridge('lync', 'xmpp'))]);
    expect(state.logs.get(KEY)?.lines.at(-1)?.via).toEqual({ side: 'xmpp', state: 'relayed' });
    expect(reduce(state, [event(bridge('xmpp', 'lync'))]).logs.get(KEY)?.lines.at(-1)?.via?.side).toBe('xmpp');
  });

  test('a text that was discarded by whatever program leaves the chat', () => {
    const state = reduce(opened(start(message('m0', 'in', 0))), [event(message('m1', 'out', 1)), event({ kind: 'discarded', conversation: 'c1', id: 'm1' })]);
    expect(state.logs.get(KEY)?.lines.some((line) => line.id === 'm1')).toBe(false);
  });
});

describe('texts', () => {
  test('an incoming text begins a chat and counts as unread', () => {
    const state = reduce(start(), [event(message('m1', 'in', 1)), event(message('m2', 'in', 2))]);
    expect(state.chats.get(KEY)).toMatchObject({ unread: 2, firstUnread: 'm1' });
  });

  test('a text in the chat that is seen is not unread', () => {
    const state = reduce(opened(start(message('m1', 'in', 1))), [event(message('m2', 'in', 2))]);
    expect(state.chats.get(KEY)?.unread).toBe(1);
    expect(state.logs.get(KEY)?.lines.map((l) => l.id)).toEqual(['m2']);
  });

  test('the line "new since" stays until the chat is left', () => {
    let state = opened(start(message('m1', 'in', 1)));
    expect(state.newSince?.id).toBe('m1');
    state = reduce(state, [{ change: 'was-read', chat: KEY }]);
    expect(state.newSince?.id).toBe('m1');
    state = reduce(state, [{ change: 'attend', chat: null, here: false }]);
    expect(state.newSince).toBeNull();
  });

  test('the same text told twice is shown once', () => {
    const state = reduce(opened(start()), [event(message('m1', 'in', 1)), event(message('m1', 'in', 1))]);
    expect(state.logs.get(KEY)?.lines).toHaveLength(1);
  });

  test('a late text stands where it was written', () => {
    const state = reduce(opened(start()), [event(message('m1', 'in', 5)), event(message('m2', 'in', 3, { late: true }), at(6))]);
    expect(state.logs.get(KEY)?.lines.map((l) => l.id)).toEqual(['m2', 'm1']);
    expect(state.logs.get(KEY)?.lines[0]?.arrived_at).toBe(at(6));
  });

  test('a text that was sent here becomes the one the engine names, in its place', () => {
    let state = reduce(opened(start(message('m0', 'in', 0))), [{ change: 'sending', chat: KEY, token: 't1', side: 'lync', address: 'sip:ben@contoso.example', text: 'hello', at: at(1) }]);
    expect(state.logs.get(KEY)?.lines.at(-1)).toMatchObject({ id: 't1', delivery: 'sending' });
    state = reduce(state, [event(message('m1', 'out', 1, { text: 'hello' })), event({ kind: 'accepted', id: 'm1', token: 't1' }), event({ kind: 'delivery', id: 'm1', state: 'delivered' })]);
    expect(state.logs.get(KEY)?.lines.map((l) => [l.id, l.delivery])).toEqual([['m1', 'delivered']]);
  });

  test('a refused text stays as failed with its words and its reason', () => {
    const problem: Problem = { code: 'CW-4105', step: 'send', message: 'gone', remedy: '', detail: {} };
    const state = reduce(opened(start()), [
      { change: 'sending', chat: KEY, token: 't1', side: 'lync', address: 'sip:ben@contoso.example', text: 'hello', at: at(1) },
      { change: 'not-sent', token: 't1', problem },
    ]);
    expect(state.logs.get(KEY)?.lines[0]).toMatchObject({ text: 'hello', delivery: 'failed', reason: 'gone' });
  });

  test('older texts are put before and nothing is doubled', () => {
    const stored = (id: string, minute: number) => ({ ...(message(id, 'in', minute) as Message & { kind: 'message' }) });
    let state = opened(start());
    state = reduce(state, [{ change: 'history', chat: KEY, where: 'latest', messages: [stored('m3', 3), stored('m4', 4)], moreBefore: true, moreAfter: false }]);
    state = reduce(state, [{ change: 'history', chat: KEY, where: 'before', messages: [stored('m2', 2), stored('m3', 3)], moreBefore: false, moreAfter: false }]);
    expect(state.logs.get(KEY)?.lines.map((l) => l.id)).toEqual(['m2', 'm3', 'm4']);
    expect(state.logs.get(KEY)?.moreBefore).toBe(false);
    state = reduce(state, [{ change: 'history', chat: KEY, where: 'latest', messages: [stored('m3', 3), stored('m4', 4), stored('m5', 5)], moreBefore: true, moreAfter: false }]);
    expect(state.logs.get(KEY)?.lines.map((l) => l.id), 'read anew').toEqual(['m2', 'm3', 'm4', 'm5']);
    expect(state.logs.get(KEY)?.moreBefore, 'the beginning is known').toBe(false);
    state = reduce(state, [{ change: 'history', chat: KEY, where: 'latest', messages: [stored('m9', 9)], moreBefore: true, moreAfter: false }]);
    expect(state.logs.get(KEY)?.lines.map((l) => l.id), 'a gap').toEqual(['m9']);
    expect(state.logs.get(KEY)?.moreBefore).toBe(true);
  });

  test('somebody who wrote is no longer typing', () => {
    let state = reduce(start(message('m1', 'in', 1)), [event({ kind: 'typing', conversation: 'c1', address: 'sip:ben@contoso.example', on: true })]);
    expect(state.typing.has(KEY)).toBe(true);
    state = reduce(state, [event(message('m2', 'in', 2))]);
    expect(state.typing.has(KEY)).toBe(false);
  });
});

describe('a new snapshot', () => {
  test('keeps the draft, the open chat and a text on its way', () => {
    let state = reduce(opened(start(message('m1', 'in', 1))), [
      { change: 'draft', chat: KEY, text: 'half a sen' },
      { change: 'gone', problem: { code: 'CW-4105', step: '', message: '', remedy: '', detail: {} }, at: at(2) },
      { change: 'sending', chat: 'sip:other@contoso.example', token: 't1', side: 'lync', address: 'sip:other@contoso.example', text: 'hi', at: at(2) },
    ]);
    expect(state.phase).toBe('gone');
    state = reduce(state, [snapshot({ kind: 'person', ...BEN })]);
    expect(state.phase).toBe('there');
    expect(state.open).toBe(KEY);
    expect(state.chats.get(KEY)?.draft).toBe('half a sen');
    expect(state.logs.get('sip:other@contoso.example')?.lines).toHaveLength(1);
  });

  test('forgets people whom it does not tell any more', () => {
    expect(reduce(start(), [snapshot()]).people.size).toBe(0);
  });
});

describe('the ladder', () => {
  const error: Problem = { code: 'CW-1201', step: 'signing-in', message: 'no', remedy: '', detail: {} };

  test('each state ends the step before it and says how long that took', () => {
    const state = reduce(EMPTY, [
      event({ kind: 'state', side: 'lync', state: 'finding-server' }, at(0, 0)),
      event({ kind: 'state', side: 'lync', state: 'checking-certificate' }, at(0, 2)),
    ]);
    expect(state.links.lync?.steps.map((s) => [s.step, s.state, s.ms])).toEqual([['finding-server', 'ok', 2000], ['checking-certificate', 'running', 0]]);
  });

  test('a failure marks the step that the problem names', () => {
    const state = reduce(EMPTY, [
      event({ kind: 'state', side: 'lync', state: 'finding-server' }),
      event({ kind: 'state', side: 'lync', state: 'signing-in' }),
      event({ kind: 'state', side: 'lync', state: 'refused', error }),
    ]);
    expect(state.links.lync?.steps.map((s) => s.state)).toEqual(['ok', 'fail']);
    expect(state.links.lync?.error?.code).toBe('CW-1201');
  });

  test('a problem of another step than the one that ran fails its own, and says nothing of what was not tried', () => {
    const stopped = (code: Problem['code'], step: string) =>
      reduce(EMPTY, [
        event({ kind: 'state', side: 'lync', state: 'finding-server' }),
        event({ kind: 'step', side: 'lync', step: step === 'password' ? 'signing-in' : 'checking-certificate', state: 'fail', ms: 5, message: '' }),
        event({ kind: 'state', side: 'lync', state: 'needs-consent', error: { ...error, code, step } }),
      ]).links.lync?.steps.map((s) => [s.step, s.state]);
    expect(stopped('CW-1102', 'checking-certificate')).toEqual([['finding-server', 'ok'], ['checking-certificate', 'fail']]);
    expect(stopped('CW-1204', 'password')).toEqual([['signing-in', 'fail']]);
  });

  test('a window that opens after the failure shows its step, and the presence of oneself is nobody known', () => {
    const { links, people, chats } = reduce(EMPTY, [
      event({ kind: 'state', side: 'lync', state: 'reconnecting', error: { ...error, code: 'CW-1001', step: 'finding-server' } }),
      event({ kind: 'next-try', side: 'lync', next_at: '2026-12-01T12:06:48Z' }),
      event({ kind: 'presence', side: 'lync', address: 'sip:anna@wrong.invalid', availability: 'unknown' }),
    ]);
    expect(links.lync?.steps.map((s) => [s.step, s.state])).toEqual([['finding-server', 'fail']]);
    expect([links.lync?.nextTry, people.size, chats.size]).toEqual(['2026-12-01T12:06:48Z', 0, 0]);
  });

  test('a new try begins with no old steps', () => {
    const state = reduce(EMPTY, [
      event({ kind: 'state', side: 'lync', state: 'signing-in' }),
      event({ kind: 'state', side: 'lync', state: 'refused', error }),
      event({ kind: 'state', side: 'lync', state: 'finding-server' }),
    ]);
    expect(state.links.lync?.steps).toHaveLength(1);
    expect(state.links.lync?.error).toBeNull();
  });
});

test('what is shown of people is as old as the loss, however often it is tried again', () => {
  const state = reduce(EMPTY, [
    event({ kind: 'person', ...BEN }, at(0, 0)),
    event({ kind: 'state', side: 'lync', state: 'ready-available' }, at(0, 0)),
    event({ kind: 'state', side: 'lync', state: 'reconnecting' }, at(34, 0)),
    event({ kind: 'state', side: 'lync', state: 'finding-server' }, at(34, 30)),
    event({ kind: 'state', side: 'lync', state: 'server-unavailable' }, at(35, 0)),
  ]);
  expect(staleSince(state, KEY)).toBe(at(34, 0));
  const back = reduce(state, [event({ kind: 'state', side: 'lync', state: 'ready-available' }, at(36, 0))]);
  expect(staleSince(back, KEY)).toBeNull();
});

test('without an agent what is shown is as old as its end', () => {
  const gone = { change: 'gone' as const, problem: { code: 'CW-4105' as const, step: '', message: '', remedy: '', detail: {} } };
  const live = start({ kind: 'state', side: 'lync', state: 'ready-available' });
  expect(staleSince(live, KEY)).toBeNull();
  const ended = reduce(live, [{ ...gone, at: at(40) }, { ...gone, at: at(41) }]);
  expect(staleSince(ended, KEY)).toBe(at(40));
  expect(staleSince(reduce(ended, [snapshot({ kind: 'state', side: 'lync', state: 'ready-available' })]), KEY)).toBeNull();
});

test('a text that is written before the history could be loaded stands below the last one, not at the beginning of the chat', () => {
  const state = reduce(start(message('m1', 'in', 1)), [{ change: 'sending', chat: KEY, token: 't', side: 'lync', address: 'sip:ben@contoso.example', text: 'hello', at: at(2) }]);
  expect(state.logs.get(KEY)?.lines.map((line) => line.id)).toEqual(['m1', 't']);
  expect(state.logs.get(KEY)?.moreBefore).toBe(true);
});

test('a snapshot of five thousand people is taken in well under a second', () => {
  const kinds = Array.from({ length: 5_000 }, (_, i): Kind => ({ kind: 'person', ...BEN, name: `P ${i}`, addresses: { lync: `sip:p${i}@contoso.example` } }));
  const change = snapshot(...kinds);
  const state = reduce(EMPTY, [change]);
  expect(state.people.size).toBe(5_000);
  // Not a timed test: copying each map for each person would need minutes and run into the time limit of the test.
}, 5_000);

test('a reducer leaves the old value as it was', () => {
  const before = start(message('m1', 'in', 1));
  const copy = structuredClone(before);
  reduce(before, [event(message('m2', 'in', 2)), event({ kind: 'person', ...BEN, name: 'B' }), { change: 'pin', chat: KEY, on: true }]);
  expect(before).toEqual(copy);
});
