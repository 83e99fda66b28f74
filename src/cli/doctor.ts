import { examine, thisMachine } from '../sessions/doctor/index.js';
import { renderExamination } from '../sessions/doctor/render.js';
import { countLeftovers } from '../sessions/recovery/journal.js';
import { findSenders } from '../sessions/find-sender.js';
import type { CommandDefinition } from './command.js';
import { EXIT } from './exit-codes.js';
import { writeAll } from './output.js';
import type { World } from './world.js';

interface LowDoctorArguments {
  folder: string;
  json: boolean;
}

const wantsColors = ({ stdout, env }: World): boolean => stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '';

/** `whylate doctor`: what can be recorded here, and what is in the way. */
export const doctorCommand: CommandDefinition<LowDoctorArguments> = {
  name: 'doctor',
  summary: 'say what is missing here to record, and how to get it',
  flags: [
    {
      name: 'folder',
      value: 'DIR',
      help: 'folder to record in; default the current one',
      update: (low, value) => (low.folder = value),
    },
    { name: 'json', help: 'the same as JSON', update: (low, _, on) => (low.json = on) },
  ],
  epilogue: '\nTries the tools for a moment each. Exit code 0: a tracer and tcpdump record here; 3: they do not.',
  start: () => ({ folder: '.', json: false }),
  run: async ({ folder, json }, world) => {
    const { senders } = findSenders();
    const examination = await examine(thisMachine(), { folder, senders, leftovers: await countLeftovers(world.env) });
    const text = json
      ? `${JSON.stringify(examination, null, 2)}\n`
      : renderExamination(examination, wantsColors(world));
    await writeAll(world.stdout, text);
    return examination.canRecord ? EXIT.answered : EXIT.unusableInput;
  },
};
