// The state of the page and its door. Changes are gathered and applied once a frame, so that a burst costs one rendering.

import type { AnyCommand, Change, Door, ReplyTo } from '../ipc';
import type { Action } from './actions';
import { reduce } from './reduce';
import { EMPTY, type State } from './state';

class Store {
  state = $state.raw<State>(EMPTY);
  #door: Door | null = null;
  #waiting: Action[] = [];
  #scheduled = false;
  #shown: ((change: Extract<Change, { change: 'show' }>) => void) | null = null;
  #fresh: (() => void) | null = null;

  get door(): Door {
    if (this.#door === null) throw new Error('the door is not open yet');
    return this.#door;
  }

  /** Begins to listen. `show`: tray or notification ask for a page. `fresh`: a snapshot came, ask for what it lacks. */
  async open(door: Door, show: (change: Extract<Change, { change: 'show' }>) => void, fresh: () => void): Promise<void> {
    this.#door = door;
    this.#shown = show;
    this.#fresh = fresh;
    await door.changes((change) => this.#take(change));
  }

  /** For tests and the story of one component: a state without a door. */
  put(state: State, door?: Door): void {
    this.state = state;
    if (door !== undefined) this.#door = door;
  }

  /** What this window did itself: applied at once. */
  dispatch(...actions: Action[]): void {
    this.#waiting.push(...actions);
    this.#flush();
  }

  request<C extends AnyCommand>(command: C): Promise<ReplyTo<C>> {
    return this.door.request(command);
  }

  #take(change: Change): void {
    if (change.change === 'show') {
      this.#shown?.(change);
      return;
    }
    this.#waiting.push(change);
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
    if (actions.length > 0) this.state = reduce(this.state, actions);
  }
}

export const store = new Store();
