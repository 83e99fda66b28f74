import { displayText } from '../model/display.js';
import type { OutputStream, World } from './world.js';

const isClosedPipe = (error: Error): boolean => 'code' in error && error.code === 'EPIPE';

/** Streams whose errors are taken care of. */
const tended = new WeakSet<OutputStream>();

/**
 * Write all of a text.
 *
 * @returns 'closed' when the reader had gone, as `| head` does
 */
export const writeAll = (stream: OutputStream, text: string): Promise<'written' | 'closed'> =>
  new Promise((resolve, reject) => {
    // The stream reports an error to the callback and as an event; without a listener the event would end the process.
    if (!tended.has(stream)) {
      tended.add(stream);
      stream.on('error', () => undefined);
    }
    stream.write(text, (error) => {
      if (!error) resolve('written');
      else if (isClosedPipe(error)) resolve('closed');
      else reject(error);
    });
  });

/** One line on stderr: what, where, what to do. Whatever the reader of stderr does, the answer goes on. */
export const writeMessage = async (world: World, message: string): Promise<void> => {
  const line = message.split('\n').map(displayText).join(' ');
  await writeAll(world.stderr, `whylate: ${line}\n`).catch(() => 'closed');
};
