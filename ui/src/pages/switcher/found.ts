// What the switcher offers for a query, in its order: unread, then recent; people; commands after `>`; an address.

import { fold, matches, sortChats } from '../../state/roster';
import { chatName } from '../../state/roster';
import { addressKey, type Chat, type Key, type Person, type State } from '../../state/state';

export type Found =
  | { type: 'chat'; id: string; key: Key; chat: Chat; name: string }
  | { type: 'person'; id: string; key: Key; person: Person; name: string }
  | { type: 'command'; id: string; name: string; keys: string; act: () => void }
  | { type: 'address'; id: string; address: string; name: string };

export interface CommandEntry {
  name: string;
  keys: string;
  act: () => void;
}

const MOST = 50;

export function findFor(state: State, query: string, peopleOnly: boolean, recent: readonly Key[], commands: CommandEntry[]): Found[] {
  const text = query.trim();
  if (text.startsWith('>') && !peopleOnly) {
    const wanted = fold(text.slice(1));
    return commands
      .filter(({ name }) => wanted === '' || fold(name).includes(wanted))
      .map((command, i): Found => ({ type: 'command', id: `c${i}`, ...command }));
  }
  const chats = peopleOnly ? [] : chatsFor(state, text, recent);
  const there = new Set(chats.map((found) => found.key));
  const people: Found[] = [];
  if (text !== '' || peopleOnly) {
    for (const person of state.people.values()) {
      if (there.has(person.key) || (text !== '' && !matches(person, text))) continue;
      people.push({ type: 'person', id: `p${person.key}`, key: person.key, person, name: person.name });
      // Five thousand people and one letter: the best fifty of the first thousand are enough.
      if (people.length >= 1_000) break;
    }
  }
  const wanted = fold(text);
  people.sort((a, b) => Number(fold(b.name).startsWith(wanted)) - Number(fold(a.name).startsWith(wanted)) || a.name.localeCompare(b.name));
  const found: Found[] = [...chats, ...people].slice(0, MOST);
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && !state.byAddress.has(addressKey('lync', text)) && !state.byAddress.has(addressKey('xmpp', text))) {
    found.push({ type: 'address', id: 'address', address: text, name: text });
  }
  return found;
}

function chatsFor(state: State, text: string, recent: readonly Key[]): Extract<Found, { type: 'chat' }>[] {
  const wanted = fold(text);
  const rank = (key: Key) => {
    const place = recent.indexOf(key);
    return place < 0 ? recent.length : place;
  };
  return sortChats(state.chats.values(), true)
    .map((chat) => ({ type: 'chat' as const, id: `h${chat.key}`, key: chat.key, chat, name: chatName(state, chat) }))
    .filter(({ key, name }) => {
      const person = state.people.get(key);
      return wanted === '' || fold(name).includes(wanted) || (person !== undefined && matches(person, text));
    })
    .sort((a, b) => Number(b.chat.unread > 0) - Number(a.chat.unread > 0) || rank(a.key) - rank(b.key));
}
