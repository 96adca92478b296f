import { afterEach, expect, test } from 'vitest';
import { DEFAULTS, prefs } from './prefs.svelte';

afterEach(() => localStorage.clear());

test.each(['not JSON', 'null', '[]', '{"theme":"purple","density":7,"text_size":"9999","language":"zz","enter_sends":"perhaps"}'])('a broken copy of the looks counts as none: %s', async (stored) => {
  localStorage.setItem('causeway.window', stored);
  await prefs.load(new URLSearchParams());
  expect(prefs.values).toEqual(DEFAULTS);
  expect(document.documentElement.dataset['theme']).toBe('light');
  expect(document.documentElement.dataset['text']).toBe('14');
});

test('a value of the configuration that this version cannot use counts as the default', async () => {
  await prefs.load(new URLSearchParams());
  prefs.take([
    { key: 'window.density', value: 'tiny', origin: 'user', managed: false },
    { key: 'window.theme', value: 'dark', origin: 'enforced', managed: true },
  ]);
  expect(prefs.values.density).toBe('comfortable');
  expect(prefs.values.theme).toBe('dark');
  expect(prefs.managed.has('window.theme')).toBe(true);
});
