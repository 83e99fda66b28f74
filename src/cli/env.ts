import { findNamespace, findSenders } from '../sessions/find-sender.js';
import { readEnvironment } from '../sessions/environment/index.js';
import type { CommandDefinition } from './command.js';
import { EXIT } from './exit-codes.js';
import { writeAll, writeMessage } from './output.js';
import { UsageError } from './usage-error.js';

interface LowEnvArguments {
  netns: string | null;
}

/** `whylate env`: the settings of this machine. */
export const envCommand: CommandDefinition<LowEnvArguments> = {
  name: 'env',
  summary: 'print the settings of this machine that matter, as JSON without secrets',
  flags: [
    {
      name: 'netns',
      value: 'NAME',
      help: 'network namespace of the sender and its interfaces, as ip netns lists it',
      update: (low, value) => {
        if (!/^[^/\0]+$/.test(value) || value === '.' || value === '..') {
          throw new UsageError('write a name that ip netns lists');
        }
        low.netns = value;
      },
    },
  ],
  epilogue:
    '\nThe sender is the process with a raw VRRP socket; of several, the first. docs/environment.md lists the names.',
  start: () => ({ netns: null }),
  run: async ({ netns }, world) => {
    if (netns !== null && findNamespace(netns) === null) {
      throw new UsageError(`--netns '${netns}': there is no such namespace; ip netns lists them`);
    }
    const { senders, unreadable } = findSenders(netns === null ? {} : { netns });
    const sender = senders[0] ?? null;
    if (senders.length > 1) {
      const pids = senders.map(({ pid }) => pid).join(', ');
      await writeMessage(
        world,
        `several processes send VRRP (${pids}); ${sender?.pid ?? 0} is shown; choose with --netns`,
      );
    }
    if (sender === null && unreadable > 0) {
      await writeMessage(
        world,
        `${unreadable} processes may not be looked at: run it as root to have the sender's settings`,
      );
    }
    const environment = await readEnvironment({
      sender,
      ...(netns === null ? {} : { namespace: `/run/netns/${netns}` }),
    });
    await writeAll(world.stdout, `${JSON.stringify(environment, null, 2)}\n`);
    return EXIT.answered;
  },
};
