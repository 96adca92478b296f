import './look/page.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { openDoor } from './ipc';
import { beginChat, loadAfterSnapshot } from './state/acts';
import { arrive } from './state/arrive';
import { nav } from './state/nav.svelte';
import { notices } from './state/notices.svelte';
import { own } from './state/own.svelte';
import { prefs } from './state/prefs.svelte';
import { store } from './state/store.svelte';
import { clock } from './words/when.svelte';

async function start(): Promise<void> {
  const search = new URLSearchParams(__FAKE__ ? location.search : '');
  if (__FAKE__ && search.has('marks')) {
    await prefs.load(search);
    mount((await import('./Marks.svelte')).default, { target: document.body });
    return;
  }
  const door = await openDoor();
  store.use(door);
  clock.start();
  // Everything is asked for at once: each answer takes its way through the shell. What comes early waits for its place.
  const begun = Promise.all([door.ownChat().catch(() => null), door.loadView().catch(() => null), prefs.load(search)]).then(([alone, view]) => {
    nav.restore(alone, view);
    mount(App, { target: document.getElementById('app') as HTMLElement });
  });
  const opened = store.open(door, begun, (wish) => void arrive(wish), () => void loadAfterSnapshot().then(() => nav.alone !== null && beginChat(nav.alone)));
  // Whose account it is decides between first run and pages; without an answer the pages are the better guess.
  const config = door.request({ command: 'show-config' }).then((reply) => own.take(reply.entries), () => own.take([{ key: 'lync.address', value: '?', origin: 'built-in', managed: false }]));
  await Promise.all([begun, opened, config]);
}

start().catch((thrown: unknown) => notices.fail(thrown));
