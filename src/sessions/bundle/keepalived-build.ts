import { readCommand } from '../environment/read-command.js';
import { parseKeepalivedVersion } from '../environment/keepalived.js';
import type { Run } from '../environment/machine.js';

/** Lines of `keepalived --version` that say how it was built; no names or addresses. */
const BUILT = /^(?:Keepalived v|Built with|configure options:|Config options:|System options:|Distro:)/;

/**
 * What is known of the keepalived that sent, as a text: its version, and how it was built where the same version is installed here.
 *
 * @param recorded the version in the session's settings; null where they do not say
 */
export const describeKeepalived = async (recorded: string | null, run: Run = readCommand): Promise<string> => {
  const outcome = await run('keepalived', ['--version']);
  const text = outcome.kind === 'ended' ? `${outcome.stdout}${outcome.stderr}` : '';
  const here = parseKeepalivedVersion(text);
  const lines = [`version when it was recorded: ${recorded ?? 'not known'}`];
  if (here === null) lines.push('how it was built: not known, since none is installed where this bundle was made');
  else if (recorded !== null && here !== recorded)
    lines.push(`how it was built: not known, since ${here} is installed where this bundle was made`);
  else {
    lines.push('', 'keepalived --version, where this bundle was made:');
    lines.push(...text.split('\n').filter((line) => BUILT.test(line)));
  }
  return `${lines.join('\n')}\n`;
};
