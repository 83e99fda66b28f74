import { execFile } from 'node:child_process';

const PROGRAM = 'sysdig';
const VERSION_TIMEOUT_MS = 10_000;

/** An installed sysdig. */
export interface Sysdig {
  readonly program: string;
  /** As it says itself, such as `0.29.3`; null where it says none. */
  readonly version: string | null;
}

/** What sysdig is run with: its messages are read. */
export const sysdigEnvironment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', LANG: 'C' });

/** The installed sysdig; null where there is none that can be started. Never rejects. */
export const findSysdig = (): Promise<Sysdig | null> =>
  new Promise((resolve) => {
    const options = { env: sysdigEnvironment(), timeout: VERSION_TIMEOUT_MS, killSignal: 'SIGKILL' } as const;
    execFile(PROGRAM, ['--version'], options, (error, stdout) => {
      if (error !== null) resolve(null);
      else resolve({ program: PROGRAM, version: /\bversion\s+v?([\w.+~-]{1,40})/.exec(stdout)?.[1] ?? null });
    });
  });

/** `sysdig 0.29.3`. */
export const nameSysdig = ({ version }: Sysdig): string => (version === null ? 'sysdig' : `sysdig ${version}`);
