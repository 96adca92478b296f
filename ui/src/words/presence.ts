// Presence in words. The word is never missing: shape and colour only repeat it.

import type { Availability, OwnStatus } from '../ipc';
import { isReady, type Key, type Seen, type State } from '../state/state';
import { t, tOr, words } from './words.svelte';
import { ago, time, until } from './when.svelte';

export function presenceWord(availability: Availability): string {
  return tOr(`presence.${availability}`, t('presence.unknown'));
}

/** A well-known token in the person's language, else the server's own words. */
export function activityWord(activity: string): string {
  return activity === '' ? '' : tOr(`activity.${activity}`, activity);
}

/** One line for lists: what the person does where that is known, else the word of the state with its time. */
export function presenceLine(seen: Seen, stale: string | null = null): string {
  const activity = activityWord(seen.activity);
  const idle = seen.availability === 'busy-idle' || seen.availability === 'available-idle';
  let line: string;
  if (activity !== '') line = idle ? t('presence.idle-activity', { activity }) : activity;
  else if (seen.availability === 'available-idle' && seen.lastActive) line = t('presence.idle-for', { ago: ago(seen.lastActive) });
  else if (seen.availability === 'offline' && seen.lastActive) line = t('presence.offline-for', { ago: ago(seen.lastActive) });
  else line = presenceWord(seen.availability);
  if (seen.until && Date.parse(seen.until) > Date.now()) line = t('presence.until', { what: line, time: until(seen.until) });
  return stale === null ? line : t('presence.as-of', { what: line, time: time(stale) });
}

/** For the accessible name and the card: always with the word of the state. */
export function presenceFull(seen: Seen): string {
  const activity = activityWord(seen.activity);
  const word = presenceWord(seen.availability);
  return activity === '' || activity === word ? word : t('presence.with-activity', { word, activity });
}

/** Since when what is shown of a person may be old: no link that tells it is up, or no agent. */
export function staleSince(state: State, key: Key): string | null {
  const { lync, xmpp } = state.people.get(key)?.addresses ?? {};
  const sides = [lync !== undefined && state.links.lync, xmpp !== undefined && state.links.xmpp].filter((link) => typeof link === 'object');
  if (sides.length === 0 || sides.some((link) => isReady(link))) return state.goneSince;
  return sides[0]?.lost ?? sides[0]?.since ?? state.goneSince;
}

/** Why the own status is what it is. */
export function reasonWord(own: OwnStatus): string {
  if (own.reason === 'you' && own.until) return t('reason.you-until', { time: until(own.until) });
  return t(`reason.${own.reason}`);
}

/** A list as the language writes it. */
export function listed(names: string[]): string {
  return new Intl.ListFormat(words.intl, { type: 'conjunction' }).format(names);
}
