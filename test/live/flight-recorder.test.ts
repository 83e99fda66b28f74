import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import {
  analyze,
  countJournals,
  isRecording,
  listTools,
  loopbackScript,
  makePlace,
  readSession,
  startRecord,
  usePackets,
  waitFor,
} from './support/recordings.js';

const packets = usePackets();
let recorder: ChildProcess | null = null;
afterEach(() => {
  recorder?.kill('SIGTERM');
});

/** The packets say that they come every second: these many seconds of silence are late by one less. */
const interrupt = async (seconds: number): Promise<void> => {
  packets.kill('SIGSTOP');
  await sleep(seconds * 1e3);
  packets.kill('SIGCONT');
};

const kept = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('late-'))
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'session.json')) && readSession(path).complete);

describe('the flight recorder', () => {
  it('keeps the time around late advertisements, and goes on', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('100s'), ['--keep', '2s', '--ring', '60MB']);
    recorder = child;
    await waitFor('it records', () => isRecording(place));
    await sleep(3_000);
    await interrupt(2.5);
    await waitFor('the first is kept', () => kept(place.folder).length === 1);
    await interrupt(2.5);
    await waitFor('the second is kept', () => kept(place.folder).length === 2);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const flight = readSession(place.folder);
    expect(flight).toMatchObject({ kind: 'flight', outcome: 'interrupted' });
    expect(flight.lateSeen).toHaveLength(2);
    expect(readdirSync(place.folder)).not.toContain('ring');
    expect(listTools(flight.recording)).toEqual([]);
    for (const [i, path] of kept(place.folder).entries()) {
      const session = readSession(path);
      expect(session.lateSeen).toEqual([flight.lateSeen[i]]);
      const [from, to] = [session.window?.sinceNs, session.window?.untilNs].map((ns) => BigInt(ns ?? '0'));
      const at = BigInt(session.lateSeen[0]?.atNs ?? '0');
      // From 2 s before the packet before it to 2 s after it.
      expect(Number(at - (from ?? 0n)) / 1e9).toBeCloseTo(4.5, 0);
      expect(Number((to ?? 0n) - at) / 1e9).toBeCloseTo(2, 0);
      const answer = analyze(place, path);
      for (const role of ['trace', 'capture', 'vitals'])
        expect(answer.inputs.find((input) => input.role === role)?.records, role).toBeGreaterThan(10);
      const trace = answer.inputs.find(({ role }) => role === 'trace');
      expect(BigInt(trace?.firstNs ?? 0)).toBeGreaterThanOrEqual(from ?? 0n);
      expect(BigInt(trace?.lastNs ?? 0)).toBeLessThanOrEqual(to ?? 0n);
      expect(session.loss.captures['sender']).toMatchObject({ dropped: 0 });
      expect(answer.counters.map(({ name }) => name)).not.toContain('sysdig_json_bad_row');
      expect(readFileSync(join(path, 'environment.json'), 'utf8')).toContain('kernel.release');
    }
    expect(analyze(place).counters.map(({ name }) => name)).toContain('session_flight_folder');
  });

  it('that is killed leaves its last seconds', async () => {
    const place = makePlace();
    const { child, ended } = startRecord(place, loopbackScript('100s'), ['--keep', '2s', '--ring', '60MB']);
    recorder = child;
    await waitFor('it records', () => isRecording(place));
    await sleep(4_000);
    child.kill('SIGKILL');
    await ended;
    await waitFor('the keeper is done', () => countJournals(place) === 0, 60_000);
    const end = join(place.folder, 'end');
    expect(readSession(end)).toMatchObject({ kind: 'late', complete: false, outcome: 'killed' });
    expect(analyze(place, end).inputs.find(({ role }) => role === 'trace')?.records).toBeGreaterThan(10);
    expect(readdirSync(place.folder)).not.toContain('ring');
    expect(listTools(readSession(place.folder).recording)).toEqual([]);
  });
});
