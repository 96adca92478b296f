// A door for component tests: gathers what is asked and answers as told.

import type { Command, Door, Reply } from '../src/ipc';

export function testDoor(answers: Partial<Record<Command['command'], (command: never) => Reply | Promise<Reply>>> = {}): Door & { asked: Command[] } {
  const asked: Command[] = [];
  return {
    asked,
    request: async (command) => {
      asked.push(command);
      return ((await answers[command.command]?.(command as never)) ?? { reply: 'done' }) as never;
    },
    changes: async () => undefined,
    saveReport: async (_title, name) => `/home/anna/${name}`,
    saveText: async (_title, name) => `/home/anna/${name}`,
    openLink: async () => undefined,
    signInPage: async () => undefined,
    setTitle: async () => undefined,
    lookAt: async () => undefined,
    setDark: async () => undefined,
    popOut: async () => undefined,
    ownChat: async () => null,
    closeOwn: async () => undefined,
    saveView: async () => undefined,
    loadView: async () => null,
  };
}
