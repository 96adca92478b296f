// The real door: Tauri commands of the shell.
//
// What the shell has to offer (src-tauri):
//   door(command: Command) -> Reply                   rejects with a Problem
//   changes(channel: Channel<Change>)                 first a snapshot, then events in order; see `Change`
//   open_link(url: string)                            http, https, mailto, tel only; the shell checks it again
//   sign_in_page(page: string, tokenUrl: string)      https only; the cookies go to the agent and never to this page
//   set_title(title: string), set_dark(dark: boolean)
//   look_at(conversations: string[])                  the chat before the person's eyes
//   pop_out(chat: string), own_chat() -> string | null, close_own()     chats in windows of their own
//   save_report(title, name) -> Diagnosed | null      the person says where, in the dialog of the desktop; null: they do not
//   save_text(title, name, text) -> path | null
//   save_view(view: string), load_view() -> string | null      opaque text of at most 16 KiB, kept for this account

import { Channel, invoke } from '@tauri-apps/api/core';
import { asProblem, type Change, type Door, type ReplyTo } from './door';
import type { Command, Diagnosed } from './types';

async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

export const tauriDoor: Door = {
  request: <C extends Command>(command: C) => call<ReplyTo<C>>('door', { command }),
  changes: (listener) => {
    const channel = new Channel<Change>();
    channel.onmessage = listener;
    return call('changes', { channel });
  },
  saveReport: async (title, name) => (await call<Diagnosed | null>('save_report', { title, name }))?.file ?? null,
  saveText: (title, name, text) => call('save_text', { title, name, text }),
  openLink: (url) => call('open_link', { url }),
  signInPage: (page, tokenUrl) => call('sign_in_page', { page, tokenUrl }),
  setTitle: (title) => call('set_title', { title }),
  lookAt: (conversations) => call('look_at', { conversations }),
  setDark: (dark) => call('set_dark', { dark }),
  popOut: (chat) => call('pop_out', { chat }),
  ownChat: () => call('own_chat', {}),
  closeOwn: () => call('close_own', {}),
  saveView: (view) => call('save_view', { view }),
  loadView: () => call('load_view', {}),
};
