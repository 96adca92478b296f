import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testDoor } from '../../../tests/door';
import type { ConfigEntry, NotificationTest as Outcome } from '../../ipc';
import { EMPTY } from '../../state/state';
import { store } from '../../state/store.svelte';
import { words } from '../../words/words.svelte';
import { asText, asTyped, isElsewhere, kindOf } from './catalogue';
import NotificationTest from './NotificationTest.svelte';
import SettingRow from './SettingRow.svelte';

beforeEach(() => words.use('en'));
afterEach(cleanup);

const entry = (more: Partial<ConfigEntry>): ConfigEntry => ({ key: 'lync.address', value: 'anna@contoso.example', origin: 'user', managed: false, ...more });

test('a value that the engine refuses is kept in the field with the reason beside it', async () => {
  store.put(EMPTY, testDoor({ 'set-config': () => Promise.reject({ code: 'CW-4001', step: '', message: 'That is not an address.', remedy: 'Write it as anna@contoso.example.', detail: {} }) }));
  const onchanged = vi.fn();
  render(SettingRow, { entry: entry({}), onchanged });
  const field = screen.getByLabelText('Sign-in address') as HTMLInputElement;
  await fireEvent.input(field, { target: { value: 'anna' } });
  await fireEvent.change(field);
  expect(await screen.findByText('That is not an address. Write it as anna@contoso.example.')).toBeTruthy();
  expect(field.value).toBe('anna');
  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(onchanged).not.toHaveBeenCalled();
});

test('a value of the organisation is read only and says so in text that belongs to the field', () => {
  store.put(EMPTY, testDoor());
  render(SettingRow, { entry: entry({ origin: 'enforced', managed: true, source: '/etc/causeway/policy.toml:4' }), onchanged: () => undefined });
  const field = screen.getByLabelText('Sign-in address') as HTMLInputElement;
  expect(field.readOnly).toBe(true);
  const said = (field.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
  expect(said).toContain('Set by your organisation');
  expect(said).toContain('/etc/causeway/policy.toml:4');
  expect(screen.queryByRole('button', { name: /Reset/ })).toBeNull();
});

test('a key that this version does not know is a text under its own name', () => {
  store.put(EMPTY, testDoor());
  render(SettingRow, { entry: entry({ key: 'lync.newer', value: 'x', origin: 'built-in' }), onchanged: () => undefined });
  expect((screen.getByLabelText('lync.newer') as HTMLInputElement).value).toBe('x');
});

test('lists are typed with commas and sent as lists', () => {
  expect(asText(['a.example', 'b.example'])).toBe('a.example, b.example');
  expect(asTyped('a.example, b.example', ['x'])).toBe('a.example, b.example');
  expect(asTyped('a.example', null)).toBe('a.example');
  expect(kindOf('something.new', true)).toEqual({ type: 'switch' });
});

test.each<[Outcome, string]>([
  [{ outcome: 'shown', service: 'Plasma' }, 'Sent to Plasma.'],
  [{ outcome: 'held-back', service: 'Plasma' }, 'Nothing was shown: your desktop holds notifications back'],
  [{ outcome: 'no-service' }, 'Nothing was shown: this desktop has no service'],
  [{ outcome: 'refused', reason: 'no answer within 2 s' }, 'Nothing was shown: no answer within 2 s'],
])('what came of a test notification is said in words: %o', async (reply, said) => {
  store.put(EMPTY, testDoor({ 'test-notification': () => Promise.resolve({ reply: 'notification-test', ...reply }) }));
  render(NotificationTest);
  await fireEvent.click(screen.getByRole('button'));
  expect((await screen.findByText(new RegExp(`^${said}`))).className.includes('bad')).toBe(reply.outcome !== 'shown');
});

test('what nothing heeds is not offered, what is only newer is', () => {
  expect(['gateway.domain', 'bridge.table', 'lync.newer'].filter(isElsewhere)).toEqual(['gateway.domain', 'bridge.table']);
});
