// How the window looks and behaves. The values are keys `window.*` of the configuration; a copy stays in the page's own
// storage, because theme and size have to be right before the agent answers.

import type { ConfigEntry } from '../ipc';
import { LANGUAGES } from '../words/catalogues';
import { chooseLocale, words } from '../words/words.svelte';
import { store } from './store.svelte';

export const DEFAULTS = {
  theme: 'system',
  language: 'system',
  text_size: '14',
  density: 'comfortable',
  chat_order: 'time',
  enter_sends: 'true',
  say_typing: 'false',
  /** What was changed of the keys, as JSON; `keys.svelte.ts` reads it. */
  keys: '{}',
};

export type Pref = keyof typeof DEFAULTS;

const SWITCH = ['true', 'false'] as const;
/** What each of them can be; anything else, wherever it comes from, counts as the default. */
export const CHOICES = {
  theme: ['system', 'light', 'dark'],
  language: ['system', ...LANGUAGES],
  text_size: ['12', '13', '14', '15', '16', '18', '20'],
  density: ['comfortable', 'compact', 'dense'],
  chat_order: ['time', 'unread'],
  enter_sends: SWITCH,
  say_typing: SWITCH,
} as const satisfies Partial<Record<Pref, readonly string[]>>;

/** The pseudo-locales of tests are chosen by the page's address only. */
function usable(name: Pref, value: string): boolean {
  const choices: readonly string[] | undefined = name in CHOICES ? CHOICES[name as keyof typeof CHOICES] : undefined;
  return choices === undefined || choices.includes(value);
}
const STORAGE = 'causeway.window';

class Prefs {
  values = $state.raw<Record<Pref, string>>({ ...DEFAULTS });
  /** Keys that the administrator has set. */
  managed = $state.raw<ReadonlySet<string>>(new Set());
  /** The page is dark, by choice or as the system is. */
  dark = $state(false);
  /** Keys that the engine keeps; the others live in this window only. */
  #kept = new Set<string>();
  #system = globalThis.matchMedia?.('(prefers-color-scheme: dark)');
  /** Designers and tests choose a look by the address of the page; that is not kept. */
  #fixed: Partial<Record<Pref, string>> = {};

  async load(search: URLSearchParams): Promise<void> {
    const stored = read();
    this.#fixed = {
      ...(search.get('theme') !== null && { theme: search.get('theme') ?? '' }),
      ...(search.get('lang') !== null && { language: search.get('lang') ?? '' }),
      ...(search.get('text') !== null && { text_size: search.get('text') ?? '' }),
      ...(search.get('density') !== null && { density: search.get('density') ?? '' }),
    };
    this.values = { ...DEFAULTS, ...stored, ...this.#fixed };
    this.#system?.addEventListener('change', () => this.#show());
    this.#show();
    await words.use(chooseLocale(this.values.language));
  }

  /** The engine's configuration has come. */
  take(entries: ConfigEntry[]): void {
    const values = { ...this.values };
    const managed = new Set<string>();
    for (const { key, value, managed: locked } of entries) {
      const name = key.replace(/^window\./, '');
      if (!key.startsWith('window.')) continue;
      if (locked) managed.add(key);
      if (!isPref(name)) continue;
      this.#kept.add(name);
      if (value !== null && this.#fixed[name] === undefined) values[name] = usable(name, String(value)) ? String(value) : DEFAULTS[name];
    }
    this.managed = managed;
    this.#apply(values);
  }

  async set(name: Pref, value: string): Promise<void> {
    this.#fixed = { ...this.#fixed, [name]: undefined };
    this.#apply({ ...this.values, [name]: value });
    if (this.#kept.has(name)) await store.request({ command: 'set-config', key: `window.${name}`, value });
  }

  #apply(values: Record<Pref, string>): void {
    const language = values.language !== this.values.language;
    this.values = values;
    write(values);
    this.#show();
    if (language) void words.use(chooseLocale(values.language));
  }

  #show(): void {
    const root = document.documentElement;
    this.dark = this.values.theme === 'dark' || (this.values.theme === 'system' && this.#system?.matches === true);
    root.dataset['theme'] = this.dark ? 'dark' : 'light';
    root.dataset['density'] = this.values.density;
    root.dataset['text'] = this.values.text_size;
  }
}

function isPref(name: string): name is Pref {
  return name in DEFAULTS;
}

function read(): Partial<Record<Pref, string>> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    return Object.fromEntries(Object.entries(stored).filter(([name, value]) => isPref(name) && typeof value === 'string' && usable(name, value)));
  } catch {
    return {};
  }
}

function write(values: Record<Pref, string>): void {
  try {
    localStorage.setItem(STORAGE, JSON.stringify(values));
  } catch {
    // A full or forbidden storage costs the person nothing but the copy.
  }
}

export const prefs = new Prefs();
