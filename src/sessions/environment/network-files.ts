import type { Machine, Run } from './machine.js';

/** A network namespace to look into, as a file of nsfs (`/run/netns/NAME`, `/proc/PID/ns/net`); null is this process's own. */
export type Namespace = string | null;

/** Sysctls and commands as one network namespace has them. */
export interface NetworkView {
  /** What files below /proc/sys/net hold, by path; those that cannot be read are left out. */
  sysctls(paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Run a command inside. */
  readonly run: Run;
  /** Whether /sys/class/net shows it: sysfs belongs to the namespace it was mounted in. */
  readonly hasSysfs: boolean;
}

/** grep prints `path:text` for every line of every file, which reads many files inside with one command. */
const parseGrep = (output: string): Map<string, string> =>
  new Map(
    output.split('\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );

/** Look into a network namespace. /proc/sys/net shows the reader's, so elsewhere the reader must be inside. */
export const viewNetwork = (machine: Machine, namespace: Namespace): NetworkView => {
  if (namespace === null) {
    return {
      hasSysfs: true,
      run: machine.run,
      sysctls: async (paths) => {
        const readings = await Promise.all(paths.map((path) => machine.read(path)));
        return new Map(
          paths.flatMap((path, index) => {
            const reading = readings[index];
            return reading?.ok === true ? [[path, reading.text.trim()] as const] : [];
          }),
        );
      },
    };
  }
  const run: Run = (command, args, options) =>
    machine.run('nsenter', [`--net=${namespace}`, '--', command, ...args], options);
  return {
    hasSysfs: false,
    run,
    sysctls: async (paths) => {
      const outcome = await run('grep', ['-H', '-s', '', ...paths]);
      return outcome.kind === 'ended' ? parseGrep(outcome.stdout) : new Map<string, string>();
    },
  };
};
