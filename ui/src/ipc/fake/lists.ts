// The contact lists of the fake, and how they change.

import type { Command, ContactList, GroupMembers, Network, Privacy, PrivacyLevel } from '../types';
import type { Actor } from './cast';
import { directory } from './cast';
import { person, type World } from './world';

/** Groups of the directory; one without members is too large to be shown. */
export const DIRECTORY = [
  { address: 'sip:hamburg@contoso.example', name: 'Hamburg office', members: ['sip:ben.rodman@contoso.example', 'sip:greta.holm@contoso.example', 'sip:uwe.sander@contoso.example'], groups: ['sip:front.desk@contoso.example'] },
  { address: 'sip:front.desk@contoso.example', name: 'Front desk', members: ['sip:caroline.weil@contoso.example'], groups: [] },
  { address: 'sip:everyone@contoso.example', name: 'Everyone at Contoso', members: [], groups: [] },
];

/** Who is in a group of the directory; undefined where it is too large. */
export function groupMembers(world: World, address: string): GroupMembers | undefined {
  const group = DIRECTORY.find((known) => known.address === address);
  if (group === undefined || group.members.length === 0) return undefined;
  const people = group.members.flatMap((member) => world.find(member) ?? directory().find(({ addresses }) => addresses.lync === member) ?? []);
  return { address, name: group.name, people: people.map(person), groups: DIRECTORY.filter((other) => group.groups.includes(other.address)).map(({ address: at, name }) => ({ address: at, name })) };
}

/** An address that is blocked, as levels name it. */
function levelAddress(world: World, address: string): string[] {
  const addresses = world.find(address)?.addresses ?? (address.startsWith('xmpp:') ? { xmpp: address.replace('xmpp:', '') } : { lync: address });
  return [...(addresses.lync === undefined ? [] : [addresses.lync]), ...(addresses.xmpp === undefined ? [] : [`xmpp:${addresses.xmpp}`])];
}

export function setLevel(world: World, address: string, level: PrivacyLevel | null): Privacy {
  if (level === null && address.startsWith('xmpp:')) world.privacy.delete(address);
  else world.privacy.set(address, level ?? 'colleagues');
  const now = world.privacy.get(address);
  const told = { address, ...(now !== undefined && { level: now }) };
  world.tell({ kind: 'privacy', levels: [told] });
  return told;
}

export function lists(world: World): ContactList[] {
  return (['lync', 'xmpp'] as const).map((network) => {
    const names = new Set(world.people.filter(({ addresses }) => addresses[network] !== undefined).flatMap(({ groups }) => groups));
    const kind = (name: string) => (name === 'Favourites' && network === 'lync' ? ('pinned' as const) : ('own' as const));
    const made = network === 'lync' ? world.emptyGroups : [];
    const own = [...new Set([...names, ...made])].map((name) => ({ name, kind: kind(name) }));
    const listed = network === 'lync' ? DIRECTORY.filter(({ address }) => world.listedGroups.includes(address)).map(({ address, name }) => ({ name, address, kind: 'directory' as const })) : [];
    return { network, editable: network === 'xmpp' || !world.params.has('read-only'), groups: [...own, ...listed] };
  });
}

/** Does what a command asks for; false where it is another command. */
export function changeLists(world: World, command: Command): boolean {
  switch (command.command) {
    case 'add-contact': {
      const known = world.find(command.address);
      const actor = known ?? stranger(command.address);
      if (known === undefined) world.people.push(actor);
      if (command.group != null && !actor.groups.includes(command.group)) actor.groups = [...actor.groups, command.group];
      tell(world, [actor]);
      return true;
    }
    case 'remove-contact': {
      const actor = world.find(command.address);
      if (actor === undefined) return true;
      if (command.group != null) {
        actor.groups = actor.groups.filter((name) => name !== command.group);
        tell(world, [actor]);
      } else {
        world.people.splice(world.people.indexOf(actor), 1);
        world.tell({ kind: 'person-gone', ...actor.addresses });
        tell(world, []);
      }
      return true;
    }
    case 'rename-group':
    case 'delete-group': {
      const to = command.command === 'rename-group' ? [command.to] : [];
      const members = world.people.filter(({ groups }) => groups.includes(command.name));
      for (const actor of members) actor.groups = actor.groups.flatMap((name) => (name === command.name ? to : [name]));
      world.emptyGroups = world.emptyGroups.flatMap((name) => (name === command.name ? to : [name]));
      tell(world, members);
      return true;
    }
    case 'add-directory-group':
      world.listedGroups = [...world.listedGroups, command.address];
      tell(world, []);
      return true;
    case 'remove-directory-group':
      world.listedGroups = world.listedGroups.filter((address) => address !== command.address);
      tell(world, []);
      return true;
    case 'block':
      for (const address of levelAddress(world, command.address)) setLevel(world, address, command.on ? 'blocked' : null);
      if (!command.on || !command.address.startsWith('xmpp:')) return true;
      world.tell({ kind: 'subscription', address: command.address.replace('xmpp:', ''), you_see_them: 'no', they_see_you: 'no' });
      return true;
    case 'create-group':
      world.emptyGroups = [...world.emptyGroups, command.name];
      tell(world, []);
      return true;
    default:
      return false;
  }
}

function tell(world: World, changed: Actor[]): void {
  world.tell(...lists(world).map((list) => ({ kind: 'contact-list' as const, ...list })), ...changed.map((actor) => ({ kind: 'person' as const, ...person(actor) })));
}

function stranger(address: string): Actor {
  const network: Network = address.startsWith('xmpp:') ? 'xmpp' : 'lync';
  const known = directory().find(({ addresses }) => addresses.lync === address);
  const bare = address.replace('xmpp:', '');
  return known ?? { name: bare.replace('sip:', ''), addresses: { [network]: bare }, default: network, availability: 'unknown', activity: '', note: '', groups: [], card: { phones: [] } };
}
