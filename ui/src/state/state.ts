// Everything the pages show, as one value. `reduce.ts` is the only place that makes a new one.

import type {
  Addresses, Availability, BridgeEntry, ContactList, DirectoryGroup, HowOften, Network, OwnStatus, Past, PrivacyLevel, Problem, Side,
  SideState, StepState, Subscription, Timestamp,
} from '../ipc';

/** The lync address of a person in lower case, else `xmpp:` and the bare JID; `group:` and the conversation for groups. */
export type Key = string;

/** A person of the list, without what changes by the minute. */
export interface Person {
  key: Key;
  name: string;
  addresses: Addresses;
  default: Network;
  groups: string[];
}

/** Who is in a group of the directory. */
export interface Members {
  people: Person[];
  groups: DirectoryGroup[];
}

/** What is seen of a person. */
export interface Seen {
  availability: Availability;
  activity: string;
  note: string;
  until?: Timestamp;
  lastActive?: Timestamp;
  device?: string;
}

export interface Step {
  step: string;
  state: StepState | 'running';
  begun: Timestamp;
  ms: number;
  message: string;
}

export interface Link {
  state: SideState;
  since: Timestamp;
  error: Problem | null;
  /** The steps of the sign-in that runs or ran last. */
  steps: Step[];
  nextTry: Timestamp | null;
  /** When it stopped being ready; every further try is another state, and what is shown is no younger for it. */
  lost: Timestamp | null;
}

export interface Chat {
  key: Key;
  /** Conversation ids by network; a chat that was only opened has none yet. */
  conversations: { id: string; side: Side; address: string }[];
  /** Of a group. */
  title: string | null;
  last: Past | null;
  unread: number;
  firstUnread: string | null;
  pinned: boolean;
  draft: string;
}

/** A text as it is shown. `token` is set while the engine has not named it yet. */
export interface Line extends Past {
  token?: string;
  /** When it arrived, where that is later than it was written and it arrived while this window was there. */
  arrived_at?: Timestamp;
}

export interface Log {
  lines: Line[];
  moreBefore: boolean;
  moreAfter: boolean;
}

/** The "new since" line of the open chat; stays where it is until the chat is left. */
export interface NewSince {
  id: string;
  at: Timestamp;
}

export interface State {
  phase: 'opening' | 'there' | 'gone';
  gone: Problem | null;
  /** Since when nothing is told any more, while the agent is gone: what is shown is as old. */
  goneSince: Timestamp | null;
  links: Partial<Record<Side, Link>>;
  paused: { paused: boolean; until: Timestamp | null };
  own: OwnStatus | null;
  people: ReadonlyMap<Key, Person>;
  seen: ReadonlyMap<Key, Seen>;
  /** Address in the form of a key, to the person it belongs to. */
  byAddress: ReadonlyMap<string, Key>;
  subscriptions: ReadonlyMap<string, Subscription>;
  /** The groups of the contact lists, and whether they can be changed; by network. */
  lists: ReadonlyMap<Network, ContactList>;
  /** Groups of the directory that somebody looked into, by address in lower case. */
  directory: ReadonlyMap<string, Members>;
  /** What people are let see, by the address in the form of a key. */
  privacy: ReadonlyMap<string, PrivacyLevel>;
  /** Of whom the person wants to know when they are available, by the address in the form of a key. */
  lookouts: ReadonlyMap<string, HowOften>;
  chats: ReadonlyMap<Key, Chat>;
  byConversation: ReadonlyMap<string, Key>;
  /** Unread texts by conversation, as the engine counts them. */
  unreadOf: ReadonlyMap<string, number>;
  /** What has to be known and no link tells, with its remedy. */
  notices: readonly Problem[];
  logs: ReadonlyMap<Key, Log>;
  /** Who types, by chat. */
  typing: ReadonlyMap<Key, Timestamp>;
  bridgeLog: readonly BridgeEntry[];
  /** The chat that is shown, and whether the person is there to see it. */
  open: Key | null;
  here: boolean;
  newSince: NewSince | null;
}

export const EMPTY: State = {
  phase: 'opening',
  gone: null,
  goneSince: null,
  links: {},
  paused: { paused: false, until: null },
  own: null,
  people: new Map(),
  seen: new Map(),
  byAddress: new Map(),
  subscriptions: new Map(),
  lists: new Map(),
  directory: new Map(),
  privacy: new Map(),
  lookouts: new Map(),
  chats: new Map(),
  byConversation: new Map(),
  unreadOf: new Map(),
  notices: [],
  logs: new Map(),
  typing: new Map(),
  bridgeLog: [],
  open: null,
  here: false,
  newSince: null,
};

export const UNKNOWN: Seen = { availability: 'unknown', activity: '', note: '' };

/** The steps of the sign-in ladder, in their order. */
export const LADDER = [
  'finding-server',
  'checking-certificate',
  'asking-methods',
  'signing-in',
  'opening-session',
  'loading-contacts',
] as const satisfies readonly SideState[];

export function isReady(link: Link | undefined): boolean {
  return link?.state === 'ready-available' || link?.state === 'ready-watching';
}

export function isSigningIn(link: Link | undefined): boolean {
  return link !== undefined && (LADDER as readonly string[]).includes(link.state);
}

/** It rests with a problem, or is tried again because of one. */
export function isStuck(link: Link | undefined): boolean {
  return link !== undefined && link.error !== null && !isReady(link) && !isSigningIn(link);
}

/** The key under which an address is known. */
export function addressKey(side: Side, address: string): string {
  const bare = address.toLowerCase();
  if (bare.startsWith('sip:') || bare.startsWith('xmpp:')) return bare;
  return side === 'lync' ? `sip:${bare}` : `xmpp:${bare}`;
}

/** Nothing of this address, or of the person whose address it is, comes through: on whatever network they are blocked. */
export function isBlocked(state: Pick<State, 'people' | 'privacy'>, key: Key): boolean {
  const addresses = state.people.get(key)?.addresses ?? {};
  const keys = (['lync', 'xmpp'] as const).flatMap((side) => (addresses[side] === undefined ? [] : [addressKey(side, addresses[side])]));
  return [key, ...keys].some((address) => state.privacy.get(address) === 'blocked');
}

/** An address as people write it. */
export function bareAddress(address: string): string {
  return address.replace(/^(sip|xmpp|group):/i, '');
}
