// A stroke of keys in the words that stand on the person's keyboard.

import { tOr } from './words.svelte';

/** `Ctrl+Shift+F` as `['Strg', 'Umschalt', 'F']`. */
export function strokeNames(stroke: string): string[] {
  if (stroke === '') return [];
  const parts = stroke === '+' || stroke.endsWith('++') ? [...stroke.slice(0, -2).split('+'), '+'] : stroke.split('+');
  return parts.filter((part) => part !== '').map((part) => tOr(`key.${part}`, part));
}

export function strokeWords(stroke: string): string {
  return strokeNames(stroke).join(' ');
}
