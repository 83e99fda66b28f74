import { answerSchema } from '../reports/index.js';
import type { CommandDefinition } from './command.js';
import { EXIT } from './exit-codes.js';
import { writeAll } from './output.js';

/** `whylate schema`: the JSON Schema of the answer. */
export const schemaCommand: CommandDefinition<Record<string, never>> = {
  name: 'schema',
  summary: 'print the JSON Schema of the answer',
  flags: [],
  start: () => ({}),
  run: async (_, world) => {
    await writeAll(world.stdout, `${JSON.stringify(answerSchema, null, 2)}\n`);
    return EXIT.answered;
  },
};
