import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Fault } from '../../support/recordings.js';
import { endRunning, ROOT, run } from './run.js';

/** The advertisement interval of the labs' routers (s). */
export const INTERVAL = 0.4;

interface Side {
  readonly namespace: string;
  readonly device: string;
  readonly address: string;
}

/** A pair of routers that runs while the tests of a file do. */
export interface Lab {
  /** Where recordings may go as well. */
  readonly folder: string;
  readonly id: string;
  readonly sender: Side;
  readonly receiver: Side;
}

const PAIR = join(ROOT, 'scripts/lab/pair');
export const FAULT = join(ROOT, 'scripts/lab/fault');

/**
 * Bring a pair up before the tests of this group, and take it down after them whatever happens.
 *
 * @param log where the sender logs
 * @param interval between advertisements (s)
 * @returns how to get at it, from within tests
 */
export const useLab = (log: 'file' | 'socket' | 'filesystem', interval = INTERVAL): (() => Lab) => {
  let folder = '';
  let lab: Lab | null = null;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'live-'));
    const options = ['--version', '3', '--interval', String(interval), '--log', log];
    const { exit, stderr } = await run(PAIR, ['up', folder, ...options]);
    if (exit !== 0) throw new Error(`no lab: ${stderr}`);
    lab = JSON.parse(readFileSync(join(folder, 'lab.json'), 'utf8')) as Lab;
  });
  afterAll(async () => {
    await endRunning();
    const { exit, stderr } = await run(PAIR, ['down', folder]);
    rmSync(folder, { recursive: true, force: true });
    if (exit !== 0) throw new Error(`the lab was not taken down: ${stderr}`);
  });
  return () => {
    if (!lab) throw new Error('the lab is not up');
    return lab;
  };
};

/** A fault, and how it was made. */
export interface InjectedFault extends Fault {
  readonly how: string;
}

/** What was injected into a lab so far, in the order in which it ended. */
export const readTruth = ({ folder }: Lab): InjectedFault[] =>
  readFileSync(join(folder, 'truth.ndjson'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as InjectedFault);
