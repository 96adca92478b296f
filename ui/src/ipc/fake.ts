// A lively fake of the agent for designers and tests, in a plain browser (`npm run dev`). Parameters of the address:
//   people=5000   that many more people              texts=10000  a chat with that many texts (Olaf Ek)
//   big=1000000   one text of that many characters there
//   chats=300     that many unread chats              rate=50      events a second; 0.4 is usual
//   still         nothing happens by itself           first-run    nothing is set up
//   sign-in=CODE  the sign-in fails with that code, e.g. CW-1202; sign-in=STEP hangs at that step; the one after the first run with it
//   no-key-store  passwords are kept in memory alone
//   state=STATE   the Lync link in that state         gone         the agent ends after the start
//   xmpp=CODE     the XMPP link in trouble with that code: CW-2001 refused, CW-2002 unreachable, CW-2004 no password
//   no-tray       the desktop has no tray            no-notifications  nor a service for notifications
//   own=KEY       the window of that chat alone
//   unsent=N      that many texts wait               page=closing, page=quit  the questions before an end
//   page=…        chats people bridge settings check   chat=ADDRESS opens that chat
//   check=CODE    the check fails with that code       theme= lang= text= density=   look, not kept

import { asProblem, type Door, type ReplyTo } from './door';
import { answer } from './fake/answers';
import { FAILURES, XMPP_TROUBLE } from './fake/ladder';
import { arrives, live, signIn } from './fake/life';
import { World } from './fake/world';
import type { Command, SideState, View } from './types';

export function fakeDoor(params: URLSearchParams): Door {
  const world = new World(params);
  return {
    async request<C extends Command>(command: C): Promise<ReplyTo<C>> {
      try {
        return (await answer(world, command)) as ReplyTo<C>;
      } catch (thrown) {
        throw asProblem(thrown);
      }
    },
    async changes(listener) {
      world.listener = listener;
      begin(world);
    },
    async saveReport(_title, name) {
      await new Promise((done) => setTimeout(done, params.has('still') ? 0 : 1_500));
      return `/home/anna/${name}`;
    },
    async saveText(_title, name) {
      return `/home/anna/${name}`;
    },
    async openLink(url) {
      window.open(url, '_blank', 'noopener');
    },
    async signInPage(page) {
      window.open(page, '_blank', 'noopener');
    },
    async setTitle(title) {
      document.title = title;
    },
    async lookAt() {
      // Nobody notifies here.
    },
    async setDark() {
      // A browser paints its own ground.
    },
    async popOut(chat) {
      const address = new URL(location.href);
      address.searchParams.set('own', chat);
      window.open(address, chat, 'popup,width=460,height=600');
    },
    async ownChat() {
      return params.get('own');
    },
    async closeOwn() {
      window.close();
    },
    async saveView(view) {
      sessionStorage.setItem('view', view);
    },
    async loadView() {
      return params.has('still') ? null : sessionStorage.getItem('view');
    },
  };
}

function begin(world: World): void {
  const { params } = world;
  const failing = params.get('sign-in');
  if (failing !== null) world.lync = 'signed-out';
  const state = params.get('state') as SideState | null;
  if (state !== null) world.lync = state;
  const trouble = XMPP_TROUBLE[params.get('xmpp') ?? ''];
  if (trouble !== undefined) world.xmpp = trouble.state;
  world.listener(world.snapshot());
  if (trouble !== undefined) world.tell({ kind: 'state', side: 'xmpp', ...trouble });
  if (trouble?.state === 'reconnecting') world.tell({ kind: 'next-try', side: 'xmpp', next_at: new Date(Date.now() + 42_000).toISOString() });
  if (failing !== null && !params.has('first-run')) void signIn(world, 'lync', failing === 'ok' ? null : failing);
  if (state === 'reconnecting') world.tell({ kind: 'next-try', side: 'lync', next_at: new Date(Date.now() + 12_000).toISOString() });
  const page = params.get('page') as View | null;
  const chat = params.get('chat');
  if (page !== null || chat !== null) world.listener({ change: 'show', page: page ?? 'chats', ...(chat !== null && { address: chat }) });
  if (params.has('typing')) setTimeout(() => world.tell({ kind: 'typing', conversation: 'c-ben.rodman', address: 'sip:ben.rodman@contoso.example', on: true }), 200);
  if (params.has('gone')) {
    world.listener({ change: 'gone', problem: { code: 'CW-4105', step: 'window', message: 'Causeway does not run', remedy: 'Start Causeway again; what was accepted is kept and is sent then', detail: {} } });
  }
  if (!params.has('still')) live(world);
  // For tests, which let somebody write at their own moment.
  Object.assign(globalThis, {
    fakeWrites: (address: string, words: string) => {
      const talk = world.talks.find(({ summary }) => summary.conversations.some((c) => c.address === address));
      if (talk !== undefined) arrives(world, talk, words);
    },
  });
}

/** Codes that `sign-in=` knows, for tests that walk through all of them. */
export const FAILING = Object.keys(FAILURES);
