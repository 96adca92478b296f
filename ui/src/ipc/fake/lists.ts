// The contact lists of the fake, and how they change.

import type { Command, ContactList, Network } from '../types';
import type { Actor } from './cast';
import { directory } from './cast';
import { person, type World } from './world';

export function lists(world: World): ContactList[] {
  return (['lync', 'xmpp'] as const).map((network) => {
    const names = new Set(world.people.filter(({ addresses }) => addresses[network] !== undefined).flatMap(({ groups }) => groups));
    const kind = (name: string) => (name === 'Favourites' && network === 'lync' ? ('pinned' as const) : ('own' as const));
    const made = network === 'lync' ? world.emptyGroups : [];
    return { network, editable: network === 'xmpp' || !world.params.has('read-only'), groups: [...new Set([...names, ...made])].map((name) => ({ name, kind: kind(name) })) };
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
    case 'block':
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
