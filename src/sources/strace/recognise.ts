import { readBody } from './body.js';
import { makeLine, readLine } from './line.js';

/** Whether a line is strace's; without a time it must be a whole call. */
export const isStraceLine = (text: string): boolean => {
  const line = makeLine();
  readLine(text, line);
  const body = readBody(line.body);
  const isTimed = line.form !== 'none';
  switch (body.kind) {
    case 'call':
      return isTimed || line.pid !== null || body.returned.value !== null;
    case 'begun':
    case 'resumed':
    case 'signal':
    case 'stopped':
    case 'ended':
      return true;
    case 'attached':
      return /\bstrace: /.test(line.body);
    default:
      return false;
  }
};
