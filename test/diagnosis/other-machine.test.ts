/** Advertisements of another machine pass the capture points in an order that nobody told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import { requestOf } from '../../src/model/request.js';
import { captureOf } from '../support/build-sender.js';
import { allLate, MS, S, Scene, US } from '../support/scene.js';

describe('advertisements of another machine', () => {
  it('are not said to have left this VM late, though they came late into it', async () => {
    const scene = new Scene().calm(12);
    const source = '192.168.205.9';
    const theirs = scene.packets.map((packet, i) => ({
      ...packet,
      id: packet.id + 1000,
      at: packet.at + 14 * S + (i >= 8 ? 900 * MS : 0),
      priority: 100,
      router: { ...packet.router, source },
    }));
    const scratch = mkdtempSync(join(tmpdir(), 'whylate-other-'));
    try {
      const [trace, near, far] = ['trace.jsonl', 'near.pcap', 'far.pcap'].map((name) => join(scratch, name));
      writeFileSync(trace!, `${scene.machine.lines(0, scene.sender.clock + 400 * MS).join('\n')}\n`);
      // One of them waits on its way into the VM, so that the next interval is longer on the tap than inside.
      const inside = theirs.map((packet) => ({
        ...packet,
        at: packet.at + (packet.at === theirs[7]?.at ? 500 * MS : 200 * US),
      }));
      writeFileSync(near!, captureOf([...scene.packets, ...inside], 5 * US));
      writeFileSync(far!, captureOf([...scene.packets, ...theirs], 60 * US));
      const captures = [
        { name: 'sender', path: near! },
        { name: 'tap', path: far! },
      ];
      const answer = await analyze(requestOf({ traces: [trace!], captures }));
      const late = allLate(answer);
      expect(late.length).toBeGreaterThan(0);
      for (const { id, cause, where, summary } of late) {
        expect({ id, cause, where }).toEqual({ id, cause: 'insufficient-evidence', where: 'unknown' });
        expect(id).toContain(source);
        expect(summary).toContain('cannot be explained');
      }
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
