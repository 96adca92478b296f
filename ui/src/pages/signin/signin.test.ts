import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDoor } from '../../../tests/door';
import type { ConfigEntry, Problem } from '../../ipc';
import { own } from '../../state/own.svelte';
import { EMPTY } from '../../state/state';
import { store } from '../../state/store.svelte';
import { words } from '../../words/words.svelte';
import { Answers } from './answers.svelte';
import SignIn from './SignIn.svelte';

beforeEach(() => words.use('en'));
afterEach(cleanup);

const entry = (key: string, value: ConfigEntry['value']): ConfigEntry => ({ key, value, origin: 'user', managed: false });

function failed(code: Problem['code'], entries: ConfigEntry[]): ReturnType<typeof testDoor> {
  const door = testDoor({
    'show-config': () => ({ reply: 'config', file: '', entries, issues: [] }),
    'set-password': () => ({ reply: 'password-taken', kept: 'key-store' }),
  });
  const error: Problem = { code, step: 'signing-in', message: 'No.', remedy: '', detail: {} };
  store.put({ ...EMPTY, phase: 'there', links: { lync: { state: 'refused', since: '', error, steps: [], nextTry: null, lost: null } } }, door);
  render(SignIn);
  return door;
}

test('the address is the one of the configuration, also where it was changed elsewhere', async () => {
  own.address = 'anna@contoso.example';
  failed('CW-1201', [entry('lync.address', 'ben@contoso.example')]);
  expect(await screen.findByText('Signing in as ben@contoso.example')).toBeTruthy();
});

test('a corrected user name stands before the new password is tried, and the old one is not tried with it', async () => {
  const door = failed('CW-1201', [entry('lync.user', 'anna')]);
  const user = screen.getByLabelText('User name') as HTMLInputElement;
  await waitFor(() => expect(user.value).toBe('anna'));
  await fireEvent.input(user, { target: { value: 'CONTOSO\\anna' } });
  await fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'right' } });
  await fireEvent.submit(document.getElementById('password-form') as HTMLFormElement);
  await waitFor(() => expect(door.asked.at(-1)?.command).toBe('set-password'));
  expect(door.asked.slice(-3)).toMatchObject([{ command: 'set-config', key: 'lync.user', value: 'CONTOSO\\anna' }, { command: 'cancel-sign-in' }, { command: 'set-password' }]);
});

test('a password is not given to Windows authentication alone', async () => {
  const door = failed('CW-1202', [entry('lync.method', 'windows')]);
  await waitFor(() => expect(door.asked.length).toBeGreaterThan(0));
  await fireEvent.click(screen.getByRole('button', { name: 'Use my password' }));
  await fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'right' } });
  await fireEvent.submit(document.getElementById('password-form') as HTMLFormElement);
  await waitFor(() => expect(door.asked.at(-1)?.command).toBe('set-password'));
  expect(door.asked).toContainEqual({ command: 'set-config', key: 'lync.method', value: 'automatic' });
});

test('the way to sign in that was chosen is kept where no server was found', async () => {
  const door = testDoor();
  store.put(EMPTY, door);
  const answers = new Answers();
  [answers.address, answers.method] = ['anna@contoso.example', 'windows'];
  await answers.save(false);
  expect(door.asked).toContainEqual({ command: 'set-config', key: 'lync.method', value: 'windows' });
  expect(door.asked.at(-1)).toEqual({ command: 'sign-in', side: 'lync' });
});

test('a password is wanted for the form, unless it stands in a file', async () => {
  const answers = (file: string | null) => {
    store.put(EMPTY, testDoor({ 'show-config': () => ({ reply: 'config', file: '', entries: [entry('lync.password_file', file)], issues: [] }) }));
    return new Answers();
  };
  expect(answers(null).passwordWanted).toBe(true);
  const managed = answers('/etc/causeway/password');
  await waitFor(() => expect(managed.passwordWanted).toBe(false));
});
