// How an account was signed in, and why not by a method that comes before it.

import type { PassedOver } from '../ipc';
import { t, tOr } from './words.svelte';

export function method(name: string): string {
  return tOr(`method.${name}`, name);
}

export function notBy(passed: PassedOver): string {
  return t('bridge.not-by', { method: passed.method, cause: tOr(`passed.${passed.cause}`, passed.message) });
}
