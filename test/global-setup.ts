import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** tsc's exit code when it wrote its output in spite of type errors; those are the business of `npm run typecheck`. */
const WRITTEN_WITH_ERRORS = 2;

/** Builds dist once: the end-to-end tests run the real command. With `WHYLATE_BUILT=1` it is there already, of these sources. */
export default (): void => {
  if (process.env['WHYLATE_BUILT'] === '1') return;
  const root = fileURLToPath(new URL('..', import.meta.url));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (status !== WRITTEN_WITH_ERRORS) throw new Error(`the build failed:\n${stdout}${stderr}`);
  process.stderr.write(`dist was built in spite of type errors:\n${stdout}`);
};
