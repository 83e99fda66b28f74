import type { LinkFacts } from './links.js';
import type { NetworkView } from './network-files.js';
import { namePart } from './snapshot.js';
import type { Survey } from './survey.js';

/** Offloads that hold or bundle packets, as `ethtool -k` calls them. */
const OFFLOADS: Readonly<Record<string, string>> = {
  'generic-receive-offload': 'gro',
  'generic-segmentation-offload': 'gso',
  'large-receive-offload': 'lro',
  'scatter-gather': 'sg',
  'tcp-segmentation-offload': 'tso',
  'tx-checksumming': 'tx_checksum',
};

/** `tx-usecs: 64` in `ethtool -c`; `n/a` where the driver has none. */
const COALESCING: Readonly<Record<string, string>> = {
  'rx-usecs': 'rx_coalesce_us',
  'tx-usecs': 'tx_coalesce_us',
  'tx-frames': 'tx_coalesce_frames',
};

const fieldsOf = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/^\s*([\w-]+):\s*(\S+)/gm)].map(([, name = '', value = '']) => [name, value]));

/** Offloads and interrupt coalescing, where ethtool is present; a driver that knows none of it says so by failing. */
export const readOffloads = async (survey: Survey, view: NetworkView, links: readonly LinkFacts[]): Promise<void> => {
  if (links.length === 0) return;
  const probe = await view.run('ethtool', ['--version']);
  if (probe.kind !== 'ended' || probe.code !== 0) {
    survey.unread('net.offload', 'no ethtool');
    return;
  }
  await Promise.all(
    links.map(async ({ name }) => {
      const prefix = `net.${namePart(name)}`;
      const [features, coalescing] = await Promise.all([
        view.run('ethtool', ['-k', name]),
        view.run('ethtool', ['-c', name]),
      ]);
      const found = features.kind === 'ended' ? fieldsOf(features.stdout) : new Map<string, string>();
      for (const [field, short] of Object.entries(OFFLOADS)) {
        const value = found.get(field);
        if (value === 'on' || value === 'off') survey.set(`${prefix}.offload_${short}`, value === 'on');
      }
      const timing = coalescing.kind === 'ended' ? fieldsOf(coalescing.stdout) : new Map<string, string>();
      for (const [field, short] of Object.entries(COALESCING)) {
        const value = timing.get(field) ?? '';
        if (/^\d+$/.test(value)) survey.set(`${prefix}.${short}`, Number(value));
      }
    }),
  );
};
