import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnd, type Tool } from '../processes/tool.js';

const POLL_MS = 50;

/** A tool that did not come to work; its message is for people. */
export class ToolFailure extends Error {
  override readonly name = 'ToolFailure';
}

/**
 * Wait until a tool works.
 *
 * @param isReady asked again and again
 * @throws ToolFailure when it ended before, or takes too long
 */
export const waitUntilReady = async (
  tool: Tool,
  folder: string,
  isReady: () => Promise<boolean>,
  patienceMs: number,
  signal: AbortSignal,
): Promise<void> => {
  for (let waited = 0; waited < patienceMs; waited += POLL_MS) {
    if (signal.aborted || (await isReady())) return;
    if (tool.end !== null) throw new ToolFailure(await describeFailure(tool, folder));
    await sleep(POLL_MS);
  }
  throw new ToolFailure(`${tool.plan.name} did not begin to record within ${String(patienceMs / 1000)} s`);
};

/** How a tool ended and the last it said. */
export const describeFailure = async (tool: Tool, folder: string): Promise<string> => {
  const end = tool.end === null ? 'still runs' : describeEnd(tool.end);
  const text = await readFile(`${folder}/${tool.plan.stderr}`, 'utf8').catch(() => '');
  const last = text.trim().split('\n').at(-1) ?? '';
  return `${tool.plan.name} ${end}${last === '' ? '' : `: ${last.slice(0, 300)}`}`;
};

/** Whether a file holds a text. */
export const contains = async (path: string, text: string): Promise<boolean> =>
  (await readFile(path, 'utf8').catch(() => '')).includes(text);

/** The size of a file, 0 where there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
