// Code that the first paint can do without. It is fetched soon after, so that nobody waits for it when it is wanted.

import type { Component } from 'svelte';

/** Milliseconds after the first paint; WebKit does not tell when it is idle. */
const SOON = 400;

export interface Source<Props extends Record<string, unknown>> {
  load: () => Promise<Component<Props>>;
  part: Component<Props> | null;
}

export function later<Props extends Record<string, unknown>>(load: () => Promise<{ default: Component<Props> }>): Source<Props> {
  const source: Source<Props> = {
    part: null,
    load: async () => (source.part ??= (await load()).default),
  };
  return source;
}

/** The component, where it is there already. */
export function loaded<Props extends Record<string, unknown>>(source: Source<Props>): Component<Props> | null {
  return source.part;
}

/** Fetches one after the other. What cannot be fetched now is told when it is wanted. */
export function fetchSoon(sources: Iterable<{ load: () => Promise<unknown> }>): void {
  setTimeout(async () => {
    for (const source of sources) await source.load().catch(() => undefined);
  }, SOON);
}
