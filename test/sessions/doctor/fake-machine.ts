import type { ExaminedMachine, FolderFacts } from '../../../src/sessions/doctor/examined-machine.js';
import type { CommandOutcome } from '../../../src/sessions/environment/read-command.js';

export interface FakeMachine {
  /** Text by path; null is a file that may not be read. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly links?: Readonly<Record<string, string>>;
  /** How a command line went, by its beginning; the longest counts. The others are missing. */
  readonly commands?: Readonly<Record<string, CommandOutcome>>;
  readonly folders?: Readonly<Record<string, FolderFacts>>;
  readonly nodeVersion?: string;
}

/** A command that ended. */
export const ended = (code: number, stdout = '', stderr = ''): CommandOutcome => ({
  kind: 'ended',
  code,
  stdout,
  stderr,
});

export const DEBIAN = { '/etc/os-release': 'ID=debian\n' };

/** A machine that has exactly what is given. */
export const fakeMachine = (facts: FakeMachine): ExaminedMachine & { readonly asked: string[] } => {
  const files = facts.files ?? {};
  const asked: string[] = [];
  return {
    asked,
    nodeVersion: facts.nodeVersion ?? '20.19.0',
    kernelRelease: '6.1.0-18-amd64',
    read: (path) => {
      const text = files[path];
      if (text === undefined) return Promise.resolve({ ok: false, why: 'absent' });
      return Promise.resolve(text === null ? { ok: false, why: 'permission' } : { ok: true, text });
    },
    readBytes: () => Promise.resolve(null),
    list: (path) => {
      if (files[path] === null) return Promise.resolve({ ok: false, why: 'permission' });
      const below = Object.keys(files).filter((file) => file.startsWith(`${path}/`));
      if (below.length === 0) return Promise.resolve({ ok: false, why: 'absent' });
      const names = below.map((file) => file.slice(path.length + 1).split('/')[0] ?? '');
      return Promise.resolve({ ok: true, names: [...new Set(names)].sort() });
    },
    link: (path) => Promise.resolve(facts.links?.[path] ?? null),
    run: (command, args) => {
      const line = [command, ...args].join(' ');
      asked.push(line);
      const [best] = Object.keys(facts.commands ?? {})
        .filter((beginning) => line.startsWith(beginning))
        .sort((a, b) => b.length - a.length);
      return Promise.resolve((best === undefined ? undefined : facts.commands?.[best]) ?? { kind: 'missing' });
    },
    folder: (path) => Promise.resolve(facts.folders?.[path] ?? null),
  };
};
