import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testDoor } from '../../../tests/door';
import type { CheckStep } from '../../ipc';
import { EMPTY, LADDER } from '../../state/state';
import { store } from '../../state/store.svelte';
import { words } from '../../words/words.svelte';
import CheckPage from './CheckPage.svelte';

beforeEach(() => words.use('en'));
afterEach(cleanup);

test('an account that is not set up is one line, not a ladder of steps that were not tried', async () => {
  const steps = (side: CheckStep['side'], state: CheckStep['state']) => LADDER.map((step): CheckStep => ({ side, step, state, ms: 1, message: '', detail: {} }));
  store.put(EMPTY, testDoor({ check: () => ({ reply: 'check', steps: [...steps('lync', 'ok'), ...steps('xmpp', 'skip')] }) }));
  render(CheckPage);
  expect(await screen.findByText('No XMPP account is set up')).toBeTruthy();
  expect(screen.getAllByRole('listitem')).toHaveLength(LADDER.length);
  expect(screen.queryByText('Not tried')).toBeNull();
});
