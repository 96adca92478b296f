// The people of the fake: both networks, every presence, names that test a page.

import type { Availability, Card, Network, Person, Subscription } from '../types';

export interface Actor extends Person {
  card: Card;
  until?: number;
  lastActive?: number;
}


/** `name, local part, networks, availability, activity, note, groups, more`. `l` Lync, `x` XMPP, `lx` both. */
function actor(
  name: string,
  local: string,
  networks: 'l' | 'x' | 'lx',
  availability: Availability,
  activity: string,
  note: string,
  groups: string[],
  more: Partial<Card> & { until?: number; lastActive?: number; default?: Network } = {},
): Actor {
  const { until, lastActive, default: chosen, ...card } = more;
  return {
    name,
    addresses: {
      ...(networks.includes('l') && { lync: `sip:${local}@contoso.example` }),
      ...(networks.includes('x') && { xmpp: `${local.replace(/[.-]/g, '')}@oso.example` }),
    },
    default: chosen ?? (networks === 'x' ? 'xmpp' : 'lync'),
    availability,
    activity,
    note,
    groups,
    card: { phones: [], ...card },
    ...(until !== undefined && { until }),
    ...(lastActive !== undefined && { lastActive }),
  };
}

export function cast(): Actor[] {
  const favourites = ['Favourites'];
  const network = ['Network team'];
  const world = ['Offices abroad'];
  return [
    actor('Ben Rodman', 'ben.rodman', 'lx', 'available', '', 'In the Hamburg office this week', [...favourites, ...network], {
      title: 'Network engineer', department: 'Infrastructure', office: 'Hamburg 2.07', mail: 'ben.rodman@contoso.example',
      phones: [{ kind: 'work', number: '+49 40 555 0117' }, { kind: 'mobile', number: '+49 151 555 0117' }],
    }),
    actor('Carla Weiss', 'carla', 'x', 'away', '', 'Lunch til 13:30', favourites, { title: 'Project lead', mail: 'carla@oso.example', until: -33 }),
    actor('Eun-ji Oh', 'eun-ji.oh', 'lx', 'do-not-disturb', 'presenting', 'Quarter close. Call Greta for urgent things.', favourites, {
      title: 'Head of Operations', department: 'Operations', office: 'Hamburg 3.12', mail: 'eun-ji.oh@contoso.example',
      phones: [{ kind: 'work', number: '+49 40 555 0123' }], until: 27,
    }),
    actor('Greta Holm', 'greta.holm', 'l', 'busy-idle', 'on-the-phone', '', favourites, { title: 'Controller', lastActive: -7 }),
    actor('Dmitri Petrov', 'dmitri.petrov', 'l', 'be-right-back', '', '', [...favourites, ...network], { title: 'Systems administrator' }),
    actor('Hanna Lind', 'hanna.lind', 'l', 'available-idle', '', '', network, { lastActive: -6, office: 'Stockholm 1.2' }),
    actor('Olaf Ek', 'olaf.ek', 'l', 'busy', 'in-a-meeting', '', network, { until: 57 }),
    actor('Farid Mansour', 'farid.mansour', 'lx', 'offline', '', '', network, { lastActive: -121, title: 'Security' }),
    actor('Ivo Kranjc', 'ivo', 'x', 'unknown', '', '', ['Partners']),
    actor('Jana Nováková', 'jana', 'x', 'available', '', 'Ask me about the gateway', ['Partners']),
    actor('Kenji Watanabe 渡辺健二', 'kenji.watanabe', 'l', 'off-work', '', 'Back on Monday 🌸', world, {}),
    actor('ليلى حداد', 'leila.haddad', 'l', 'available', '', 'أعمل من البيت اليوم', world, {}),
    actor('נועה לוי', 'noa.levi', 'l', 'busy', 'in-a-conference', 'בפגישה עד 15:00', world),
    actor('Maximiliane Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst', 'maximiliane.hohenlohe', 'l', 'away', '',
      'Betriebsversammlung im großen Saal; ab Donnerstag wieder am Platz, in dringenden Fällen bitte die Vertretung anrufen: Greta Holm, Durchwahl 0118, oder das Sekretariat im dritten Stock.',
      ['Geschäftsführung und Aufsichtsrat der Contoso Beteiligungsgesellschaft mbH'], { title: 'Vorsitzende des Aufsichtsrats' }),
    actor('invoice\u202Egnp.exe', 'odd.name', 'l', 'offline', '', '', [], {}),
    actor('Zoë', 'zoe', 'x', 'do-not-disturb', '', '', []),
  ];
}

/** Further people for long lists. */
export function crowd(count: number): Actor[] {
  const first = ['Ada', 'Bruno', 'Chiara', 'David', 'Elif', 'Finn', 'Gül', 'Henrik', 'Ines', 'Jonas', 'Kofi', 'Lena', 'Mateo', 'Nadia', 'Otto', 'Petra'];
  const last = ['Adler', 'Bianchi', 'Costa', 'Dahl', 'Eriksen', 'Fischer', 'Gomez', 'Hansen', 'Ivanov', 'Jung', 'Keller', 'Larsen', 'Meyer', 'Nagy', 'Öz', 'Pohl', 'Quist'];
  const states: Availability[] = ['available', 'available-idle', 'busy', 'away', 'offline', 'be-right-back', 'unknown', 'do-not-disturb'];
  return Array.from({ length: count }, (_, i) => {
    const name = `${first[i % first.length]} ${last[Math.floor(i / first.length) % last.length]} ${i + 1}`;
    const group = `Department ${String.fromCharCode(65 + (i % 24))}`;
    return actor(name, `person${i + 1}`, i % 5 === 0 ? 'lx' : i % 3 === 0 ? 'x' : 'l', states[(i * 7) % states.length] ?? 'unknown', '', '', [group]);
  });
}

export function subscriptions(people: Actor[]): Subscription[] {
  return people
    .flatMap(({ addresses }) => (addresses.xmpp === undefined ? [] : [addresses.xmpp]))
    .map((address, i): Subscription => ({
      address,
      you_see_them: address.startsWith('ivo') ? 'asked' : 'yes',
      they_see_you: address.startsWith('jana') ? 'wanted' : i % 4 === 3 ? 'no' : 'yes',
    }));
}

/** Who is in the directory and not in the list. */
export function directory(): Actor[] {
  return [
    actor('Bente Rodrigues', 'bente.rodrigues', 'l', 'available', '', '', [], { title: 'Sales' }),
    actor('Benedikt Carlsen', 'benedikt.carlsen', 'l', 'offline', '', '', [], { title: 'Facilities' }),
    actor('Caroline Weil', 'caroline.weil', 'l', 'busy', '', '', []),
    actor('Uwe Sander', 'uwe.sander', 'l', 'away', '', '', []),
  ];
}
