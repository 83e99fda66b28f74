/** Recordings beside each other. */
import { describe, expect, it } from 'vitest';
import { expectWellEnded, MADE, useSetting } from './support/ending.js';
import {
  isRecording,
  listTools,
  loopbackScript,
  makePlace,
  readSession,
  startRecord,
  usePackets,
  waitFor,
} from './support/recordings.js';

const setting = useSetting('vm.stat_interval');

usePackets();

describe('two recordings at once', () => {
  it('do not disturb each other, and do not change the same setting', async () => {
    const places = [makePlace(), makePlace()] as const;
    // One machine has one folder of journals.
    const shared = { ...places[1], env: places[0].env };
    const first = startRecord(places[0], loopbackScript('60s', setting.line));
    await waitFor('the first records', () => isRecording(places[0]));
    const refused = await startRecord(shared, loopbackScript('2s', setting.line)).ended;
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('is being changed by another recording');
    const third = makePlace();
    const other = startRecord({ ...third, env: places[0].env }, loopbackScript('2s'));
    expect((await other.ended).code).toBe(0);
    expect(listTools(readSession(places[0].folder).recording).join()).toMatch(/tcpdump.*bpftrace/);
    expect(setting.read()).toBe(MADE);
    first.child.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    for (const { folder } of [places[0], third]) expectWellEnded(places[0], setting, 'trace', folder);
  });
});
