import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../words/catalogues';
import { blocks, pieces } from './blocks';
import { page } from './pages';

const CODES = readdirSync('../docs/errors').map((name) => name.replace('.md', ''));

describe('the page of a code', () => {
  test('is there for every code, with all its sections and nothing left of the Markdown', () => {
    expect(CODES.length).toBeGreaterThan(30);
    for (const code of CODES) {
      const { title, body } = blocks(page(code) ?? '');
      expect(body[0]?.kind, `${code} begins with what one sees`).toBe('heading');
      expect(title, code).toMatch(new RegExp(`^${code}: `));
      expect(body.filter((block) => block.kind === 'heading').length, code).toBe(5);
      for (const block of body) {
        expect(block.text, code).not.toMatch(/^(#|```|- )/);
        if (block.kind !== 'code') expect(block.text.split('`').length % 2, `${code}: ${block.text}`).toBe(1);
      }
    }
  });

  test('keeps lines of commands and joins lines of text', () => {
    const { body } = blocks('# T\n\nOne\ntwo\n\n- a\n  b\n- c\n\n```\nx\n\n  y\n```\n');
    expect(body).toEqual([
      { kind: 'text', text: 'One two' },
      { kind: 'item', text: 'a b' },
      { kind: 'item', text: 'c' },
      { kind: 'code', text: 'x\n\n  y' },
    ]);
  });

  test('tells what is typed from words', () => {
    expect(pieces('set `a` in *Settings*: 2 * 3')).toEqual([
      { text: 'set ', kind: 'words' },
      { text: 'a', kind: 'code' },
      { text: ' in ', kind: 'words' },
      { text: 'Settings', kind: 'strong' },
      { text: ': 2 * 3', kind: 'words' },
    ]);
  });
});

test('every code has its cause in every language', async () => {
  for (const language of ['en', 'de'] as const) {
    const texts = await catalogue(language);
    // CW-4203 is Ctrl-C in a terminal, which no window shows.
    const missing = CODES.filter((code) => code !== 'CW-4203' && !(`problem.${code}` in texts && `remedy.${code}` in texts));
    expect(missing, language).toEqual([]);
  }
});
