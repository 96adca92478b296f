// Times as people read them. One clock for the page, and only while the page is seen.

import { t, words } from './words.svelte';

class Clock {
  now = $state.raw(new Date());
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Ticks each half minute while the page is visible. */
  start(): void {
    const follow = () => {
      clearInterval(this.#timer);
      if (document.visibilityState !== 'visible') return;
      this.now = new Date();
      this.#timer = setInterval(() => (this.now = new Date()), 30_000);
    };
    document.addEventListener('visibilitychange', follow);
    follow();
  }
}

export const clock = new Clock();

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a moment that cannot be read is shown as. */
const NO_TIME = '–';

function format(name: string, options: Intl.DateTimeFormatOptions): { format: (at: Date) => string } {
  const key = `${words.intl} ${name}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat(words.intl, options);
    formats.set(key, found);
  }
  const { format: write } = found;
  return { format: (at) => (Number.isNaN(at.getTime()) ? NO_TIME : write(at)) };
}

/** 14:02 */
export function time(at: string | Date): string {
  return format('time', { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
}

/** Saturday, 21 November 2026 at 14:02:10 */
export function exact(at: string | Date): string {
  return format('exact', { dateStyle: 'full', timeStyle: 'medium' }).format(new Date(at));
}

/** 21 Nov 2026 */
export function date(at: string | Date): string {
  return format('date', { dateStyle: 'medium' }).format(new Date(at));
}

/** Days between two moments as a calendar has them. */
export function daysAgo(at: Date, now: Date): number {
  const midnight = (day: Date) => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  return Math.round((midnight(now) - midnight(at)) / 86_400_000);
}

/** The line above the texts of a day. */
export function day(at: string): string {
  const then = new Date(at);
  const ago = daysAgo(then, clock.now);
  if (ago === 0) return t('when.today');
  if (ago === 1) return t('when.yesterday');
  if (ago > 0 && ago < 7) return format('weekday', { weekday: 'long' }).format(then);
  return format('day', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(then);
}

/** In a list: the time today, else the day. */
export function listTime(at: string): string {
  const then = new Date(at);
  const ago = daysAgo(then, clock.now);
  if (ago <= 0) return time(then);
  if (ago === 1) return t('when.yesterday');
  if (ago < 7) return format('short-weekday', { weekday: 'short' }).format(then);
  return format('short-date', { day: 'numeric', month: 'short', ...(ago > 300 && { year: 'numeric' }) }).format(then);
}

/** "15:00" today, "Tue 15:00" within a week, else the date. */
export function until(at: string): string {
  const then = new Date(at);
  const ahead = -daysAgo(then, clock.now);
  if (ahead === 0) return time(then);
  if (ahead > 0 && ahead < 7) return format('until', { weekday: 'short', hour: '2-digit', minute: '2-digit' }).format(then);
  return format('until-date', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).format(then);
}

/** How long ago, roughly: "6 min", "2 h", "3 days". */
export function ago(at: string): string {
  const minutes = Math.max(0, Math.floor((clock.now.getTime() - Date.parse(at)) / 60_000));
  if (Number.isNaN(minutes)) return NO_TIME;
  if (minutes < 60) return t('when.minutes', { n: minutes });
  if (minutes < 48 * 60) return t('when.hours', { n: Math.floor(minutes / 60) });
  return t('when.days', { n: Math.floor(minutes / 1440) });
}

/** "31 ms", "0.4 s", "12 s" */
export function seconds(ms: number, whole = false): string {
  if (ms < 95) return t('when.milliseconds', { n: Math.round(ms) });
  const digits = whole || ms >= 10_000 ? 0 : 1;
  return t('when.seconds', { n: new Intl.NumberFormat(words.intl, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(ms / 1000) });
}
