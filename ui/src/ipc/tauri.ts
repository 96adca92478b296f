// The real door: Tauri commands of the shell.
//
// What the shell has to offer (src-tauri):
//   door(command: Command) -> Reply                   rejects with a Problem
//   changes(channel: Channel<Change>)                 first a snapshot, then events in order; see `Change`
//   open_link(url: string)                            http, https, mailto, tel only; the shell checks it again
//   set_title(title: string), set_dark(dark: boolean)
//   look_at(conversations: string[])                  the chat before the person's eyes
//   save_view(view: string), load_view() -> string | null      opaque text of at most 16 KiB, kept for this account

import { Channel, invoke } from '@tauri-apps/api/core';
import { asProblem, type AnyCommand, type Change, type Door, type ReplyTo } from './door';

async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
  try {
    return await invoke<T>(name, args);
  } catch (thrown) {
    throw asProblem(thrown);
  }
}

export const tauriDoor: Door = {
  request: <C extends AnyCommand>(command: C) => call<ReplyTo<C>>('door', { command }),
  changes: (listener) => {
    const channel = new Channel<Change>();
    channel.onmessage = listener;
    return call('changes', { channel });
  },
  openLink: (url) => call('open_link', { url }),
  setTitle: (title) => call('set_title', { title }),
  lookAt: (conversations) => call('look_at', { conversations }),
  setDark: (dark) => call('set_dark', { dark }),
  saveView: (view) => call('save_view', { view }),
  loadView: () => call('load_view', {}),
};
