// What the pages need and `crates/api` does not say yet, in its style. When the door learns one of these, its type moves
// to `types.ts` and nothing else changes: pages ask through `door.ts` and do not know the difference.

import type {
  BridgeAction, DeliveryState, Event, Message, OwnStatus, Problem, Side, SideState, StepState, Timestamp,
} from './types';

/** One chat: a person with all their networks, or a group. */
export interface ChatSummary {
  /** Conversations that stand behind it, one for each network. */
  conversations: { id: string; side: Side; address: string }[];
  /** Name of a group; a person's chat has none and shows the person. */
  title?: string;
  last?: StoredMessage;
  unread: number;
  /** The first text that was not read, for "new since". */
  first_unread?: string;
  pinned: boolean;
  /** What was typed and not sent. */
  draft: string;
}

/** A text of the history with what became of it. */
export interface StoredMessage extends Message {
  delivery?: DeliveryState;
  reason?: string;
  /** The bridge carried it to or from this side. */
  via?: { side: Side; state: BridgeAction };
  /** When it arrived, where that is later than it was written. */
  arrived_at?: Timestamp;
}

export interface Hit {
  message: StoredMessage;
}

/** Facts of the contact card beyond the person. */
export interface Card {
  title?: string;
  department?: string;
  company?: string;
  office?: string;
  mail?: string;
  phones: { kind: 'work' | 'mobile' | 'home' | 'other'; number: string }[];
  /** IANA name, e.g. `Europe/Berlin`. */
  time_zone?: string;
  since?: Timestamp;
}

export interface SideInfo {
  side: Side;
  address: string;
  state: SideState;
  server?: string;
  /** `SCRAM-SHA-256`, `forms`. */
  method?: string;
  since?: Timestamp;
  resumed?: Timestamp;
}

/** A row of the status table in force. `{time}` and `{date}` in texts stand for the end of a status. */
export interface TableRow {
  show: 'available' | 'away' | 'dnd' | 'xa' | 'unavailable';
  text: string;
  direction: 'both' | 'to-lync' | 'to-xmpp';
  lync: OwnStatus['availability'];
  /** Empty: the text is kept. */
  note: string;
}

export interface BridgeEntry {
  at: Timestamp;
  action: BridgeAction;
  from_side: Side;
  to_side: Side;
  /** The other person. */
  address: string;
  reason?: string;
}

/** What `wanted` adds to the questions. */
export type WantedCommand =
  /** As `send`, with a token that the message event repeats, so that the text shown at once becomes the real one. */
  | { command: 'send'; address: string; text: string; token: string }
  | { command: 'chats' }
  /** The newest texts, or those next to one: `before`, `after` and `around` are message ids, at most one of them is set. */
  | {
      command: 'history';
      conversations: string[];
      before: string | null;
      after: string | null;
      around: string | null;
      limit: number;
    }
  | { command: 'search-history'; text: string; conversations: string[] | null; limit: number }
  | { command: 'mark-read'; conversations: string[]; up_to: string }
  | { command: 'mark-unread'; conversation: string; from: string }
  | { command: 'save-draft'; conversation: string; text: string }
  | { command: 'pin-chat'; conversations: string[]; on: boolean }
  | { command: 'close-chat'; conversations: string[] }
  | { command: 'retry'; id: string; when: 'now' | 'when-back' }
  | { command: 'discard'; id: string }
  | { command: 'card'; address: string }
  | { command: 'add-contact'; address: string; group: string | null }
  | { command: 'remove-contact'; address: string }
  | { command: 'notify-available'; address: string; on: boolean }
  | { command: 'bridge' }
  | { command: 'preview-status'; preset: string; show: TableRow['show']; text: string }
  | { command: 'unset-config'; key: string }
  | { command: 'discover'; address: string }
  | { command: 'set-password'; side: Side; password: string; keep: boolean }
  | { command: 'cancel-sign-in'; side: Side }
  | { command: 'sign-out' }
  | { command: 'trust-certificate'; side: Side; fingerprint: string }
  | { command: 'about' };

export type WantedReply =
  | { reply: 'chats'; chats: ChatSummary[] }
  | { reply: 'history'; messages: StoredMessage[]; more_before: boolean; more_after: boolean }
  | { reply: 'hits'; hits: Hit[]; more: boolean }
  | ({ reply: 'card' } & Card)
  | {
      reply: 'bridge';
      sides: SideInfo[];
      enabled: boolean;
      paused: boolean;
      paused_until?: Timestamp;
      today: { across: number; waiting: number; returned: number };
      preset: string;
      table: TableRow[];
      log: BridgeEntry[];
    }
  | { reply: 'preview'; availability: OwnStatus['availability']; note: string }
  /** First run: the server of an address and the ways to sign in there. */
  | {
      reply: 'discovered';
      server: string;
      methods: ('windows' | 'forms')[];
      /** The account of a Windows session or ticket. */
      windows_account?: string;
      /** Where a password would be kept; absent when policy forbids keeping it. */
      keep_in?: string;
    }
  /** `name`: the own display name, as the directory has it. */
  | { reply: 'about'; version: string; name?: string; support_url?: string };

/** Events that the stream does not tell yet. */
export type WantedEvent =
  /** One step of a running sign-in, as `check` tells it: ended with a result, or just begun (`running`). */
  | { kind: 'step'; side: Side; step: string; state: StepState | 'running'; ms: number; message: string }
  | { kind: 'own'; status: OwnStatus }
  /** Of `state`: when the next try is. */
  | { kind: 'next-try'; side: Side; next_at: Timestamp }
  | { kind: 'read'; conversation: string; unread: number }
  /** The bridge was paused or resumed, by whatever program. */
  | { kind: 'paused'; paused: boolean; until?: Timestamp }
  | { kind: 'person-gone'; lync?: string; xmpp?: string }
  | { kind: 'message-extra'; id: string; token?: string; via?: StoredMessage['via'] };

export type AnyEvent = Event | ({ seq: number; at: Timestamp } & WantedEvent);

export type Page = 'chats' | 'people' | 'bridge' | 'settings' | 'check';

/** One item of the stream of changes. */
export type Change =
  /** First, and again whenever the shell had to subscribe anew (`resync`, a new agent). Replaces everything. */
  | { change: 'snapshot'; snapshot: { seq: number; events: AnyEvent[] } }
  | { change: 'event'; event: AnyEvent }
  /** The agent is gone; the shell tries to reach it again by itself and then sends a snapshot. */
  | { change: 'gone'; problem: Problem }
  /** Tray, notification or a link asks for a page or a chat. */
  | { change: 'show'; page: Page; address?: string };
