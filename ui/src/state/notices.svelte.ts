// The status line: the last thing that went wrong or was done, in its reserved place, said once to screen readers.

import type { Problem } from '../ipc';
import { asProblem } from '../ipc';
import { cause, remedy } from '../words/problem';

export interface Notice {
  text: string;
  remedy: string;
  bad: boolean;
  problem?: Problem;
  /** What can be done about it at once. */
  offer?: { text: string; act: () => void };
}

class Notices {
  current = $state.raw<Notice | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  tell(text: string): void {
    this.#show({ text, remedy: '', bad: false }, 4_000);
  }

  /** What was done, but not as it was wanted: long enough to be read after a sign-in. */
  warn(text: string): void {
    this.#show({ text, remedy: '', bad: false }, 30_000);
  }

  /** What was done, with a button. */
  offer(text: string, offer: NonNullable<Notice['offer']>, ms: number): void {
    this.#show({ text, remedy: '', bad: false, offer }, ms);
  }

  fail(thrown: unknown): void {
    const problem = asProblem(thrown);
    this.#show({ text: cause(problem), remedy: remedy(problem), bad: true, problem }, 15_000);
  }

  clear(): void {
    this.current = null;
  }

  #show(notice: Notice, ms: number): void {
    clearTimeout(this.#timer);
    this.current = notice;
    this.#timer = setTimeout(() => this.clear(), ms);
  }
}

export const notices = new Notices();
