import { describe, expect, test } from 'vitest';
import { keys, readKeys, refusal, strokeOf, USUAL } from './keys.svelte';
import { prefs } from './prefs.svelte';

const press = (key: string, more: KeyboardEventInit = {}) => new KeyboardEvent('keydown', { key, ...more });

describe('a stroke', () => {
  test('names letters by character and the number row by position', () => {
    expect(strokeOf(press('f', { ctrlKey: true, code: 'KeyF' }))).toBe('Ctrl+F');
    expect(strokeOf(press('F', { ctrlKey: true, shiftKey: true }))).toBe('Ctrl+Shift+F');
    // French keyboards give "&" on the first key of the number row.
    expect(strokeOf(press('&', { ctrlKey: true, code: 'Digit1' }))).toBe('Ctrl+1');
    expect(strokeOf(press('?', { ctrlKey: true, shiftKey: true }))).toBe('Ctrl+?');
    expect(strokeOf(press('+', { ctrlKey: true }))).toBe('Ctrl++');
  });

  test('is none for a modifier alone', () => {
    expect(strokeOf(press('Control', { ctrlKey: true }))).toBeNull();
    expect(strokeOf(press('l', { metaKey: true }))).toBeNull();
  });

  test('that types, that is AltGr, or that has a fixed meaning is refused', () => {
    expect(refusal('A')).toBe('plain');
    expect(refusal('Shift+A')).toBe('plain');
    expect(refusal('Ctrl+Alt+E')).toBe('altgr');
    expect(refusal('Ctrl+C')).toBe('reserved');
    expect(refusal('Alt+1')).toBe('reserved');
    expect(refusal('F5')).toBeNull();
    expect(refusal('Ctrl+Shift+U')).toBeNull();
  });

  test('each usual key could also be chosen, and none clashes', () => {
    for (const stroke of Object.values(USUAL)) if (stroke !== '') expect(refusal(stroke), stroke).toBeNull();
    for (const id of Object.keys(USUAL) as (keyof typeof USUAL)[]) expect(keys.clashes(id)).toEqual([]);
  });
});

describe('changed keys', () => {
  test('are read for what can be read, the rest is as usual', () => {
    expect(readKeys('{"keys.quit":"Ctrl+Shift+Q","keys.new":"n","keys.none":"F9","keys.find":7}')).toEqual({ 'keys.quit': 'Ctrl+Shift+Q' });
    for (const broken of ['', '{', 'null', '[]', '"x"', '{"keys.quit":']) expect(readKeys(broken)).toEqual({});
  });

  test('clash on both sides, and are heard', async () => {
    await keys.set('keys.new', 'Ctrl+U');
    expect(keys.clashes('keys.unread')).toEqual(['keys.new']);
    expect(keys.clashes('keys.new')).toEqual(['keys.unread']);
    expect(keys.is(press('u', { ctrlKey: true }), 'keys.new')).toBe(true);
    await keys.set('keys.new', USUAL['keys.new']);
    expect(prefs.values.keys).toBe('{}');
    expect(keys.anyChanged).toBe(false);
  });

  test('go backwards with Shift', () => {
    expect(keys.isBack(press('F3', { shiftKey: true }), 'keys.find-next')).toBe(true);
    expect(keys.isBack(press('F3'), 'keys.find-next')).toBe(false);
    expect(keys.isBack(press('S', { ctrlKey: true, shiftKey: true }), 'keys.status')).toBe(false);
  });
});
