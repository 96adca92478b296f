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
  await prefs.load(new URLSearchParams(__FAKE__ ? location.search : ''));
  if (__FAKE__ && new URLSearchParams(location.search).has('marks')) {
    mount((await import('./Marks.svelte')).default, { target: document.body });
    return;
  }
  clock.start();
  const door = await openDoor();
  store.use(door);
  await nav.restore(await door.ownChat().catch(() => null));
  mount(App, { target: document.getElementById('app') as HTMLElement });
  // Whose account it is decides between first run and pages; without an answer the pages are the better guess.
  const config = door.request({ command: 'show-config' }).then((reply) => own.take(reply.entries), () => own.take([{ key: 'lync.address', value: '?', origin: 'built-in', managed: false }]));
  await store.open(door, (wish) => void arrive(wish), () => void loadAfterSnapshot().then(() => nav.alone !== null && beginChat(nav.alone)));
  await config;
}

start().catch((thrown: unknown) => notices.fail(thrown));
