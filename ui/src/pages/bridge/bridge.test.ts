import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testDoor } from '../../../tests/door';
import type { Problem, ReplyTo, SideInfo, SideState } from '../../ipc';
import { reduce } from '../../state/reduce';
import { EMPTY } from '../../state/state';
import { store } from '../../state/store.svelte';
import { words } from '../../words/words.svelte';
import Rail from '../Rail.svelte';
import BridgePage from './BridgePage.svelte';

const REFUSED: Problem = { code: 'CW-2001', step: 'signing-in', message: 'Not accepted.', remedy: '', detail: {} };
const LYNC: SideInfo = { side: 'lync', address: 'anna@contoso.example', state: 'ready-available', passed_over: [] };
const XMPP: SideInfo = { ...LYNC, side: 'xmpp', address: 'anna@xmpp.example' };
let door: ReturnType<typeof testDoor>;

function put(sides: SideInfo[], xmpp: { state: SideState; error?: Problem } | null): void {
  const bridge: ReplyTo<{ command: 'bridge' }> = {
    reply: 'bridge', sides, enabled: true, paused: false, today: { across: 0, waiting: 0, returned: 0 }, preset: 'standard', edited: false, table_managed: false, table: [], log: [],
  };
  door = testDoor({ bridge: () => Promise.resolve(bridge), 'show-config': () => Promise.resolve({ reply: 'config', file: '', entries: relayTo === '' ? [] : [{ key: 'bridge.relay_to', value: relayTo, origin: 'user', managed: false }], issues: [] }) });
  const at = '2026-11-21T13:00:00Z';
  const events = [{ seq: 1, at, kind: 'state' as const, side: 'lync' as const, state: 'ready-available' as const }];
  const other = xmpp === null ? [] : [{ seq: 2, at, kind: 'state' as const, side: 'xmpp' as const, ...xmpp }];
  store.put(reduce(EMPTY, [{ change: 'snapshot', snapshot: { seq: 2, events: [...events, ...other] } }]), door);
}

beforeEach(() => words.use('en'));
afterEach(cleanup);

let relayTo = 'anna@phone.example';
afterEach(() => (relayTo = 'anna@phone.example'));

test('the heading does not promise messages where they go to nobody', async () => {
  relayTo = '';
  put([LYNC, XMPP], { state: 'ready-available' });
  render(BridgePage);
  await screen.findByText('On: status crosses. Messages are relayed to nobody yet');
});

test('the heading says that both ways are open only where they are', async () => {
  put([LYNC, XMPP], { state: 'ready-available' });
  render(BridgePage);
  await screen.findByText('On: status and messages cross');
  cleanup();
  put([LYNC], null);
  render(BridgePage);
  await screen.findByText('No XMPP account is set up');
  cleanup();
  put([LYNC, XMPP], { state: 'stopped', error: { ...REFUSED, code: 'CW-2003' } });
  render(BridgePage);
  await screen.findByText('Nothing crosses — XMPP: Stopped');
});

test('a password that XMPP refused is typed again where that is said', async () => {
  put([LYNC, XMPP], { state: 'refused', error: REFUSED });
  render(BridgePage);
  await screen.findByText('Stopped: XMPP refused the password');
  const field = await screen.findByLabelText('Password');
  await fireEvent.input(field, { target: { value: 'geheim' } });
  await fireEvent.submit(field.closest('form') as HTMLFormElement);
  await vi.waitFor(() => expect(door.asked).toContainEqual({ command: 'set-password', side: 'xmpp', password: 'geheim', keep: true }));
});

test('the rail marks the bridge while XMPP is stuck', () => {
  put([LYNC, XMPP], { state: 'ready-available' });
  render(Rail);
  expect(screen.queryByText('Something is wrong')).toBeNull();
  cleanup();
  put([LYNC, XMPP], { state: 'refused', error: REFUSED });
  render(Rail);
  expect(screen.getByText('Something is wrong').closest('button')?.textContent).toContain('Bridge');
});
