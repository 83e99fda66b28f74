import { parseArray } from './json-array.js';
import type { NetworkView } from './network-files.js';
import type { Survey } from './survey.js';

/** An interface; null where it is not known. */
export interface LinkFacts {
  readonly name: string;
  /** `veth`, `bridge`, ...; null for hardware. */
  readonly kind: string | null;
  readonly mtu: number | null;
  readonly state: string | null;
  readonly txQueueLength: number | null;
  readonly txQueues: number | null;
  readonly rxQueues: number | null;
  readonly master: string | null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const fromIproute = (link: object): LinkFacts[] => {
  const field = (name: string): unknown => (link as Record<string, unknown>)[name];
  const name = textOf(field('ifname'));
  if (name === null) return [];
  const info = field('linkinfo');
  const kind =
    typeof info === 'object' && info !== null ? textOf((info as Record<string, unknown>)['info_kind']) : null;
  return [
    {
      name,
      kind,
      mtu: numberOf(field('mtu')),
      state: textOf(field('operstate')),
      txQueueLength: numberOf(field('txqlen')),
      txQueues: numberOf(field('num_tx_queues')),
      rxQueues: numberOf(field('num_rx_queues')),
      master: textOf(field('master')),
    },
  ];
};

const fromSysfs = async (survey: Survey, name: string): Promise<LinkFacts> => {
  const folder = `/sys/class/net/${name}`;
  const text = async (file: string): Promise<string | null> => {
    const reading = await survey.machine.read(`${folder}/${file}`);
    return reading.ok ? reading.text.trim() : null;
  };
  const number = async (file: string): Promise<number | null> => {
    const value = await text(file);
    return value !== null && /^\d+$/.test(value) ? Number(value) : null;
  };
  const queues = await survey.list(`net.${name}.queues`, `${folder}/queues`);
  const count = (prefix: string): number | null =>
    queues.length > 0 ? queues.filter((queue) => queue.startsWith(prefix)).length : null;
  return {
    name,
    kind: null,
    mtu: await number('mtu'),
    state: (await text('operstate'))?.toUpperCase() ?? null,
    txQueueLength: await number('tx_queue_len'),
    txQueues: count('tx-'),
    rxQueues: count('rx-'),
    master: null,
  };
};

/** The interfaces of a namespace, from `ip -json`; from sysfs where there is no such command. */
export const readLinks = async (survey: Survey, view: NetworkView): Promise<readonly LinkFacts[]> => {
  const outcome = await view.run('ip', ['-j', '-d', 'link', 'show']);
  const links = outcome.kind === 'ended' && outcome.code === 0 ? parseArray(outcome.stdout) : null;
  if (links !== null) return links.flatMap(fromIproute);
  survey.unread('net.kind', outcome.kind === 'missing' ? 'no ip' : 'ip failed');
  if (!view.hasSysfs) return [];
  const names = await survey.list('net', '/sys/class/net');
  return Promise.all(names.map((name) => fromSysfs(survey, name)));
};
