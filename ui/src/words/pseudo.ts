// The pseudo-locales: English with accents and brackets, 40 % longer, to find what is not translated, what is cut off and
// what is built by joining. `en-XA` runs left to right, `ar-XB` right to left.

import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';

const ACCENTED: Record<string, string> = {
  a: 'á', b: 'ƀ', c: 'ç', d: 'ð', e: 'é', f: 'ƒ', g: 'ĝ', h: 'ĥ', i: 'í', j: 'ĵ', k: 'ķ', l: 'ļ', m: 'ɱ', n: 'ñ', o: 'ö', p: 'þ',
  q: 'ǫ', r: 'ŕ', s: 'š', t: 'ţ', u: 'û', v: 'ṽ', w: 'ŵ', x: 'ẋ', y: 'ý', z: 'ž', A: 'Å', B: 'Ɓ', C: 'Ç', D: 'Ð', E: 'É', F: 'Ƒ',
  G: 'Ĝ', H: 'Ĥ', I: 'Î', J: 'Ĵ', K: 'Ķ', L: 'Ļ', M: 'Ṁ', N: 'Ñ', O: 'Ö', P: 'Þ', Q: 'Ǫ', R: 'Ŕ', S: 'Š', T: 'Ţ', U: 'Û', V: 'Ṽ',
  W: 'Ŵ', X: 'Ẋ', Y: 'Ý', Z: 'Ž',
};

/** The message with every text of it accented; what is filled in stays as it is. */
export function pseudo(message: string): MessageFormatElement[] {
  const elements = parse(message);
  accent(elements);
  const letters = message.replace(/\{[^}]*\}/g, '').length;
  const more = '~'.repeat(Math.max(1, Math.ceil(letters * 0.4)));
  return [literal('['), ...elements, literal(`${more}]`)];
}

function accent(elements: MessageFormatElement[]): void {
  for (const element of elements) {
    if (element.type === TYPE.literal) element.value = element.value.replace(/[a-z]/gi, (c) => ACCENTED[c] ?? c);
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      for (const option of Object.values(element.options)) accent(option.value);
    }
  }
}

function literal(value: string): MessageFormatElement {
  return { type: TYPE.literal, value };
}
