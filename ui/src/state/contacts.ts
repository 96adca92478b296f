// What a person does to the contact lists, and what a menu offers of it.

import type { HowOften } from '../ipc';
import type { Item } from '../parts/menu';
import { t } from '../words/words.svelte';
import { copy, run } from './acts';
import { card } from './card.svelte';
import { changeable, isOwnGroup, isReadOnly, typed } from './lists';
import { nav } from './nav.svelte';
import { notices } from './notices.svelte';
import { bareAddress, isBlocked, type Key, type Person } from './state';
import { store } from './store.svelte';
import { undo, UNDO_MS } from './undo.svelte';

/** Out of the lists, on every network where that is possible; can be taken back for a while. */
export function removePerson(person: Person): void {
  const addresses = changeable(store.state.lists, person);
  undo.later(person.key, t('people.removed', { name: person.name }), () => {
    for (const address of addresses) run(store.request({ command: 'remove-contact', address }));
  });
}

export function addPerson(address: string, name: string, group: string | null = null): void {
  run(store.request({ command: 'add-contact', address, group }), t('people.added', { name }));
}

export function deleteGroup(name: string): void {
  undo.later(`group:${name}`, t('group.deleted', { name }), () => run(store.request({ command: 'delete-group', name })));
}

/** What can be done about somebody's place on the lists. What a list does not allow stands there with the reason. */
export function contactItems(key: Key): Item[] {
  const { people, lists } = store.state;
  const person = people.get(key);
  const open = (layer: 'groups') => () => {
    nav.joining = key;
    nav.layer = layer;
    card.close();
  };
  if (person === undefined) {
    const address = key;
    const network = key.startsWith('xmpp:') ? 'xmpp' : 'lync';
    const list = lists.get(network);
    if (list === undefined) return [];
    if (!list.editable) return [{ text: t('people.read-only'), act: () => undefined, disabled: true }];
    return [{ text: t('people.add'), act: () => addPerson(address, address.replace(/^(sip|xmpp):/, '')) }];
  }
  if (changeable(lists, person).length === 0) {
    return isReadOnly(lists, person) ? [{ text: t('people.read-only'), act: () => undefined, disabled: true }] : [];
  }
  return [
    { text: t('people.groups'), act: open('groups') },
    { text: t('people.remove'), act: () => { card.close(); removePerson(person); }, danger: true },
  ];
}

/** Being told when somebody is available: once, every time, or not any more. */
export function lookoutItems(key: Key): Item[] {
  const { people, lookouts, seen } = store.state;
  const person = people.get(key);
  if (person === undefined) return [];
  const address = typed(person.default, person.addresses[person.default] ?? person.addresses.lync ?? person.addresses.xmpp ?? '');
  const ask = (how: HowOften | null, done: string) => () => run(store.request({ command: 'tell-when-available', address, how }), done);
  if (lookouts.has(address.toLowerCase())) return [{ text: t('lookout.end'), act: ask(null, t('lookout.ended', { name: person.name })) }];
  const there = seen.get(key)?.availability === 'available';
  const always: Item = { text: t('lookout.always'), act: ask('always', t('lookout.asked', { name: person.name })) };
  return there ? [always] : [{ text: t('lookout.once'), act: ask('once', t('lookout.asked', { name: person.name })) }, always];
}

/** Nothing of a person comes through any more, on every network where they are; it can be taken back. */
export function block(address: string, name: string): void {
  const say = (on: boolean) => store.request({ command: 'block', address, on });
  const undo = { text: t('do.undo'), act: () => run(say(false)) };
  say(true).then(() => notices.offer(t('privacy.blocked-now', { name }), undo, UNDO_MS), (thrown: unknown) => notices.fail(thrown));
}

export function unblock(address: string, name: string): void {
  run(store.request({ command: 'block', address, on: false }), t('privacy.unblocked', { name }));
}

/** An address of whoever has this key, with its scheme. */
export function addressOf(key: Key): string {
  const addresses = store.state.people.get(key)?.addresses;
  if (addresses?.lync !== undefined) return addresses.lync;
  return addresses?.xmpp !== undefined ? typed('xmpp', addresses.xmpp) : key;
}

/** What somebody may see, and whether anything of them comes through. */
export function privacyItems(key: Key, name: string): Item[] {
  const address = addressOf(key);
  const items: Item[] = [];
  if (address.startsWith('sip:')) {
    items.push({ text: t('privacy.open'), act: () => { nav.joining = key; nav.layer = 'privacy'; card.close(); } });
  }
  return isBlocked(store.state, key)
    ? [...items, { text: t('privacy.unblock'), act: () => unblock(address, name) }]
    : [...items, { text: t('privacy.block'), act: () => block(address, name), danger: true }];
}

/** A group of the directory comes into the list. */
export function addDirectoryGroup(address: string, name: string): void {
  run(store.request({ command: 'add-directory-group', address }), t('directory.added', { name }));
}

/** What can be done with a group of the directory. */
export function directoryItems(address: string, name: string): Item[] {
  const copying: Item = { text: t('card.copy-address'), act: () => copy(bareAddress(address), t('done.copied')) };
  const lync = store.state.lists.get('lync');
  const listed = lync?.groups.some((group) => group.address?.toLowerCase() === address);
  if (lync?.editable !== true) return [copying, { text: t('people.read-only'), act: () => undefined, disabled: true }];
  if (listed !== true) return [copying, { text: t('directory.add'), act: () => addDirectoryGroup(address, name) }];
  const remove = () => undo.later(`group:${address}`, t('directory.removed', { name }), () => run(store.request({ command: 'remove-directory-group', address })));
  return [copying, { text: t('directory.remove'), act: remove, danger: true }];
}

/** What can be done with a group. */
export function groupItems(name: string): Item[] {
  if (!isOwnGroup(store.state.lists, name)) return [{ text: t('group.not-own'), act: () => undefined, disabled: true }];
  return [
    { text: t('group.rename'), act: () => { nav.group = name; nav.layer = 'group-name'; } },
    { text: t('group.delete'), act: () => deleteGroup(name), danger: true },
  ];
}
