import { mkdtempSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { snapshotDescriptors } from '../../scripts/recorders/fd-table.js';
import { parsePeers } from '../../scripts/recorders/unix-peers.js';

describe('where unix sockets lead', () => {
  it('is read from what ss prints', () => {
    const text = `u_dgr UNCONN 0 0 /run/systemd/journal/dev-log 101 * 0
u_dgr ESTAB  0 0 * 202 * 101
u_str ESTAB  0 0 /run/a path with blanks 303 * 304
u_str ESTAB  0 0 * 304 * 303
u_str ESTAB  0 0 * 5 * 6
u_str ESTAB  0 0 * 6 * 5
nonsense
`;
    expect([...parsePeers(text)]).toEqual([
      ['202', '/run/systemd/journal/dev-log'],
      ['304', '/run/a path with blanks'],
    ]);
  });

  it('is part of a snapshot of this process', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'peers-')), 'log');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const client = connect(path);
    await new Promise((resolve) => client.once('connect', resolve));
    const own = Object.values(snapshotDescriptors()[String(process.pid)] ?? {});
    client.destroy();
    server.close();
    expect(own).toContain(`<u>${path}`);
  });
});
