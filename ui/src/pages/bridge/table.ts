// The status table as people read and edit it.

import type { Availability, TableRow } from '../../ipc';

export const SHOWS: readonly TableRow['show'][] = ['available', 'away', 'xa', 'dnd'];
export const DIRECTIONS: readonly TableRow['direction'][] = ['both', 'to-lync', 'to-xmpp'];
const CHOSEN: readonly Availability[] = ['available', 'busy', 'do-not-disturb', 'be-right-back', 'away', 'off-work'];

/** What can stand on the Lync side: nobody can choose to be offline there. */
export function lyncOf(direction: TableRow['direction']): readonly Availability[] {
  return direction === 'to-xmpp' ? [...CHOSEN, 'offline'] : CHOSEN;
}

/** The mark that stands for a state of XMPP. */
export const MARKS: Record<TableRow['show'], Availability> = { available: 'available', away: 'away', xa: 'away', dnd: 'do-not-disturb', unavailable: 'offline' };

export const NEW_ROW: TableRow = { show: 'away', text: '', direction: 'both', lync: 'away', note: '' };

/** The rows with one moved by a step; at the ends nothing changes. */
export function moved(rows: readonly TableRow[], from: number, step: 1 | -1): TableRow[] {
  const to = from + step;
  const [one, other] = [rows[from], rows[to]];
  if (one === undefined || other === undefined) return [...rows];
  return rows.with(from, other).with(to, one);
}
