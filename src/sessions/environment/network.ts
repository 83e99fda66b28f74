import { basename } from 'node:path';
import { readOffloads } from './ethtool.js';
import { parseArray } from './json-array.js';
import type { LinkFacts } from './links.js';
import { readLinks } from './links.js';
import type { Namespace, NetworkView } from './network-files.js';
import { viewNetwork } from './network-files.js';
import { namePart, settingOf } from './snapshot.js';
import type { Subject, Survey } from './survey.js';

/** Below /proc/sys/net: the setting's name, and the kernel's path. */
const SYSCTLS: Readonly<Record<string, string>> = {
  'net.core.default_qdisc': 'core/default_qdisc',
  'net.core.dev_weight': 'core/dev_weight',
  'net.core.netdev_budget': 'core/netdev_budget',
  'net.core.netdev_budget_us': 'core/netdev_budget_usecs',
  'net.core.netdev_max_backlog': 'core/netdev_max_backlog',
  'net.core.busy_poll_us': 'core/busy_poll',
  'net.core.busy_read_us': 'core/busy_read',
  'net.core.rmem_default_bytes': 'core/rmem_default',
  'net.core.rmem_max_bytes': 'core/rmem_max',
  'net.core.wmem_default_bytes': 'core/wmem_default',
  'net.core.wmem_max_bytes': 'core/wmem_max',
  'net.core.optmem_max_bytes': 'core/optmem_max',
  'net.ipv4.igmp_max_memberships': 'ipv4/igmp_max_memberships',
  'net.ipv4.neigh_default_gc_thresh3': 'ipv4/neigh/default/gc_thresh3',
  'net.ipv4.neigh_default_unres_qlen_bytes': 'ipv4/neigh/default/unres_qlen_bytes',
  'netfilter.conntrack_count': 'netfilter/nf_conntrack_count',
  'netfilter.conntrack_max': 'netfilter/nf_conntrack_max',
  'netfilter.conntrack_buckets': 'netfilter/nf_conntrack_buckets',
};

/** Below /proc/sys/net/ipv4/conf/IF. */
const INTERFACE_SYSCTLS = [
  'arp_announce',
  'arp_filter',
  'arp_ignore',
  'force_igmp_version',
  'forwarding',
  'promote_secondaries',
  'rp_filter',
] as const;

const readSysctls = async (survey: Survey, view: NetworkView, links: readonly LinkFacts[]): Promise<void> => {
  const wanted = new Map(Object.entries(SYSCTLS).map(([name, path]) => [`/proc/sys/net/${path}`, name]));
  for (const interfaceName of ['all', ...links.map(({ name }) => name)]) {
    for (const sysctl of INTERFACE_SYSCTLS) {
      wanted.set(
        `/proc/sys/net/ipv4/conf/${interfaceName}/${sysctl}`,
        `net.ipv4.conf.${namePart(interfaceName)}.${sysctl}`,
      );
    }
  }
  const values = await view.sysctls([...wanted.keys()]);
  if (values.size === 0) survey.unread('net.core', 'sysctls of the network namespace');
  for (const [path, name] of wanted) survey.set(name, settingOf(values.get(path) ?? ''));
};

const noteLink = async (survey: Survey, view: NetworkView, link: LinkFacts): Promise<void> => {
  const name = `net.${namePart(link.name)}`;
  survey.set(`${name}.kind`, link.kind);
  survey.set(`${name}.mtu_bytes`, link.mtu);
  survey.set(`${name}.state`, link.state);
  survey.set(`${name}.txqueuelen_packets`, link.txQueueLength);
  survey.set(`${name}.tx_queues`, link.txQueues);
  survey.set(`${name}.rx_queues`, link.rxQueues);
  const master = link.master;
  survey.set(`${name}.master`, master === null ? null : namePart(master));
  if (!view.hasSysfs) return;
  const folder = `/sys/class/net/${link.name}`;
  const driver = await survey.machine.link(`${folder}/device/driver`);
  survey.set(`${name}.driver`, driver === null ? null : basename(driver));
  await survey.file(`${name}.xps_cpus`, `${folder}/queues/tx-0/xps_cpus`);
  await survey.file(`${name}.rps_cpus`, `${folder}/queues/rx-0/rps_cpus`);
};

interface Qdisc {
  readonly dev?: unknown;
  readonly kind?: unknown;
  readonly root?: unknown;
  readonly parent?: unknown;
}

const readQdiscs = async (survey: Survey, view: NetworkView, links: readonly LinkFacts[]): Promise<void> => {
  const outcome = await view.run('tc', ['-j', 'qdisc']);
  const qdiscs = outcome.kind === 'ended' && outcome.code === 0 ? parseArray(outcome.stdout) : null;
  if (qdiscs === null) {
    survey.unread('net.qdisc', outcome.kind === 'missing' ? 'no tc' : 'tc failed');
    return;
  }
  for (const { name } of links) {
    // The root first, then what hangs below it: `mq, fq_codel`.
    const own = (qdiscs as readonly Qdisc[]).filter((qdisc) => qdisc.dev === name && typeof qdisc.kind === 'string');
    const kinds = [...own.filter(({ root }) => root === true), ...own.filter(({ root }) => root !== true)];
    const chain = [...new Set(kinds.map(({ kind }) => String(kind)))];
    survey.set(`net.${namePart(name)}.qdisc`, chain.length > 0 ? chain.join(', ') : null);
  }
};

/**
 * Interfaces, their queues and queueing disciplines, and the sysctls of their namespace.
 *
 * @param interfaces only these; all but the loopback when empty
 */
export const readNetwork =
  (namespace: Namespace, interfaces: readonly string[]): Subject =>
  async (survey) => {
    const view = viewNetwork(survey.machine, namespace);
    const all = await readLinks(survey, view);
    const links = all.filter(({ name }) => (interfaces.length > 0 ? interfaces.includes(name) : name !== 'lo'));
    for (const name of interfaces) {
      if (!all.some((link) => link.name === name)) survey.unread(`net.${namePart(name)}`, 'no such interface');
    }
    await Promise.all([
      readSysctls(survey, view, links),
      readQdiscs(survey, view, links),
      readOffloads(survey, view, links),
      ...links.map((link) => noteLink(survey, view, link)),
    ]);
  };
