// The words of the page in the person's language. `t('key', {…})` in a template follows a change of the language.

import { IntlMessageFormat } from 'intl-messageformat';
import { catalogue, ENGLISH, LANGUAGES, type Key, type Language, type Texts } from './catalogues';

/** A language of the catalogues, or a pseudo-locale for tests. */
export type Locale = Language | 'en-XA' | 'ar-XB';
export type Args = Record<string, string | number | boolean | Date>;

class Words {
  locale = $state.raw<Locale>('en');
  #texts = $state.raw<Texts>({});
  #formats = new Map<string, IntlMessageFormat>();
  #pseudo: ((message: string) => ReturnType<typeof import('./pseudo').pseudo>) | null = null;

  get direction(): 'ltr' | 'rtl' {
    return this.locale === 'ar-XB' ? 'rtl' : 'ltr';
  }

  /** For Intl: the person's own region where the system's language is the same one, e.g. `de-AT`. */
  readonly intl = $derived(regional(this.locale));

  async use(locale: Locale): Promise<void> {
    const isPseudo = locale === 'en-XA' || locale === 'ar-XB';
    this.#pseudo = isPseudo ? (await import('./pseudo')).pseudo : null;
    const own = isPseudo || locale === 'en' ? ENGLISH : { ...ENGLISH, ...(await catalogue(locale)) };
    this.#formats.clear();
    this.locale = locale;
    this.#texts = own;
    document.documentElement.lang = isPseudo ? 'en' : locale;
    document.documentElement.dir = this.direction;
  }

  text(key: string, args?: Args): string {
    const message = this.#texts[key];
    if (message === undefined) return key;
    if (this.#pseudo === null && !message.includes('{') && !message.includes("'")) return message;
    // A translation that asks for what the page does not fill in: the words as they are, not a broken page.
    return this.filled(key, args) ?? message;
  }

  /** The text where all that it asks for is there; null where something is missing, or there is no such text. */
  filled(key: string, args?: Args): string | null {
    const message = this.#texts[key];
    if (message === undefined) return null;
    let format = this.#formats.get(key);
    if (format === undefined) {
      format = this.#parse(key, message);
      this.#formats.set(key, format);
    }
    try {
      return String(format.format(args));
    } catch {
      return null;
    }
  }

  has(key: string): boolean {
    return key in this.#texts;
  }

  #parse(key: string, message: string): IntlMessageFormat {
    try {
      return new IntlMessageFormat(this.#pseudo?.(message) ?? message, this.intl);
    } catch {
      // A broken translation is no reason for a broken page.
      return new IntlMessageFormat(ENGLISH[key] ?? key, 'en');
    }
  }
}

function regional(locale: Locale): string {
  const language = locale.startsWith('en') || locale === 'ar-XB' ? 'en' : locale;
  return navigator.languages.find((wanted) => wanted.split('-')[0] === language && isTag(wanted)) ?? (language === 'en' ? 'en-GB' : language);
}

/** Systems name languages in ways that the browser's own formats refuse, such as `en_GB.UTF-8`. */
function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length > 0;
  } catch {
    return false;
  }
}

export const words = new Words();

export function t(key: Key, args?: Args): string {
  return words.text(key, args);
}

/** A text whose key is made from a value of the door; `otherwise` where the catalogue does not know the value. */
export function tOr(key: string, otherwise: string, args?: Args): string {
  return words.has(key) ? words.text(key, args) : otherwise;
}

/** The language to begin with: the setting, else the system's. */
export function chooseLocale(setting: string | null): Locale {
  if (setting === 'en-XA' || setting === 'ar-XB') return setting;
  const known = (wanted: string) => LANGUAGES.find((language) => language === wanted.split('-')[0]);
  if (setting !== null && setting !== 'system') return known(setting) ?? 'en';
  return navigator.languages.map(known).find((found) => found !== undefined) ?? 'en';
}
