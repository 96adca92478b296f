// The contact lists: who can be changed where, and which groups there are. Pure.

import type { GroupKind, Network } from '../ipc';
import type { Person, State } from './state';

type Lists = State['lists'];

/** Networks in the order in which they are shown. */
const NETWORKS = ['lync', 'xmpp'] as const;

/** The addresses of a person whose list can be changed, as commands take them. */
export function changeable(lists: Lists, { addresses }: Pick<Person, 'addresses'>): string[] {
  return NETWORKS.flatMap((network) => {
    const address = addresses[network];
    if (address === undefined || lists.get(network)?.editable !== true) return [];
    return [typed(network, address)];
  });
}

/** An address with its scheme. */
export function typed(network: Network, address: string): string {
  return network === 'xmpp' && !address.startsWith('xmpp:') ? `xmpp:${address}` : address;
}

/** Somebody is on a list that can only be read: the reason why nothing is offered. */
export function isReadOnly(lists: Lists, { addresses }: Pick<Person, 'addresses'>): boolean {
  return addresses.lync !== undefined && lists.get('lync')?.editable === false;
}

/** What kind of group a name stands for, on any network; Lync's word counts first. */
export function kindOf(lists: Lists, name: string): GroupKind | undefined {
  for (const network of NETWORKS) {
    const group = lists.get(network)?.groups.find((known) => known.name === name);
    if (group !== undefined) return group.kind;
  }
  return undefined;
}

/** A group that can get another name or go: our person's own, and on no list that can only be read. */
export function isOwnGroup(lists: Lists, name: string): boolean {
  const holders = NETWORKS.flatMap((network) => lists.get(network) ?? []).filter((list) => list.groups.some((group) => group.name === name));
  return holders.length > 0 && holders.every((list) => list.editable && list.groups.find((group) => group.name === name)?.kind === 'own');
}

/** Groups of the directory in a list, in the order of their names. */
export function directoryGroups(lists: Lists, locale: string): { address: string; name: string }[] {
  const groups = [...lists.values()].flatMap((list) => list.groups);
  const found = groups.flatMap(({ name, address }) => (address === undefined ? [] : [{ name, address }]));
  const compare = new Intl.Collator(locale, { sensitivity: 'base' }).compare;
  return found.sort((a, b) => compare(a.name, b.name));
}

/** Groups that somebody can be put into, in the order of their names. */
export function groupNames(lists: Lists, locale: string): string[] {
  const names = new Set<string>();
  for (const list of lists.values()) {
    for (const group of list.groups) if (list.editable && group.kind !== 'directory') names.add(group.name);
  }
  return [...names].sort(new Intl.Collator(locale, { sensitivity: 'base' }).compare);
}
