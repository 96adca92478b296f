// The state of the page and its door. Changes are gathered and applied once a frame, so that a burst costs one rendering.

import type { Command, Change, Door, ReplyTo } from '../ipc';
import type { Action } from './actions';
import { reduce } from './reduce';
import { EMPTY, type State } from './state';

/** A state each of whose parts is followed by itself: who looks at the chats has no work when somebody's presence changes. */
function parted(initial: State): State {
  const state = {} as State;
  for (const name of Object.keys(initial) as (keyof State)[]) {
    let part = $state.raw<unknown>(initial[name]);
    Object.defineProperty(state, name, { enumerable: true, get: () => part, set: (next: unknown) => (part = next) });
  }
  return state;
}

class Store {
  readonly state = parted(EMPTY);
  /** The same, as the reducer made it. */
  #whole: State = EMPTY;
  #door: Door | null = null;
  #waiting: Action[] = [];
  #scheduled = false;
  #shown: ((change: Extract<Change, { change: 'show' }>) => void) | null = null;
  #fresh: (() => void) | null = null;

  get door(): Door {
    if (this.#door === null) throw new Error('the door is not open yet');
    return this.#door;
  }

  /**
   * Begins to listen. Changes are taken once the page has `begun`. `show`: tray or notification ask for a page. `fresh`: a
   * snapshot came, ask for what it lacks.
   */
  async open(door: Door, begun: Promise<unknown>, show: (change: Extract<Change, { change: 'show' }>) => void, fresh: () => void): Promise<void> {
    this.#door = door;
    this.#shown = show;
    this.#fresh = fresh;
    await door.changes((change) => void begun.then(() => this.#take(change), () => undefined));
  }

  use(door: Door): void {
    this.#door = door;
  }

  /** For tests and the story of one component: a state without a stream of changes. */
  put(state: State, door?: Door): void {
    this.#show(state);
    if (door !== undefined) this.use(door);
  }

  /** What this window did itself: applied at once. */
  dispatch(...actions: Action[]): void {
    this.#waiting.push(...actions);
    this.#flush();
  }

  request<C extends Command>(command: C): Promise<ReplyTo<C>> {
    return this.door.request(command);
  }

  #take(change: Change): void {
    if (change.change === 'show') {
      this.#shown?.(change);
      return;
    }
    this.#waiting.push(change.change === 'gone' ? { ...change, at: new Date().toISOString() } : change);
    if (change.change === 'snapshot') {
      this.#flush();
      this.#fresh?.();
      return;
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    // A hidden page has no frames; its changes may wait a little.
    if (document.visibilityState === 'visible') requestAnimationFrame(() => this.#flush());
    else setTimeout(() => this.#flush(), 250);
  }

  #flush(): void {
    this.#scheduled = false;
    const actions = this.#waiting;
    this.#waiting = [];
    if (actions.length > 0) this.#show(reduce(this.#whole, actions));
  }

  #show(state: State): void {
    this.#whole = state;
    // A part that is still the same wakes nobody.
    Object.assign(this.state, state);
  }
}

export const store = new Store();
