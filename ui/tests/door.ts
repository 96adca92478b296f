// A door for component tests: gathers what is asked and answers as told.

import type { AnyCommand, Door } from '../src/ipc';
import type { AnyReply } from '../src/ipc/door';

export function testDoor(answers: Partial<Record<AnyCommand['command'], (command: never) => AnyReply | Promise<AnyReply>>> = {}): Door & { asked: AnyCommand[] } {
  const asked: AnyCommand[] = [];
  return {
    asked,
    request: async (command) => {
      asked.push(command);
      return ((await answers[command.command]?.(command as never)) ?? { reply: 'done' }) as never;
    },
    changes: async () => undefined,
    openLink: async () => undefined,
    setTitle: async () => undefined,
    lookAt: async () => undefined,
    setDark: async () => undefined,
    saveView: async () => undefined,
    loadView: async () => null,
  };
}
