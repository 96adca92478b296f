// What each key of the window does. The page of keys, the switcher's commands and the listener read the same list; which stroke
// belongs to which stands in `state/keys.svelte.ts`.

import type { Key as Word } from '../../words/catalogues';
import { t } from '../../words/words.svelte';
import { closeChat, pauseBridge } from '../../state/acts';
import { keys, type KeyId } from '../../state/keys.svelte';
import { nav, PAGES } from '../../state/nav.svelte';
import { prefs } from '../../state/prefs.svelte';
import { sortChats } from '../../state/roster';
import { store } from '../../state/store.svelte';

export type Group = 'go' | 'chat' | 'own' | 'app';

export interface Binding {
  id: KeyId;
  group: Group;
  /** What it does in the whole window; the others are heard where they belong. */
  act?: () => void;
  /** Offered as a command in the switcher. */
  command?: boolean;
}

export const BINDINGS: readonly Binding[] = [
  { id: 'keys.switcher', group: 'go', act: () => (nav.layer = 'switcher') },
  { id: 'keys.new', group: 'go', act: () => (nav.layer = 'new-message'), command: true },
  { id: 'keys.unread', group: 'go', act: nextUnread, command: true },
  { id: 'keys.search', group: 'go', act: () => (nav.layer = 'search'), command: true },
  { id: 'keys.panes', group: 'go', act: () => pane(1) },
  { id: 'keys.find', group: 'chat' },
  { id: 'keys.find-next', group: 'chat' },
  { id: 'keys.card', group: 'chat' },
  { id: 'keys.close', group: 'chat', act: () => { if (nav.chat !== null && nav.page === 'chats') closeChat(nav.chat); } },
  { id: 'keys.status', group: 'own', act: () => (nav.layer = 'status'), command: true },
  { id: 'keys.note', group: 'own', act: () => (nav.layer = 'note'), command: true },
  { id: 'keys.pause', group: 'own', act: () => pauseBridge(store.state.paused.paused ? 'resume' : null), command: true },
  { id: 'keys.settings', group: 'app', act: () => nav.show('settings'), command: true },
  { id: 'check.title', group: 'app', act: () => nav.show('check'), command: true },
  { id: 'keys.theme', group: 'app', act: () => void prefs.set('theme', prefs.dark ? 'light' : 'dark'), command: true },
  { id: 'keys.keys', group: 'app', act: () => (nav.layer = 'keys'), command: true },
  { id: 'keys.quit', group: 'app', act: () => (nav.quitting = true), command: true },
];

/** Keys that stay what they are: they stand for places, or belong to every text and list. */
export const FIXED: readonly { keys: string; word: Word; group: Group }[] = [
  { keys: 'Alt+1 … 4', word: 'keys.pages', group: 'go' },
  { keys: 'Ctrl+1 … 9', word: 'keys.nth', group: 'go' },
  { keys: 'Ctrl+Tab', word: 'keys.recent', group: 'go' },
  { keys: 'Enter', word: 'keys.send', group: 'chat' },
  { keys: 'Shift+Enter', word: 'keys.line', group: 'chat' },
  { keys: '↑', word: 'keys.edit', group: 'chat' },
  { keys: 'Esc', word: 'keys.escape-does', group: 'app' },
];

export function commandEntries(): { name: string; keys: string; act: () => void }[] {
  return BINDINGS.flatMap(({ command, id, act }) => (command === true && act !== undefined ? [{ name: t(id), keys: keys.of(id), act }] : []));
}

/** Of the number row, by position: 1 to 9, else 0. */
function digit(event: KeyboardEvent): number {
  return /^Digit[1-9]$/.test(event.code) ? Number(event.code.slice(5)) : 0;
}

function plain(event: KeyboardEvent, ctrl: boolean, alt: boolean): boolean {
  return event.ctrlKey === ctrl && event.altKey === alt && !event.shiftKey && !event.metaKey;
}

/** Handles a key of the whole window; true when it was one. */
export function press(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  if (nav.alone !== null) {
    // What else the keys do is the main window's.
    if (!keys.is(event, 'keys.close')) return false;
    closeChat(nav.alone);
    return true;
  }
  const page = plain(event, false, true) ? PAGES[digit(event) - 1] : undefined;
  if (page !== undefined) {
    nav.show(page);
    return true;
  }
  if (plain(event, true, false) && digit(event) > 0) {
    const chat = sortChats(store.state.chats.values(), prefs.values.chat_order === 'unread')[digit(event) - 1];
    if (chat !== undefined) nav.open(chat.key);
    return true;
  }
  if (event.ctrlKey && event.key === 'Tab') {
    byRecency(event.shiftKey ? -1 : 1);
    return true;
  }
  if (keys.isBack(event, 'keys.panes')) {
    pane(-1);
    return true;
  }
  const binding = BINDINGS.find(({ id, act }) => act !== undefined && (keys.is(event, id) || (id === 'keys.keys' && event.ctrlKey && event.key === '?')));
  binding?.act?.();
  return binding !== undefined;
}

function nextUnread(): void {
  const unread = sortChats(store.state.chats.values(), true).filter((chat) => chat.unread > 0 && chat.key !== nav.chat);
  if (unread[0] !== undefined) nav.open(unread[0].key);
}

/** The order of the walk stands while Control is held, else it would only go to and fro. */
let walk: string[] | null = null;
let at = 0;
function byRecency(step: number): void {
  if (walk === null) {
    walk = nav.recent.filter((key) => store.state.chats.has(key));
    at = 0;
    addEventListener('keyup', (event) => { if (event.key === 'Control') walk = null; }, { capture: true });
  }
  if (walk.length === 0) return;
  at = (at + step + walk.length) % walk.length;
  nav.open(walk[at] ?? null);
}

/** The next pane: rail, list, main. */
function pane(step: number): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((p) => p.offsetParent !== null);
  const now = panes.findIndex((p) => p.contains(document.activeElement));
  const next = panes[(now + step + panes.length) % panes.length];
  for (const wanted of ['textarea', '[aria-current="page"]', '[role="tree"]', '[role="listbox"]', 'input', 'button', '[tabindex="0"]']) {
    const target = [...(next?.querySelectorAll<HTMLElement>(wanted) ?? [])].find((element) => element.offsetParent !== null);
    if (target === undefined) continue;
    target.focus();
    return;
  }
}
