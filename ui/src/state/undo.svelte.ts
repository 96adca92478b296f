// What a person can take back for eight seconds: it is shown as done and is done when the time is over, or the window goes.

import { t } from '../words/words.svelte';
import { notices } from './notices.svelte';

export const UNDO_MS = 8_000;

interface Pending {
  hides: string;
  act: () => void;
  timer: ReturnType<typeof setTimeout>;
}

class Undo {
  /** What is to look as if it were gone already: keys of people, `group:` and names of groups. */
  hidden = $state.raw<ReadonlySet<string>>(new Set());
  #pending: Pending[] = [];

  /** Shows `text` with a button to take it back; does it later. */
  later(hides: string, text: string, act: () => void): void {
    this.#finish(this.#pending.filter((pending) => pending.hides === hides));
    const pending: Pending = { hides, act, timer: setTimeout(() => this.#finish([pending]), UNDO_MS) };
    this.#pending.push(pending);
    this.hidden = new Set([...this.hidden, hides]);
    notices.offer(text, { text: t('do.undo'), act: () => this.#take(pending, false) }, UNDO_MS);
  }

  /** The window goes: what waits is done now. */
  flush(): void {
    this.#finish([...this.#pending]);
  }

  #finish(all: Pending[]): void {
    for (const pending of all) this.#take(pending, true);
  }

  #take(pending: Pending, act: boolean): void {
    if (!this.#pending.includes(pending)) return;
    clearTimeout(pending.timer);
    this.#pending = this.#pending.filter((other) => other !== pending);
    this.hidden = new Set(this.#pending.map(({ hides }) => hides));
    if (act) pending.act();
  }
}

export const undo = new Undo();

globalThis.addEventListener?.('pagehide', () => undo.flush());
globalThis.document?.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') undo.flush();
});
