// Rules about the source itself, which no compiler keeps.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => /\.(svelte|ts|css)$/.test(file) && !file.endsWith('.test.ts'));
const sources = files.map((file) => ({ file, text: readFileSync(`src/${file}`, 'utf8') }));
/** The style of a component or a style sheet, without comments. */
const styles = sources
  .map(({ file, text }) => ({ file, css: (file.endsWith('.css') ? text : (/<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? '')).replace(/\/\*[\s\S]*?\*\//g, '') }))
  .filter(({ css }) => css !== '');

test('only src/ipc/tauri.ts speaks to Tauri', () => {
  const others = sources.filter(({ text }) => /@tauri-apps|__TAURI/.test(text)).map(({ file }) => file);
  expect(others.sort()).toEqual(['ipc/index.ts', 'ipc/tauri.ts']);
});

test('pages know src/ipc by its one entrance only', () => {
  const wrong = sources.filter(({ file, text }) => !file.startsWith('ipc/') && /from '[./]*\/ipc\//.test(text)).map(({ file }) => file);
  expect(wrong).toEqual([]);
});

test('styles use logical properties only', () => {
  const physical = /(^|[;{\s])(margin|padding|border)-(left|right|top|bottom)\b|(^|[;{\s])(left|right|top|bottom|width|height|min-width|min-height|max-width|max-height)\s*:|text-align:\s*(left|right)|float:|(padding|margin):\s*\S+\s+\S+\s+\S+\s+\S+\s*;/;
  const wrong = styles.flatMap(({ file, css }) =>
    css.split('\n').filter((line) => !line.includes('@media') && physical.test(line) && !/(padding|margin):\s*(\S+)\s+(\S+)\s+(\S+)\s+\3\s*;/.test(line)).map((line) => `${file}: ${line.trim()}`),
  );
  expect(wrong).toEqual([]);
});

test('no component has a colour of its own or a base token', () => {
  const allowed = /--(white|person-\d)\b/;
  const wrong = styles
    .filter(({ file }) => !file.startsWith('look/'))
    .flatMap(({ file, css }) => css.split('\n').filter((line) => (/#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\(/i.test(line) || /--(ink|blue|green|red|plum|amber|orange|coal|night|sky|mint|coral|pink|gold|peach)-/.test(line)) && !allowed.test(line)).map((line) => `${file}: ${line.trim()}`));
  expect(wrong).toEqual([]);
});

test('a text from outside is never made into HTML', () => {
  const wrong = sources.filter(({ text }) => /\{@html|innerHTML|insertAdjacentHTML|document\.write|srcdoc/.test(text)).map(({ file }) => file);
  expect(wrong).toEqual([]);
});

test('nothing remote is loaded', () => {
  const wrong = sources.filter(({ file, text }) => !file.startsWith('ipc/fake') && /(src|href)="https?:|url\(\s*['"]?https?:|fetch\(|XMLHttpRequest|WebSocket/.test(text)).map(({ file }) => file);
  expect(wrong).toEqual([]);
});
