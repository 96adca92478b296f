// The pages and dialogs that the first paint does not need: the chats are what a window opens with. What is typed into at the
// moment it opens, the switcher and the search, comes with the first script: not a letter may go elsewhere.

import { fetchSoon, later } from '../parts/later';

export const PARTS = {
  people: later(() => import('./people/PeoplePage.svelte')),
  bridge: later(() => import('./bridge/BridgePage.svelte')),
  settings: later(() => import('./settings/SettingsPage.svelte')),
  check: later(() => import('./check/CheckPage.svelte')),
  card: later(() => import('../parts/ContactCard.svelte')),
  keys: later(() => import('./keys/KeysDialog.svelte')),
  status: later(() => import('./status/StatusDialog.svelte')),
  addPerson: later(() => import('./people/AddPerson.svelte')),
  join: later(() => import('./people/JoinPeople.svelte')),
  policy: later(() => import('./settings/PolicyDialog.svelte')),
  close: later(() => import('./keys/CloseDialog.svelte')),
  groups: later(() => import('./people/GroupsDialog.svelte')),
  privacy: later(() => import('./people/PrivacyDialog.svelte')),
  groupName: later(() => import('./people/GroupNameDialog.svelte')),
  gone: later(() => import('./keys/GoneDialog.svelte')),
  quit: later(() => import('./keys/QuitDialog.svelte')),
  firstRun: later(() => import('./signin/FirstRun.svelte')),
  signIn: later(() => import('./signin/SignIn.svelte')),
} as const;

/** After the first paint. */
export function fetchParts(): void {
  fetchSoon(Object.values(PARTS));
}
