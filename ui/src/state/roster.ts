// The people tree and the list of chats, as rows in the order they are shown. Pure.

import type { DirectoryGroup } from '../ipc';
import type { Chat, Key, Log, Members, Person, Seen, State } from './state';
import { bareAddress } from './state';

/** Where a row stands: its place among its neighbours, how deep, and the row of the group that it is in. */
interface Place {
  id: string;
  place: number;
  of: number;
  level: number;
  parent: string | null;
}

export type TreeRow = Place &
  (
    | { type: 'group'; name: string; open: boolean; count: number; here: number }
    /** A group of the directory; how many are in it is known once it was opened. */
    | { type: 'directory'; name: string; open: boolean; count: number | null; here: number; address: string }
    | { type: 'person'; key: Key; name: string }
    /** What is said in place of members. */
    | { type: 'note'; text: string }
  );

/** Name of the group of people who are in none. */
export const NO_GROUP = '';

export function byName(locale: string): (a: Person, b: Person) => number {
  const collator = new Intl.Collator(locale, { sensitivity: 'base', numeric: true });
  return (a, b) => collator.compare(a.name, b.name);
}

/** Groups in the order of their names, favourites first, people in none last. */
export function groupPeople(people: Iterable<Person>, locale: string, isPinned: (group: string) => boolean, empty: readonly string[] = []): Map<string, Person[]> {
  const sorted = [...people].sort(byName(locale));
  const groups = new Map<string, Person[]>(empty.map((name) => [name, []]));
  for (const person of sorted) {
    for (const group of person.groups.length === 0 ? [NO_GROUP] : person.groups) {
      const members = groups.get(group);
      if (members === undefined) groups.set(group, [person]);
      else members.push(person);
    }
  }
  const rank = (name: string) => (isPinned(name) ? 0 : name === NO_GROUP ? 2 : 1);
  const collator = new Intl.Collator(locale, { sensitivity: 'base' });
  return new Map([...groups].sort(([a], [b]) => rank(a) - rank(b) || collator.compare(a, b)));
}

export function isHere(seen: Seen | undefined): boolean {
  return seen !== undefined && seen.availability !== 'offline' && seen.availability !== 'unknown';
}

const countHere = (members: readonly Person[], seen: ReadonlyMap<Key, Seen>) => members.reduce((sum, person) => sum + (isHere(seen.get(person.key)) ? 1 : 0), 0);

/** `more`: so many other groups follow. */
export function treeRows(groups: Map<string, Person[]>, closed: ReadonlySet<string>, seen: ReadonlyMap<Key, Seen>, more = 0): TreeRow[] {
  const rows: TreeRow[] = [];
  let place = 0;
  for (const [name, members] of groups) {
    place += 1;
    const open = !closed.has(name);
    const id = `g:${name}`;
    rows.push({ type: 'group', id, name, open, count: members.length, here: countHere(members, seen), place, of: groups.size + more, level: 1, parent: null });
    if (!open) continue;
    members.forEach((person, index) => {
      rows.push({ type: 'person', id: `p:${name}:${person.key}`, key: person.key, name: person.name, place: index + 1, of: members.length, level: 2, parent: id });
    });
  }
  return rows;
}

export interface DirectoryView {
  open: ReadonlySet<string>;
  members: ReadonlyMap<string, Members>;
  problems: ReadonlyMap<string, string>;
  seen: ReadonlyMap<Key, Seen>;
  /** Said while members are asked for, and where there are none. */
  reading: string;
  nobody: string;
}

/** Groups of the directory, those of a list or those in another such group; `before`: so many neighbours stand before them. */
export function directoryRows(groups: readonly DirectoryGroup[], view: DirectoryView, { before = 0, behind = 0, level = 1, parent = null as string | null } = {}): TreeRow[] {
  const of = before + groups.length + behind;
  return groups.flatMap(({ address, name }, index): TreeRow[] => {
    const key = address.toLowerCase();
    const id = `${parent ?? 'd'}:${key}`;
    const members = view.members.get(key);
    // A group that is in itself is not opened within itself.
    const open = view.open.has(key) && !(parent ?? '').includes(`:${key}`);
    const count = members === undefined ? null : members.people.length;
    const row: TreeRow = { type: 'directory', id, address: key, name, open, count, here: countHere(members?.people ?? [], view.seen), place: before + index + 1, of, level, parent };
    if (!open) return [row];
    const problem = view.problems.get(key);
    const text = problem ?? (members === undefined ? view.reading : members.people.length + members.groups.length === 0 ? view.nobody : null);
    if (text !== null || members === undefined) return [row, { type: 'note', id: `${id}:note`, text: text ?? '', place: 1, of: 1, level: level + 1, parent: id }];
    const people = members.people.map((person, at): TreeRow => ({
      type: 'person', id: `${id}:p:${person.key}`, key: person.key, name: person.name, place: at + 1, of: members.people.length + members.groups.length, level: level + 1, parent: id,
    }));
    return [row, ...people, ...directoryRows(members.groups, view, { before: people.length, level: level + 1, parent: id })];
  });
}

/** Each word of the query begins a word of the name or is part of an address. */
export function matches(person: Pick<Person, 'name' | 'addresses'>, query: string): boolean {
  const name = fold(person.name);
  const addresses = `${person.addresses.lync ?? ''} ${person.addresses.xmpp ?? ''}`.toLowerCase();
  return fold(query)
    .split(/\s+/)
    .every((word) => name.startsWith(word) || name.includes(` ${word}`) || name.includes(`-${word}`) || addresses.includes(word));
}

export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

/** Pinned on top, then unread first or by time. */
export function sortChats(chats: Iterable<Chat>, unreadFirst: boolean): Chat[] {
  const at = (chat: Chat) => chat.last?.sent_at ?? '';
  return [...chats].sort(
    (a, b) =>
      Number(b.pinned) - Number(a.pinned) ||
      (unreadFirst ? Number(b.unread > 0) - Number(a.unread > 0) : 0) ||
      (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0),
  );
}

export function unreadTotal(chats: ReadonlyMap<Key, Chat>): number {
  let total = 0;
  for (const chat of chats.values()) total += chat.unread;
  return total;
}

export function chatName(state: Pick<State, 'people'>, chat: Pick<Chat, 'key' | 'title' | 'last'>): string {
  if (chat.title !== null) return chat.title;
  return state.people.get(chat.key)?.name ?? chat.last?.name ?? bareAddress(chat.key);
}

/** What is shown of a log: texts with the day above the first of each, and grouped by writer within five minutes. */
export interface Row {
  id: string;
  line: Log['lines'][number];
  day: string | null;
  first: boolean;
  last: boolean;
}

const TOGETHER_MS = 5 * 60_000;

export function logRows(lines: Log['lines']): Row[] {
  const dayOf = (at: string) => new Date(at).toDateString();
  const together = (a: Log['lines'][number] | undefined, b: Log['lines'][number] | undefined) =>
    a !== undefined && b !== undefined && a.direction === b.direction && a.from === b.from && a.side === b.side &&
    dayOf(a.sent_at) === dayOf(b.sent_at) && Date.parse(b.sent_at) - Date.parse(a.sent_at) < TOGETHER_MS;
  return lines.map((line, i) => {
    const before = lines[i - 1];
    const newDay = before === undefined || dayOf(before.sent_at) !== dayOf(line.sent_at);
    return { id: line.id, line, day: newDay ? line.sent_at : null, first: !together(before, line), last: !together(line, lines[i + 1]) };
  });
}
