// The people tree and the list of chats, as rows in the order they are shown. Pure.

import type { Chat, Key, Log, Person, Seen, State } from './state';
import { bareAddress } from './state';

export type TreeRow =
  | { type: 'group'; id: string; name: string; open: boolean; count: number; here: number; place: number; of: number }
  | { type: 'person'; id: string; key: Key; group: string; place: number; of: number };

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

export function treeRows(groups: Map<string, Person[]>, closed: ReadonlySet<string>, seen: ReadonlyMap<Key, Seen>): TreeRow[] {
  const rows: TreeRow[] = [];
  let place = 0;
  for (const [name, members] of groups) {
    place += 1;
    const open = !closed.has(name);
    const here = members.reduce((sum, person) => sum + (isHere(seen.get(person.key)) ? 1 : 0), 0);
    rows.push({ type: 'group', id: `g:${name}`, name, open, count: members.length, here, place, of: groups.size });
    if (!open) continue;
    members.forEach((person, index) => {
      rows.push({ type: 'person', id: `p:${name}:${person.key}`, key: person.key, group: name, place: index + 1, of: members.length });
    });
  }
  return rows;
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
