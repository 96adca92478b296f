// Groups of the directory that are open on the page: who is in them is asked for when they are opened, and told from then on.

import { sentence } from '../words/problem';
import { t } from '../words/words.svelte';
import type { DirectoryView } from './roster';
import type { State } from './state';
import { store } from './store.svelte';

class Directory {
  /** Addresses in lower case. */
  open = $state.raw<ReadonlySet<string>>(new Set());
  /** Why nobody is shown, by address. */
  problems = $state.raw<ReadonlyMap<string, string>>(new Map());

  toggle(address: string, on = !this.open.has(address.toLowerCase())): void {
    const key = address.toLowerCase();
    const open = new Set(this.open);
    if (on) open.add(key);
    else open.delete(key);
    this.open = open;
    if (on) void this.#ask(key);
  }

  /** The agent may be another one, and tells nothing of what the one before was asked for. */
  askAgain(): void {
    for (const address of this.open) void this.#ask(address);
  }

  async #ask(address: string): Promise<void> {
    this.#say(address, null);
    try {
      const members = await store.request({ command: 'group-members', address });
      store.dispatch({ change: 'group-members', members });
    } catch (thrown) {
      this.#say(address, sentence(thrown));
    }
  }

  #say(address: string, problem: string | null): void {
    const problems = new Map(this.problems);
    if (problem === null) problems.delete(address);
    else problems.set(address, problem);
    this.problems = problems;
  }
}

export const directory = new Directory();

/** What rows are made of. */
export function directoryView(seen: State['seen']): DirectoryView {
  const { open, problems } = directory;
  return { open, problems, seen, members: store.state.directory, reading: t('directory.reading'), nobody: t('directory.nobody') };
}
