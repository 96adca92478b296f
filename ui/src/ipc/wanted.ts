// What the pages need and `crates/api` does not say yet, in its style. When the door learns one of these, `types.ts` has it and
// it goes from here: pages ask through `door.ts` and do not know the difference.

import type { Availability, BridgeReport, Card, Preset, Show, Side, TableRow, Timestamp } from './types';

/** What a card could tell besides. */
export type CardFacts = Card & {
  /** IANA name, e.g. `Europe/Berlin`. */
  time_zone?: string;
  since?: Timestamp;
};

/** What `wanted` adds to the questions. */
export type WantedCommand =
  | { command: 'retry'; id: string; when: 'when-back' }
  | { command: 'add-contact'; address: string; group: string | null }
  | { command: 'remove-contact'; address: string }
  | { command: 'notify-available'; address: string; on: boolean }
  | { command: 'trust-certificate'; side: Side; fingerprint: string }
  /** What a status becomes by the table that is being edited. */
  | { command: 'preview-status'; preset: Preset; show: Show; text: string; table: TableRow[] | null }
  /** An own table in place of the preset's; null goes back to the preset. */
  | { command: 'set-status-table'; table: TableRow[] | null };

export type WantedReply =
  /** `edited`: the table can be changed, and was; a door without it has the presets alone. */
  | ({ reply: 'bridge' } & BridgeReport & { edited: boolean })
  | { reply: 'preview'; availability: Availability; note: string };
