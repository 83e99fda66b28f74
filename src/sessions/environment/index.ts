import { readClock } from './clock.js';
import { readHost } from './host.js';
import { readKeepalived } from './keepalived.js';
import { readKernel } from './kernel.js';
import type { Run } from './machine.js';
import { openMachine } from './machine.js';
import { readMemory } from './memory.js';
import type { Namespace } from './network-files.js';
import { readNetwork } from './network.js';
import { readProcessors } from './processors.js';
import { readScheduler } from './scheduler.js';
import { readSender } from './sender.js';
import type { Environment } from './snapshot.js';
import { readStorage } from './storage.js';
import type { Subject } from './survey.js';
import { Survey } from './survey.js';
import { readTimeSync } from './time-sync.js';
import { readVirtualMachine } from './virtual-machine.js';

export type { Environment } from './snapshot.js';

export interface EnvironmentOptions {
  /** Where the machine's files begin; `/` unless told. Elsewhere no commands are run. */
  readonly root?: string;
  /** The process that sends the advertisements; null or absent when none runs. */
  readonly sender?: { readonly pid: number } | null;
  /** Only these interfaces; all but the loopback unless told. */
  readonly interfaces?: readonly string[];
  /** The network namespace to look into, as a file (`/run/netns/NAME`); that of the sender unless told. */
  readonly namespace?: string;
  /** How commands are run; for tests. */
  readonly run?: Run;
}

/** The namespace to look into: null where it is this process's own. */
const chooseNamespace = async (survey: Survey, options: EnvironmentOptions): Promise<Namespace> => {
  if (options.namespace !== undefined) return options.namespace;
  if (!options.sender) return null;
  const path = `/proc/${options.sender.pid}/ns/net`;
  const [theirs, ours] = await Promise.all([survey.machine.link(path), survey.machine.link('/proc/self/ns/net')]);
  return theirs === null || theirs === ours ? null : path;
};

/**
 * The settings of this machine that change when an advertisement leaves: flat, sorted, units in the names
 * (docs/environment.md lists them). Passwords, commands and addresses of people are not in it. Takes less than a second on
 * an idle machine, since commands have 2 s each and run side by side. Never rejects: what is there and could not be read
 * is named in `environment.unread`.
 */
export const readEnvironment = async (options: EnvironmentOptions = {}): Promise<Environment> => {
  const survey = new Survey(openMachine(options.root, options.run));
  const pid = options.sender?.pid ?? null;
  const subjects: Readonly<Record<string, Subject>> = {
    kernel: readKernel,
    cpu: readProcessors,
    clock: readClock,
    scheduler: readScheduler,
    memory: readMemory,
    io: readStorage,
    net: readNetwork(await chooseNamespace(survey, options), options.interfaces ?? []),
    virtualisation: readVirtualMachine,
    host: readHost,
    sender: readSender(pid),
    time_sync: readTimeSync,
    keepalived: readKeepalived(pid),
  };
  await Promise.all(
    Object.entries(subjects).map(async ([name, subject]) => {
      try {
        await subject(survey);
      } catch (error) {
        // The message may quote what was read.
        survey.unread(name, error instanceof Error ? error.name : 'failed');
      }
    }),
  );
  return survey.snapshot.finish();
};
