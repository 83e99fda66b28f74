import { z } from 'zod';

/** A field that is not what it should be says nothing. */
const orNothing = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

const text = orNothing(z.string());
const whole = orNothing(z.int().min(0));
const step = z.record(z.string(), z.unknown());

const saidSchema = z.object({
  kind: text,
  tool: orNothing(z.object({ version: text })),
  recording: text,
  name: text,
  run: text,
  labels: orNothing(z.record(z.string(), z.unknown())),
  complete: orNothing(z.boolean()),
  outcome: text,
  startNs: orNothing(z.string().regex(/^\d{1,20}$/)),
  sender: orNothing(z.object({ interface: text, vrid: whole, pid: whole })),
  points: orNothing(z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))),
  tools: orNothing(z.array(z.object({ name: text, version: text, command: orNothing(z.array(z.string())) }))),
  script: orNothing(
    z.object({
      duration: text,
      steps: orNothing(z.array(step)),
      tracer: orNothing(z.object({ kind: text })),
      until: orNothing(z.object({ late: orNothing(z.number()) })),
      vitals: orNothing(z.union([z.boolean(), z.object({ every: text })])),
    }),
  ),
});

/** What of a session.json matters when sessions are compared; whatever is missing or has another type is undefined. */
export type SessionSaid = z.output<typeof saidSchema>;

/** A folder without a session.json says nothing. */
export const NOTHING_SAID: SessionSaid = saidSchema.parse({});

/** Take from a session.json what is known; never throws. */
export const parseSaid = (session: Readonly<Record<string, unknown>>): SessionSaid => saidSchema.parse(session);
