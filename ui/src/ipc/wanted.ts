// What the pages need and `crates/api` does not say yet, in its style. When the door learns one of these, `types.ts` has it and
// it goes from here: pages ask through `door.ts` and do not know the difference.

import type { BridgeAction, OwnStatus, Side, SideState, StepState, Timestamp } from './types';

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
  | { command: 'retry'; id: string; when: 'when-back' }
  | { command: 'card'; address: string }
  | { command: 'add-contact'; address: string; group: string | null }
  | { command: 'remove-contact'; address: string }
  | { command: 'notify-available'; address: string; on: boolean }
  | { command: 'bridge' }
  /** What a status becomes by the table in force, or by one that is being edited. */
  | { command: 'preview-status'; preset: string; show: TableRow['show']; text: string; table: TableRow[] | null }
  /** An own table in place of the preset's; null goes back to the preset. */
  | { command: 'set-status-table'; table: TableRow[] | null }
  | { command: 'unset-config'; key: string }
  | { command: 'discover'; address: string }
  | { command: 'set-password'; side: Side; password: string; keep: boolean }
  | { command: 'sign-out' }
  | { command: 'trust-certificate'; side: Side; fingerprint: string }
  | { command: 'desktop' }
  | { command: 'start-at-login'; on: boolean }
  /** Asks the desktop for a notification, by the way that every other goes. */
  | { command: 'test-notification' }
  | { command: 'about' };

export type WantedReply =
  | ({ reply: 'card' } & Card)
  | {
      reply: 'bridge';
      sides: SideInfo[];
      enabled: boolean;
      paused: boolean;
      paused_until?: Timestamp;
      today: { across: number; waiting: number; returned: number };
      preset: string;
      /** The table was changed and is no longer the preset's. */
      edited: boolean;
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
  /** What the desktop offers the agent. */
  | { reply: 'desktop'; tray: boolean; starts_at_login: boolean }
  /** `service`: name of the notification service; `reason`: why it showed nothing. */
  | { reply: 'notification-test'; shown: boolean; service?: string; reason?: string }
  /** `name`: the own display name, as the directory has it. */
  | { reply: 'about'; version: string; name?: string; support_url?: string };

/** Events that the stream does not tell yet. */
export type WantedEvent =
  /** One step of a running sign-in, as `check` tells it: ended with a result, or just begun (`running`). */
  | { kind: 'step'; side: Side; step: string; state: StepState | 'running'; ms: number; message: string }
  /** Of `state`: when the next try is. */
  | { kind: 'next-try'; side: Side; next_at: Timestamp }
  | { kind: 'person-gone'; lync?: string; xmpp?: string };
