// The one entrance to whoever stands behind the window.

import type { Door } from './door';
import { tauriDoor } from './tauri';

export type * from './types';
export type { Change, Door, ReplyTo } from './door';
export { asProblem } from './door';

/** The door of this page: Tauri's where the page runs in the window, else the fake, which shipped builds do not have. */
export async function openDoor(): Promise<Door> {
  if (__FAKE__ && !('__TAURI_INTERNALS__' in window)) {
    return (await import('./fake')).fakeDoor(new URLSearchParams(location.search));
  }
  return tauriDoor;
}
