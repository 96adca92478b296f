// A state that is being changed: each map is copied once, at its first change, so that a snapshot of 5,000 people costs one
// copy and not 5,000.

import type { Chat, Key, Log, State } from './state';

type Maps = {
  [K in keyof State as State[K] extends ReadonlyMap<string, unknown> ? K : never]: State[K] extends ReadonlyMap<string, infer V>
    ? Map<string, V>
    : never;
};

export class Draft {
  readonly state: State;
  readonly #copied = new Set<string>();

  constructor(from: State) {
    this.state = { ...from };
  }

  /** A map of the state, for changing. */
  edit<K extends keyof Maps>(name: K): Maps[K] {
    if (!this.#copied.has(name)) {
      this.#copied.add(name);
      (this.state as unknown as Record<string, unknown>)[name] = new Map(this.state[name] as ReadonlyMap<string, unknown>);
    }
    return this.state[name] as unknown as Maps[K];
  }

  chat(key: Key): Chat {
    return (
      this.state.chats.get(key) ?? {
        key,
        conversations: [],
        title: null,
        last: null,
        unread: 0,
        firstUnread: null,
        pinned: false,
        draft: '',
      }
    );
  }

  setChat(key: Key, change: Partial<Chat>): void {
    this.edit('chats').set(key, { ...this.chat(key), ...change });
  }

  log(key: Key): Log | undefined {
    return this.state.logs.get(key);
  }

  setLog(key: Key, log: Log): void {
    this.edit('logs').set(key, log);
  }
}
