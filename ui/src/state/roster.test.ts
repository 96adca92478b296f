import { describe, expect, test } from 'vitest';
import { initials, safeName } from './escape';
import { directoryRows, groupPeople, logRows, matches, sortChats, treeRows, type DirectoryView } from './roster';
import type { Chat, Line, Person } from './state';

const person = (name: string, groups: string[] = [], key = `sip:${name.toLowerCase().replace(/\W+/g, '.')}@x.example`): Person => ({ key, name, addresses: { lync: key }, default: 'lync', groups });
const chat = (key: string, sent: string, more: Partial<Chat> = {}): Chat => ({
  key, conversations: [], title: null, unread: 0, firstUnread: null, pinned: false, draft: '',
  last: { id: key, conversation: key, side: 'lync', direction: 'in', from: key, to: '', text: '', sent_at: sent, late: false }, ...more,
});
const line = (id: string, sent_at: string, direction: 'in' | 'out' = 'in'): Line => ({ id, conversation: 'c', side: 'lync', direction, from: direction, to: '', text: '', sent_at, late: false });

test('favourites come first and people without a group last', () => {
  const groups = groupPeople([person('Zoe'), person('Ben', ['Network', 'Favourites']), person('Änne', ['Network'])], 'de', (name) => name === 'Favourites');
  expect([...groups.keys()]).toEqual(['Favourites', 'Network', '']);
  expect(groups.get('Network')?.map((p) => p.name)).toEqual(['Änne', 'Ben']);
});

test('a closed group shows its count and no people; every row knows its place', () => {
  const groups = groupPeople([person('Ben', ['A']), person('Eva', ['A']), person('Uwe', ['B'])], 'en', () => false);
  const rows = treeRows(groups, new Set(['A']), new Map([[person('Ben').key, { availability: 'busy', activity: '', note: '' }]]));
  expect(rows.map((row) => [row.type, row.place, row.of])).toEqual([['group', 1, 2], ['group', 2, 2], ['person', 1, 1]]);
  expect(rows[0]).toMatchObject({ open: false, count: 2, here: 1 });
});

test('unknown presence is not counted as there', () => {
  const groups = groupPeople([person('Ben', ['A'])], 'en', () => false);
  expect(treeRows(groups, new Set(), new Map())[0]).toMatchObject({ here: 0 });
});

describe('groups of the directory', () => {
  const staff = { address: 'sip:Staff@x.example', name: 'Staff' };
  const board = { address: 'sip:board@x.example', name: 'Board' };
  const view = (more: Partial<DirectoryView>): DirectoryView => ({ open: new Set(), members: new Map(), problems: new Map(), seen: new Map(), reading: 'Reading', nobody: 'Nobody', ...more });
  const members = new Map([['sip:staff@x.example', { people: [person('Ben')], groups: [board] }], ['sip:board@x.example', { people: [], groups: [staff] }]]);

  test('are closed and say nothing of their members before they were opened', () => {
    expect(directoryRows([staff], view({}), { before: 2 })).toMatchObject([{ type: 'directory', open: false, count: null, place: 3, of: 3, level: 1 }]);
  });

  test('say that they are being read, or why they cannot be', () => {
    const open = new Set(['sip:staff@x.example']);
    expect(directoryRows([staff], view({ open }))[1]).toMatchObject({ type: 'note', text: 'Reading', level: 2 });
    expect(directoryRows([staff], view({ open, members, problems: new Map([['sip:staff@x.example', 'Too large']]) }))[1]).toMatchObject({ type: 'note', text: 'Too large' });
  });

  test('hold people, and groups one level deeper, but never themselves', () => {
    const open = new Set(['sip:staff@x.example', 'sip:board@x.example']);
    const rows = directoryRows([staff], view({ open, members }));
    expect(rows.map((row) => [row.type, row.level, 'open' in row && row.open])).toEqual([
      ['directory', 1, true], ['person', 2, false], ['directory', 2, true], ['directory', 3, false],
    ]);
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length);
    expect(rows[1]).toMatchObject({ name: 'Ben', parent: rows[0]?.id });
  });
});

test('a search finds beginnings of words without accents, and parts of addresses', () => {
  const jana = person('Jana Nováková-Lind', [], 'sip:jana@oso.example');
  expect(matches(jana, 'nova')).toBe(true);
  expect(matches(jana, 'lin ja')).toBe(true);
  expect(matches(jana, 'oso.ex')).toBe(true);
  expect(matches(jana, 'kova')).toBe(false);
});

test('pinned chats stay on top, then unread or time decides', () => {
  const chats = [chat('old-unread', '2026-01-01', { unread: 1 }), chat('new', '2026-01-03'), chat('pinned', '2025-01-01', { pinned: true })];
  expect(sortChats(chats, false).map((c) => c.key)).toEqual(['pinned', 'new', 'old-unread']);
  expect(sortChats(chats, true).map((c) => c.key)).toEqual(['pinned', 'old-unread', 'new']);
});

test('texts of one person within five minutes stand together, and a new day begins with its line', () => {
  const rows = logRows([line('a', '2026-11-20T23:58:00'), line('b', '2026-11-21T00:01:00'), line('c', '2026-11-21T00:03:00'), line('d', '2026-11-21T00:09:00'), line('e', '2026-11-21T00:09:30', 'out')]);
  expect(rows.map((row) => row.day !== null)).toEqual([true, true, false, false, false]);
  expect(rows.map((row) => row.first)).toEqual([true, true, false, true, true]);
  expect(rows.map((row) => row.last)).toEqual([true, false, true, true, true]);
});

test('initials come from the first and the last word in any script', () => {
  expect(initials('Ben Rodman')).toBe('BR');
  expect(initials('ليلى حداد')).toBe('لح');
  expect(initials('Zoë')).toBe('Z');
  expect(initials('anna.berg@contoso.example')).toBe('AE');
  expect(initials('⟨U+202E⟩')).toBe('');
});

test('a name is cut and its control characters are gone', () => {
  expect(safeName('a\u0000b\u200b')).toBe('a b');
  expect(safeName('x'.repeat(10_000))).toHaveLength(256);
});
