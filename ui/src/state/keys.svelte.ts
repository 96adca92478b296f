// The keys of the window: what is usual, what the person has changed, and which of them clash.
//
// A stroke is written as it is shown, `Ctrl+Shift+F`: letters by character, so that other layouts keep their labels, the number
// row by position. There is no Ctrl+Alt, which is AltGr on many keyboards.

import { prefs } from './prefs.svelte';

/** Every key that can be changed, by the word for what it does. */
export const USUAL = {
  'keys.switcher': 'Ctrl+K',
  'keys.new': 'Ctrl+N',
  'keys.unread': 'Ctrl+U',
  'keys.search': 'Ctrl+Shift+F',
  'keys.panes': 'F6',
  'keys.find': 'Ctrl+F',
  'keys.find-next': 'F3',
  'keys.card': 'Ctrl+I',
  'keys.close': 'Ctrl+W',
  'keys.status': 'Ctrl+Shift+S',
  'keys.note': 'Ctrl+Shift+N',
  'keys.pause': 'Ctrl+Shift+P',
  'keys.settings': 'Ctrl+,',
  'check.title': '',
  'keys.theme': '',
  'keys.keys': 'F1',
  'keys.quit': 'Ctrl+Q',
} as const;

export type KeyId = keyof typeof USUAL;
export type Refusal = 'plain' | 'altgr' | 'reserved';

const IDS = Object.keys(USUAL) as KeyId[];
/** What texts and lists need themselves, and what stands for places. */
const RESERVED = /^(Ctrl\+[ACVXZY]|Ctrl\+Shift\+Z|(Ctrl|Alt)\+[1-9]|Ctrl\+(Shift\+)?Tab|Shift\+F10|Alt\+F4)$/;

/** The stroke of a press, or null for a modifier alone and for what the system takes. */
export function strokeOf(event: KeyboardEvent): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified', 'Process'].includes(event.key) || event.metaKey || event.isComposing) return null;
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  const symbol = event.key.length === 1 && event.key.toLowerCase() === event.key.toUpperCase();
  const name = digit ?? (event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key);
  // Shift is part of a symbol: `?` is written without it.
  const shift = event.shiftKey && !(symbol && digit === undefined);
  return [event.ctrlKey && 'Ctrl', event.altKey && 'Alt', shift && 'Shift', name].filter(Boolean).join('+');
}

/** Why a stroke cannot be taken; null when it can. */
export function refusal(stroke: string): Refusal | null {
  if (/^Ctrl\+Alt\+/.test(stroke)) return 'altgr';
  if (RESERVED.test(stroke)) return 'reserved';
  return /^(Ctrl|Alt)\+|^(Shift\+)?F\d+$/.test(stroke) ? null : 'plain';
}

/** What the person has changed; what cannot be read or is not possible is left out. */
export function readKeys(text: string): Partial<Record<KeyId, string>> {
  try {
    const stored: unknown = JSON.parse(text);
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([id, stroke]) => id in USUAL && typeof stroke === 'string' && stroke.length < 40 && (stroke === '' || refusal(stroke) === null)));
  } catch {
    return {};
  }
}

class Keys {
  #own = $derived(readKeys(prefs.values.keys));

  of(id: KeyId): string {
    return this.#own[id] ?? USUAL[id];
  }

  changed(id: KeyId): boolean {
    return this.of(id) !== USUAL[id];
  }

  get anyChanged(): boolean {
    return IDS.some((id) => this.changed(id));
  }

  /** What else is done by the same stroke. */
  clashes(id: KeyId): KeyId[] {
    const stroke = this.of(id);
    return stroke === '' ? [] : IDS.filter((other) => other !== id && this.of(other) === stroke);
  }

  is(event: KeyboardEvent, id: KeyId): boolean {
    const stroke = this.of(id);
    return stroke !== '' && strokeOf(event) === stroke;
  }

  /** The same key with Shift, for the way back. */
  isBack(event: KeyboardEvent, id: KeyId): boolean {
    const stroke = this.of(id);
    return stroke !== '' && !stroke.includes('Shift+') && strokeOf(event) === stroke.replace(/([^+]+|\+)$/, 'Shift+$1');
  }

  async set(id: KeyId, stroke: string): Promise<void> {
    const own = Object.fromEntries(Object.entries({ ...this.#own, [id]: stroke }).filter(([other, now]) => now !== USUAL[other as KeyId]));
    await prefs.set('keys', JSON.stringify(own));
  }

  async reset(): Promise<void> {
    await prefs.set('keys', '{}');
  }
}

export const keys = new Keys();
