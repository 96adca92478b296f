// The bridge page of the fake.

import type { BridgeEntry, TableRow } from '../types';

export const TABLES: Record<string, TableRow[]> = {
  standard: [
    { show: 'available', text: '', direction: 'both', lync: 'available', note: '' },
    { show: 'away', text: '', direction: 'both', lync: 'be-right-back', note: '' },
    { show: 'xa', text: '', direction: 'both', lync: 'away', note: '' },
    { show: 'dnd', text: '', direction: 'both', lync: 'do-not-disturb', note: '' },
    { show: 'dnd', text: 'Meeting til {time}', direction: 'both', lync: 'busy', note: '' },
  ],
  openscape: [
    { show: 'available', text: '', direction: 'both', lync: 'available', note: '' },
    { show: 'dnd', text: 'Meeting til {time}', direction: 'to-lync', lync: 'busy', note: 'Meeting til: {time}' },
    { show: 'away', text: 'Lunch til {time}', direction: 'to-lync', lync: 'away', note: 'Lunch til: {time}' },
    { show: 'away', text: 'Sick til {date}', direction: 'to-lync', lync: 'away', note: 'Sick til: {date}' },
    { show: 'xa', text: 'Out of Office til {date}', direction: 'to-lync', lync: 'away', note: 'Out of Office til: {date}' },
    { show: 'dnd', text: '', direction: 'both', lync: 'do-not-disturb', note: '' },
    { show: 'xa', text: '', direction: 'to-xmpp', lync: 'off-work', note: '' },
  ],
};

export function bridgeLog(now: number): BridgeEntry[] {
  const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  return [
    { at: at(2), action: 'relayed', from_side: 'lync', to_side: 'xmpp', address: 'sip:ben.rodman@contoso.example' },
    { at: at(8), action: 'answered', from_side: 'xmpp', to_side: 'lync', address: 'sip:ben.rodman@contoso.example' },
    { at: at(40), action: 'bounced', from_side: 'xmpp', to_side: 'lync', address: 'sip:eun-ji.oh@contoso.example', reason: 'the person does not want to be disturbed (RemoteFailure/DoNotDisturb)' },
    { at: at(95), action: 'dropped', from_side: 'xmpp', to_side: 'lync', address: 'carla@oso.example', reason: 'an echo of the bridge' },
    { at: at(130), action: 'queued', from_side: 'lync', to_side: 'xmpp', address: 'sip:greta.holm@contoso.example', reason: 'waits for an answer to “who do you mean?”' },
  ];
}

export function preview(table: TableRow[], show: TableRow['show'], text: string): { availability: TableRow['lync']; note: string } {
  const word = (row: TableRow) => row.text.split(' til')[0]?.toLowerCase() ?? '';
  const row =
    table.find((r) => r.show === show && r.text !== '' && text.toLowerCase().startsWith(word(r)) && r.direction !== 'to-xmpp') ??
    table.find((r) => r.show === show && r.text === '' && r.direction !== 'to-xmpp');
  return { availability: row?.lync ?? 'unknown', note: text };
}
