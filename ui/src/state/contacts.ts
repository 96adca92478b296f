// What a person does to the contact lists, and what a menu offers of it.

import type { HowOften } from '../ipc';
import type { Item } from '../parts/menu';
import { t } from '../words/words.svelte';
import { run } from './acts';
import { card } from './card.svelte';
import { changeable, isOwnGroup, isReadOnly, typed } from './lists';
import { nav } from './nav.svelte';
import type { Key, Person } from './state';
import { store } from './store.svelte';
import { undo } from './undo.svelte';

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

/** What can be done with a group. */
export function groupItems(name: string): Item[] {
  if (!isOwnGroup(store.state.lists, name)) return [{ text: t('group.not-own'), act: () => undefined, disabled: true }];
  return [
    { text: t('group.rename'), act: () => { nav.group = name; nav.layer = 'group-name'; } },
    { text: t('group.delete'), act: () => deleteGroup(name), danger: true },
  ];
}
