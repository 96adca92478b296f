// What the pages need and `crates/api` does not say yet, in its style. When the door learns one of these, `types.ts` has it and
// it goes from here: pages ask through `door.ts` and do not know the difference.

import type { Availability, BridgeReport, Preset, Show, TableRow } from './types';

/** What `wanted` adds to the questions. */
export type WantedCommand =
  /** What a status becomes by the table that is being edited. */
  | { command: 'preview-status'; preset: Preset; show: Show; text: string; table: TableRow[] | null }
  /** An own table in place of the preset's; null goes back to the preset. */
  | { command: 'set-status-table'; table: TableRow[] | null };

export type WantedReply =
  /** `edited`: the table can be changed, and was; a door without it has the presets alone. */
  | ({ reply: 'bridge' } & BridgeReport & { edited: boolean })
  | { reply: 'preview'; availability: Availability; note: string };
