// What was written in the fake's chats.

import type { Chat, Past, Side } from '../types';

export const OWN = { lync: 'sip:anna@contoso.example', xmpp: 'anna@oso.example' };

export interface Talk {
  /** Of a group; told as a conversation with several people. */
  group?: { title: string; people: string[] };
  summary: Chat;
  messages: Past[];
}

type Text = [minutesAgo: number, direction: 'in' | 'out', text: string, more?: Partial<Past>];

let count = 0;

export function message(now: number, conversation: { id: string; side: Side; address: string }, [ago, direction, text, more]: Text): Past {
  count += 1;
  const own = conversation.side === 'lync' ? OWN.lync : OWN.xmpp;
  return {
    id: `m${String(count).padStart(5, '0')}`,
    conversation: conversation.id,
    side: conversation.side,
    direction,
    from: direction === 'in' ? conversation.address : own,
    to: direction === 'in' ? own : conversation.address,
    text,
    sent_at: new Date(now - ago * 60_000).toISOString(),
    late: false,
    ...(direction === 'out' && { delivery: 'delivered' as const }),
    ...more,
  };
}

function talk(
  now: number,
  conversation: { id: string; side: Side; address: string },
  texts: Text[],
  more: Partial<Chat> = {},
  others: [{ id: string; side: Side; address: string }, Text[]][] = [],
  group?: Talk['group'],
): Talk {
  const messages = [
    ...texts.map((text) => message(now, conversation, text)),
    ...others.flatMap(([other, written]) => written.map((text) => message(now, other, text))),
  ].sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1));
  const incoming = messages.filter((m) => m.direction === 'in');
  const unread = more.unread ?? 0;
  return {
    ...(group !== undefined && { group }),
    messages,
    summary: {
      conversations: [conversation, ...others.map(([other]) => other)],
      last: messages.at(-1),
      unread,
      first_unread: unread > 0 ? incoming.at(-unread)?.id : undefined,
      pinned: false,
      draft: '',
      ...more,
    },
  };
}

const DAY = 24 * 60;

/** `long` texts in the chat with Olaf Ek, and one of `big` characters at its end. */
export function talks(now: number, long: number, big: number): Talk[] {
  const sip = (local: string, id = local) => ({ id: `c-${id}`, side: 'lync' as const, address: `sip:${local}@contoso.example` });
  const jid = (local: string) => ({ id: `x-${local}`, side: 'xmpp' as const, address: `${local}@oso.example` });
  return [
    talk(now, sip('ben.rodman'), [
      [2 * DAY + 63, 'out', 'Did the certificate for pool01 arrive?'],
      [2 * DAY + 61, 'in', 'Yes, valid until 3 March. Details are in https://wiki.contoso.example/pool01/certificates and the old one is gone.'],
      [DAY + 301, 'in', 'Short note: the reverse proxy cuts long polls after 60 s. I asked for 15 minutes.'],
      [DAY + 298, 'out', 'Thank you, that explains the gaps.'],
      [11, 'in', 'Do you have ten minutes for the Lübeck cut-over? The gateway team wants a date.'],
      [8, 'out', 'Yes, after the review. I would take Thursday so that the XMPP side has a day to settle.'],
      [2, 'in', 'Sure, 14:30 works. Room 4?'],
      [1.6, 'in', 'I can bring Carla in from the XMPP side.'],
      [1, 'out', 'Room 4 is taken, let us use the small one on the third floor', { delivery: 'failed', reason: 'the person does not want to be disturbed (RemoteFailure/DoNotDisturb)' }],
    ], { unread: 2 }, [[jid('benrodman'), [[DAY + 600, 'in', 'On the phone for the rest of the day, write me here.', { via: { side: 'lync', state: 'relayed' } }]]]]),
    talk(now, jid('carla'), [
      [95, 'out', 'Are you coming to the review?', { via: { side: 'lync', state: 'answered' } }],
      [23, 'in', 'On the train, back at the desk by half past two. <b>Not bold</b> <script>alert(1)</script>', { late: true }],
    ], { unread: 1 }),
    talk(now, sip('dmitri.petrov', 'sales'), [
      [140, 'in', 'The forecast moves to Tuesday.'],
      [108, 'in', 'Dmitri: numbers are in the drive, sheet “Q4 forecast, final, really final”.'],
    ], {}, [], { title: 'Sales review', people: ['sip:dmitri.petrov@contoso.example', 'sip:eun-ji.oh@contoso.example'] }),
    talk(now, sip('eun-ji.oh'), [[130, 'in', 'The slides are with Greta.'], [125, 'out', 'thanks!']], { draft: 'One more question about slide 12: ' }),
    talk(now, sip('farid.mansour'), [[DAY + 20, 'in', 'Can you look at the firewall rule for 5061 when you are back?']]),
    talk(now, sip('greta.holm'), [[DAY + 90, 'in', 'Let me check with Olaf']], { pinned: false }),
    talk(now, jid('ivo'), [[3 * DAY, 'out', 'invitation sent', { delivery: 'sent' }]]),
    talk(now, sip('leila.haddad'), [[4 * DAY, 'in', 'صباح الخير، هل الاجتماع عبر https://meet.contoso.example/anna/7K2QD4 اليوم؟'], [4 * DAY - 2, 'out', 'Yes, at ten.']]),
    talk(now, sip('maximiliane.hohenlohe'), [
      [9 * DAY, 'in', `${'Ein sehr langer Text ohne Absatz, wie er aus einer Besprechung hereinkopiert wird. '.repeat(160)}Ende.`],
      [9 * DAY - 1, 'out', 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(3)],
    ]),
    ...(long + big > 0 ? [talk(now, sip('olaf.ek'), [...longTalk(long), ...(big > 0 ? [[20, 'in', 'lorem ipsum dolor '.repeat(big / 18)] satisfies Text] : [])])] : []),
  ];
}

/** Many texts for tests of length. */
function longTalk(length: number): Text[] {
  return Array.from({ length }, (_, i): Text => [(length - i) * 3 + 30, i % 3 === 0 ? 'out' : 'in', `Text ${i + 1}: ${'word '.repeat((i * 7) % 40)}`]);
}
