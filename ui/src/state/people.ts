// Reducer: people, their presence, who belongs together.

import type { GroupMembers, Person as WirePerson, Presence, Side } from '../ipc';
import type { Draft } from './draft';
import { safeName } from './escape';
import { addressKey, UNKNOWN, type Key, type Person, type Seen } from './state';

export function keyOf(person: Pick<WirePerson, 'addresses'>): Key {
  const { lync, xmpp } = person.addresses;
  return lync !== undefined ? addressKey('lync', lync) : addressKey('xmpp', xmpp ?? '');
}

/** The person of an address: a known one, else the address itself. */
export function personKey(draft: Draft, side: Side, address: string): Key {
  const key = addressKey(side, address);
  return draft.state.byAddress.get(key) ?? key;
}

export function putPerson(draft: Draft, wire: WirePerson): void {
  const key = keyOf(wire);
  const old = draft.state.people.get(key);
  const person: Person = {
    key,
    name: safeName(wire.name),
    addresses: wire.addresses,
    default: wire.default,
    groups: wire.groups.map(safeName),
  };
  if (old === undefined || !samePerson(old, person)) {
    // Addresses that were joined before and are not any more go their own way again.
    for (const [side, address] of sides(old)) {
      if (person.addresses[side] !== address) draft.edit('byAddress').delete(addressKey(side, address));
    }
    draft.edit('people').set(key, person);
    for (const [side, address] of sides(person)) join(draft, addressKey(side, address), key);
  }
  see(draft, key, { availability: wire.availability, activity: wire.activity, note: wire.note });
}

/** Who is in a group of the directory. Whoever is on no list is seen from there alone. */
export function putMembers(draft: Draft, { address, people, groups }: GroupMembers): void {
  const members = people.map((wire): Person => ({ key: keyOf(wire), name: safeName(wire.name), addresses: wire.addresses, default: wire.default, groups: [] }));
  draft.edit('directory').set(address.toLowerCase(), { people: members, groups: groups.map((group) => ({ ...group, name: safeName(group.name) })) });
  for (const wire of people) {
    const key = personKey(draft, 'lync', wire.addresses.lync ?? '');
    const told = wire.availability !== 'unknown';
    if (told && !draft.state.people.has(key)) see(draft, key, { availability: wire.availability, activity: wire.activity, note: wire.note });
  }
}

/** From now on `address` belongs to `key`; a person and a chat that stood alone under the address move there. */
function join(draft: Draft, address: string, key: Key): void {
  if (draft.state.byAddress.get(address) !== key) draft.edit('byAddress').set(address, key);
  if (address === key) return;
  if (draft.state.people.has(address)) draft.edit('people').delete(address);
  if (draft.state.seen.has(address)) draft.edit('seen').delete(address);
  const chat = draft.state.chats.get(address);
  if (chat === undefined) return;
  const into = draft.chat(key);
  const newest = [into.last, chat.last].filter((m) => m !== null).sort((a, b) => (a.sent_at < b.sent_at ? 1 : -1))[0];
  draft.setChat(key, {
    conversations: [...into.conversations, ...chat.conversations],
    last: newest ?? null,
    unread: into.unread + chat.unread,
    firstUnread: into.firstUnread ?? chat.firstUnread,
    pinned: into.pinned || chat.pinned,
    draft: into.draft || chat.draft,
  });
  draft.edit('chats').delete(address);
  // Both logs are asked for anew: merging two half-known histories would leave holes.
  draft.edit('logs').delete(address);
  draft.edit('logs').delete(key);
  for (const { id } of chat.conversations) draft.edit('byConversation').set(id, key);
  if (draft.state.open === address) draft.state.open = key;
}

export function removePerson(draft: Draft, lync: string | undefined, xmpp: string | undefined): void {
  const key = lync !== undefined ? addressKey('lync', lync) : addressKey('xmpp', xmpp ?? '');
  const person = draft.state.people.get(key);
  if (person === undefined) return;
  draft.edit('people').delete(key);
  for (const [side, address] of sides(person)) draft.edit('byAddress').delete(addressKey(side, address));
}

export function see(draft: Draft, key: Key, seen: Seen): void {
  const old = draft.state.seen.get(key) ?? UNKNOWN;
  // What a person event does not tell stays from the presence event of the same state.
  const kept = old.availability === seen.availability && old.activity === seen.activity;
  const next = kept ? { ...old, ...seen } : seen;
  if (!sameSeen(next, old)) draft.edit('seen').set(key, next);
}

function sameSeen(a: Seen, b: Seen): boolean {
  return (
    a.availability === b.availability && a.activity === b.activity && a.note === b.note &&
    a.until === b.until && a.lastActive === b.lastActive && a.device === b.device
  );
}

/** Presence of one address. For a person of the list the person event has the sum of both networks; this one adds facts. */
export function putPresence(draft: Draft, side: Side, presence: Presence): void {
  const key = personKey(draft, side, presence.address);
  const extra = {
    ...(presence.until !== undefined && { until: presence.until }),
    ...(presence.last_active !== undefined && { lastActive: presence.last_active }),
    ...(presence.device !== undefined && { device: presence.device }),
  };
  const old = draft.state.seen.get(key);
  const bothNetworks = Object.keys(draft.state.people.get(key)?.addresses ?? {}).length > 1;
  if (bothNetworks && old !== undefined) {
    if (old.availability === presence.availability) draft.edit('seen').set(key, { ...old, ...extra });
    return;
  }
  see(draft, key, {
    availability: presence.availability,
    activity: presence.activity ?? '',
    note: presence.note ?? '',
    ...extra,
  });
}

function sides(person: Pick<Person, 'addresses'> | undefined): ['lync' | 'xmpp', string][] {
  const found: ['lync' | 'xmpp', string][] = [];
  if (person?.addresses.lync !== undefined) found.push(['lync', person.addresses.lync]);
  if (person?.addresses.xmpp !== undefined) found.push(['xmpp', person.addresses.xmpp]);
  return found;
}

function samePerson(a: Person, b: Person): boolean {
  return (
    a.name === b.name &&
    a.default === b.default &&
    a.addresses.lync === b.addresses.lync &&
    a.addresses.xmpp === b.addresses.xmpp &&
    a.groups.join('\n') === b.groups.join('\n')
  );
}
