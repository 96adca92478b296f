// When a status or a pause can end.

export type End = 'open' | 'half-hour' | 'hour' | 'evening' | 'tomorrow' | 'time';

/** The ends that make sense now, each with its moment. */
export function ends(now: Date): { end: Exclude<End, 'open' | 'time'>; at: Date }[] {
  const at = (hours: number, daysOn = 0) => {
    const moment = new Date(now);
    moment.setDate(moment.getDate() + daysOn);
    moment.setHours(hours, 0, 0, 0);
    return moment;
  };
  const found: { end: Exclude<End, 'open' | 'time'>; at: Date }[] = [
    { end: 'half-hour', at: new Date(now.getTime() + 30 * 60_000) },
    { end: 'hour', at: new Date(now.getTime() + 60 * 60_000) },
  ];
  if (now.getHours() < 17) found.push({ end: 'evening', at: at(18) });
  found.push({ end: 'tomorrow', at: at(8, 1) });
  return found;
}

/** `15:00` as the next such moment: today, or tomorrow where it has passed. */
export function timeToday(text: string, now: Date): Date | null {
  const [hours, minutes] = text.split(':').map(Number);
  if (hours === undefined || minutes === undefined || Number.isNaN(hours) || Number.isNaN(minutes)) return null;
  const moment = new Date(now);
  moment.setHours(hours, minutes, 0, 0);
  if (moment <= now) moment.setDate(moment.getDate() + 1);
  return moment;
}
