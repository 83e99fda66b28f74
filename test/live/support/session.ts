import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { Answer } from '../../../src/model/answer.js';
import { FAULT, type Lab } from './lab.js';
import { whylate } from './run.js';

/** What a busy machine delays of its own accord is less than this, and what a fault delays is more. */
export const LATE_AFTER = '250ms';

/** When a fault is injected (s), which, and for how long (s). */
export type Injection = readonly [at: number, kind: string, seconds: number];

export interface Session {
  readonly folder: string;
  readonly outcome: string;
  readonly startNs: string;
  readonly endNs: string;
  readonly lateSeen: readonly unknown[];
  readonly loss: { readonly trace: { readonly dropped: number } | null };
}

/** A session script that records a lab at both ends while faults are injected. */
export const writeScript = (
  { folder, sender, receiver }: Lab,
  name: string,
  injections: readonly Injection[],
  rest: Readonly<Record<string, unknown>>,
): string => {
  const path = join(folder, `${name}.yaml`);
  const script = {
    name,
    sender: { vrid: 205, interface: sender.device, namespace: sender.namespace },
    captures: [
      { name: 'sender', interface: sender.device, namespace: sender.namespace },
      { name: 'receiver', interface: receiver.device, namespace: receiver.namespace },
    ],
    tracer: { kind: 'bpftrace' },
    late_after: LATE_AFTER,
    steps: injections.map(([at, kind, seconds]) => ({
      at: `${at}s`,
      run: [FAULT, kind, folder, '--seconds', String(seconds)],
    })),
    ...rest,
  };
  writeFileSync(path, stringify(script));
  return path;
};

/** Record a script with the real command, to the end that was planned. */
export const record = async (lab: Lab, script: string, ...options: string[]): Promise<Session> => {
  const folder = join(lab.folder, `recording-${String(process.hrtime.bigint())}`);
  const { exit, stdout, stderr } = await whylate('record', script, '--out', folder, ...options);
  expect({ exit, stdout }, stderr).toEqual({ exit: 0, stdout: `${folder}\n` });
  const session = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as Omit<Session, 'folder'>;
  return { ...session, folder };
};

/** The answer of the real command. */
export const analyze = async ({ folder }: Session): Promise<Answer> => {
  const { exit, stdout, stderr } = await whylate('analyze', '--json', '--late-after', LATE_AFTER, folder);
  expect(exit, stderr).toBe(0);
  return JSON.parse(stdout) as Answer;
};
