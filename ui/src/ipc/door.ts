// What the window asks of whoever stands behind it. `tauri.ts` is the real one, `fake.ts` one for designers and tests.

import type { Command, Event, Problem, Reply, Snapshot, View } from './types';

/** The reply that belongs to each question; those that are not named here are answered with `done`. */
interface Replies {
  check: 'check';
  contacts: 'people';
  presence: 'presence';
  'get-status': 'status';
  'set-status': 'status';
  'reset-status': 'status';
  send: 'sent';
  search: 'search';
  'group-members': 'group-members';
  privacy: 'privacy';
  'set-privacy': 'privacy';
  'show-config': 'config';
  links: 'links';
  chats: 'chats';
  chat: 'chats';
  retry: 'sent';
  history: 'history';
  'search-history': 'hits';
  card: 'card';
  bridge: 'bridge';
  'preview-status': 'preview';
  discover: 'discovered';
  unsent: 'unsent';
  desktop: 'desktop';
  'test-notification': 'notification-test';
  about: 'about';
  'set-password': 'password-taken';
}

export type ReplyTo<C extends Pick<Command, 'command'>> = Extract<
  Reply,
  { reply: C['command'] extends keyof Replies ? Replies[C['command']] : 'done' }
>;

/** One item of the stream of changes, as the shell tells it (`src-tauri/src/follow.rs`). */
export type Change =
  /** First, and again whenever the shell had to subscribe anew (`resync`, a new agent). Replaces everything. */
  | { change: 'snapshot'; snapshot: Snapshot }
  | { change: 'event'; event: Event }
  /** The agent is gone; the shell tries to reach it again by itself and then sends a snapshot. */
  | { change: 'gone'; problem: Problem }
  /** Tray, notification or a link asks for a page or a chat. */
  | { change: 'show'; page?: View; address?: string };

export interface Door {
  /** Carries out a command. Rejects with a {@link Problem}, never with anything else. */
  request<C extends Command>(command: C): Promise<ReplyTo<C>>;
  /** Begins the stream of changes; there is one for the life of the page. */
  changes(listener: (change: Change) => void): Promise<void>;
  /** Has a report for a help desk written where the person wants it; null where they changed their mind. */
  saveReport(title: string, name: string): Promise<string | null>;
  /** Saves a text where the person wants it; where that is, or null where they changed their mind. */
  saveText(title: string, name: string, text: string): Promise<string | null>;
  /** Opens a link in the person's browser or mail program. */
  openLink(url: string): Promise<void>;
  /** Opens the sign-in page that the server wants in a window of its own; the shell hands its cookies to the agent. */
  signInPage(page: string, tokenUrl: string): Promise<void>;
  /** Title of the window, with unread number and own status. */
  setTitle(title: string): Promise<void>;
  /** The chat before the person's eyes, scrolled to its end: the agent notifies of every other one. Empty: none. */
  lookAt(conversations: string[]): Promise<void>;
  /** The page is dark or light: the ground of this window and of the next one before its page is there. */
  setDark(dark: boolean): Promise<void>;
  /** Opens a chat in a window of its own, or brings that window to the person. */
  popOut(chat: string): Promise<void>;
  /** The chat whose own window this is; null in the main window. */
  ownChat(): Promise<string | null>;
  /** Closes the own window of a chat. */
  closeOwn(): Promise<void>;
  /** Keeps where the page is, so that a window that was ended opens at the same place. */
  saveView(view: string): Promise<void>;
  loadView(): Promise<string | null>;
}

/** Any thrown thing as a problem. */
export function asProblem(thrown: unknown): Problem {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return { step: '', remedy: '', detail: {}, ...thrown } as Problem;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'CW-9001', step: 'window', message, remedy: '', detail: {} };
}
