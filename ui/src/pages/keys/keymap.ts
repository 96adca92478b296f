// Every key of the window, in one list: what is pressed, what it says, what it does. The page of keys, the switcher's commands
// and the listener read the same list. Letters match by character, the number row by position (other layouts).

import type { Key as Word } from '../../words/catalogues';
import { t } from '../../words/words.svelte';
import { closeChat, pauseBridge } from '../../state/acts';
import { nav, PAGES } from '../../state/nav.svelte';
import { prefs } from '../../state/prefs.svelte';
import { sortChats } from '../../state/roster';
import { store } from '../../state/store.svelte';

export interface Binding {
  /** As shown: `Ctrl+Shift+F`. */
  keys: string;
  word: Word;
  group: 'go' | 'chat' | 'own' | 'app';
  act?: () => void;
  /** Offered as a command in the switcher. */
  command?: boolean;
  matches?: (event: KeyboardEvent) => boolean;
}

function plain(event: KeyboardEvent, ctrl: boolean, shift: boolean, alt: boolean): boolean {
  return event.ctrlKey === ctrl && event.shiftKey === shift && event.altKey === alt && !event.metaKey;
}
const ctrl = (key: string) => (event: KeyboardEvent) => plain(event, true, false, false) && event.key.toLowerCase() === key;
const ctrlShift = (key: string) => (event: KeyboardEvent) => plain(event, true, true, false) && event.key.toLowerCase() === key;

export const BINDINGS: readonly Binding[] = [
  { keys: 'Ctrl+K', word: 'keys.switcher', group: 'go', act: () => (nav.layer = 'switcher'), matches: ctrl('k') },
  { keys: 'Ctrl+N', word: 'keys.new', group: 'go', act: () => (nav.layer = 'new-message'), command: true, matches: ctrl('n') },
  { keys: 'Ctrl+U', word: 'keys.unread', group: 'go', act: nextUnread, command: true, matches: ctrl('u') },
  { keys: 'Ctrl+Shift+F', word: 'keys.search', group: 'go', act: () => (nav.layer = 'search'), command: true, matches: ctrlShift('f') },
  { keys: 'Alt+1 … 4', word: 'keys.pages', group: 'go', matches: pageKey, act: undefined },
  { keys: 'Ctrl+1 … 9', word: 'keys.nth', group: 'go' },
  { keys: 'Ctrl+Tab', word: 'keys.recent', group: 'go' },
  { keys: 'F6', word: 'keys.panes', group: 'go' },
  { keys: 'Ctrl+F', word: 'keys.find', group: 'chat' },
  { keys: 'F3', word: 'keys.find-next', group: 'chat' },
  { keys: 'Ctrl+I', word: 'keys.card', group: 'chat' },
  { keys: 'Ctrl+W', word: 'keys.close', group: 'chat', act: () => { if (nav.chat !== null) closeChat(nav.chat); }, matches: (e) => ctrl('w')(e) && nav.page === 'chats' },
  { keys: 'Enter', word: 'keys.send', group: 'chat' },
  { keys: 'Shift+Enter', word: 'keys.line', group: 'chat' },
  { keys: '↑', word: 'keys.edit', group: 'chat' },
  { keys: 'Ctrl+Shift+S', word: 'keys.status', group: 'own', act: () => (nav.layer = 'status'), command: true, matches: ctrlShift('s') },
  { keys: 'Ctrl+Shift+N', word: 'keys.note', group: 'own', act: () => (nav.layer = 'note'), command: true, matches: ctrlShift('n') },
  { keys: 'Ctrl+Shift+P', word: 'keys.pause', group: 'own', act: () => pauseBridge(store.state.paused.paused ? 'resume' : null), command: true, matches: ctrlShift('p') },
  { keys: 'Ctrl+,', word: 'keys.settings', group: 'app', act: () => nav.show('settings'), command: true, matches: ctrl(',') },
  { keys: '', word: 'check.title', group: 'app', act: () => nav.show('check'), command: true },
  { keys: '', word: 'keys.theme', group: 'app', act: () => void prefs.set('theme', document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark'), command: true },
  { keys: 'F1', word: 'keys.keys', group: 'app', act: () => (nav.layer = 'keys'), command: true, matches: (e) => plain(e, false, false, false) && e.key === 'F1' || (e.ctrlKey && e.key === '?') },
  { keys: 'Esc', word: 'keys.escape-does', group: 'app' },
  { keys: 'Ctrl+Q', word: 'keys.quit', group: 'app', act: quit, command: true, matches: ctrl('q') },
];

export function commandEntries(): { name: string; keys: string; act: () => void }[] {
  return BINDINGS.flatMap(({ command, word, keys, act }) => (command === true && act !== undefined ? [{ name: t(word), keys, act }] : []));
}

/** Of the number row, by position: 1 to 9, else 0. */
function digit(event: KeyboardEvent): number {
  return /^Digit[1-9]$/.test(event.code) ? Number(event.code.slice(5)) : 0;
}

function pageKey(event: KeyboardEvent): boolean {
  return plain(event, false, false, true) && digit(event) > 0 && digit(event) <= PAGES.length;
}

/** Handles a key of the whole window; true when it was one. */
export function press(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  if (pageKey(event)) {
    const page = PAGES[digit(event) - 1];
    if (page !== undefined) nav.show(page);
    return true;
  }
  if (plain(event, true, false, false) && digit(event) > 0) {
    const chat = sortChats(store.state.chats.values(), prefs.values.chat_order === 'unread')[digit(event) - 1];
    if (chat !== undefined) nav.open(chat.key);
    return true;
  }
  if (event.ctrlKey && event.key === 'Tab') {
    byRecency(event.shiftKey ? -1 : 1);
    return true;
  }
  if (event.key === 'F6') {
    pane(event.shiftKey ? -1 : 1);
    return true;
  }
  const binding = BINDINGS.find((b) => b.matches?.(event) === true);
  binding?.act?.();
  return binding?.act !== undefined;
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

function quit(): void {
  nav.quitting = true;
}
