import { z } from 'zod';
import { parseDuration } from '../../model/parse-duration.js';

/** A name that becomes part of a file's name. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'write letters, digits, dots, dashes and underscores, 64 at most')
  .describe('letters, digits, dots, dashes and underscores');

const duration = z
  .string()
  .superRefine((text, context) => {
    try {
      parseDuration(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  })
  .describe('a duration: 250ms, 3.5s, 2m, 1h');

const sizePattern = /^\d+(?:\.\d+)?(?:kB|MB|GB|TB)$/;

/** A ring must hold some seconds of a busy machine (bytes). */
const LEAST_RING = 20e6;

const size = z
  .string()
  .regex(sizePattern, 'not a size; write a number with kB, MB, GB or TB, such as 500MB')
  .describe('a size: 500MB, 2GB');

const interfaceName = z
  .string()
  .regex(/^[^\s/]{1,15}$/, 'not an interface name')
  .describe('a network interface');

const namespaceName = z
  .string()
  .regex(/^[^\s/]{1,255}$/, 'not the name of a network namespace')
  .describe('a network namespace, as `ip netns` lists them');

const argument = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const command = z.array(argument).min(1).describe('a program and its arguments, as a list; no shell is involved');

const host = z
  .string()
  .regex(/^[^\s-][^\s]*$/, 'not a host')
  .describe("a host, as the system's ssh takes it: user@name, or a Host of ssh_config");

const labels = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
  .describe('what the recordings are told apart by when they are compared');

const sender = z
  .strictObject({
    vrid: z.coerce.number().int().min(1).max(255).describe('virtual router id'),
    interface: interfaceName,
    namespace: namespaceName.optional(),
    process: z.string().min(1).optional().describe("the sender's process name, where several send VRRP"),
    address: z.string().min(1).optional().describe('its address, where several routers have the same id'),
    interval: duration.optional().describe('its advertisement interval; read from the packets when left out'),
  })
  .describe('whose advertisements are watched');

const capture = z.strictObject({
  name: fileName.describe('becomes capture.NAME.pcap; how it begins says where it was taken (docs/inputs.md)'),
  interface: interfaceName,
  namespace: namespaceName.optional(),
  host: host.optional().describe('where it is taken, when not here; reached by ssh without a password'),
  filter: z.string().min(1).optional().describe("tcpdump's filter; VRRP when left out"),
});

const tracer = z.strictObject({
  kind: z
    .enum(['auto', 'bpftrace', 'sysdig', 'none'])
    .describe('auto: sysdig where it can record, else bpftrace, else an error'),
  probe: z.enum(['modern-bpf', 'module']).optional().describe("sysdig's probe; modern-bpf when left out"),
  output: z
    .enum(['scap', 'json'])
    .optional()
    .describe("sysdig's own format, turned into JSON at the end, or JSON at once"),
  filter: z.string().min(1).optional().describe("sysdig's filter; do not drop switch"),
  buffer: size.optional().describe("bpftrace's buffer for each CPU"),
});

const change = z.union([
  z
    .strictObject({ sysctl: z.string().regex(/^[A-Za-z0-9_./-]+$/, 'not the name of a sysctl'), value: argument })
    .describe('a sysctl, put back afterwards'),
  z
    .strictObject({ file: z.string().startsWith('/', 'write the whole path'), value: argument })
    .describe('the content of a file such as one under /sys, put back afterwards'),
  z
    .strictObject({ apply: command, restore: command, host: host.optional() })
    .describe('a command, and the one that undoes it'),
]);

const isExpression = (text: string): boolean => {
  try {
    return new RegExp(text, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const expectation = z.strictObject({
  exit: z.coerce.number().int().min(0).max(255).optional().describe('its exit code; 0 when left out'),
  output: z
    .string()
    .refine(isExpression, 'not a regular expression')
    .optional()
    .describe('a regular expression that what it prints must match'),
});

const step = z
  .strictObject({
    at: duration.describe('when, counted from the moment everything records'),
    run: command.optional(),
    shell: z.string().min(1).optional().describe('instead of `run`: a text for sh -c'),
    host: host.optional().describe('where it is run, when not here; reached by ssh without a password'),
    timeout: duration.optional().describe('how long it may take; 1m when left out'),
    expect: expectation.optional(),
  })
  .refine(({ run, shell }) => (run === undefined) !== (shell === undefined), 'give either run or shell');

const collected = z.union([
  z.strictObject({
    file: z.string().startsWith('/', 'write the whole path'),
    as: fileName.optional(),
    host: host.optional(),
  }),
  z.strictObject({ run: command, as: fileName, host: host.optional() }),
]);

const until = z.strictObject({
  late: z.coerce.number().int().min(1).describe('end when so many late advertisements were seen'),
  at: fileName.optional().describe('the capture they are seen at; the farthest when left out'),
});

const flight = z.strictObject({
  keep: duration.describe('how much is kept before and after each late advertisement'),
  ring: size
    .refine((text) => !sizePattern.test(text) || bytesOf(text) >= LEAST_RING, 'too small; give at least 20MB')
    .describe('how much disk the recording of the present may use'),
});

const arm = z.strictObject({
  name: fileName.describe('becomes the label `arm` of its recordings'),
  labels: labels.optional(),
  settings: z.array(change).optional().describe('besides those of the script, and after them'),
});

/** Seeds have 32 bits. */
const LARGEST_SEED = 2 ** 32 - 1;

/** A session script as it is written. */
export const scriptSchema = z
  .strictObject({
    name: fileName,
    about: z.string().optional().describe('what it is for'),
    parameters: z
      .record(z.string().regex(/^[a-z][a-z0-9_]*$/, 'write small letters, digits and underscores'), argument)
      .optional()
      .describe('values for ${name} in the rest of the script; --set name=value gives another'),
    labels: labels.optional(),
    sender,
    captures: z.array(capture).min(1).describe('where packets are captured, in order from the sender outward'),
    tracer: tracer.optional(),
    vitals: z
      .union([z.boolean(), z.strictObject({ every: duration })])
      .optional()
      .describe('samples of counters; every 100ms when left out'),
    duration: duration.describe('how long one recording takes at most'),
    until: until.optional(),
    late_after: duration
      .optional()
      .describe('late when this much over the interval; a tenth of it when left out, at least 5ms'),
    flight: flight.optional().describe('record in a ring, keep the time around late advertisements, and go on'),
    repetitions: z.coerce.number().int().min(1).max(1000).optional(),
    pause: duration.optional().describe('between recordings; 2s when left out'),
    arms: z
      .array(arm)
      .min(1)
      .optional()
      .describe('what is compared: each repetition records all of them once, in an order of its own drawn at random'),
    seed: z.coerce
      .number()
      .int()
      .min(0)
      .max(LARGEST_SEED)
      .optional()
      .describe('from which the order of the arms is drawn, a whole number; drawn itself when left out'),
    settings: z.array(change).optional().describe('set before a recording and put back afterwards'),
    steps: z.array(step).optional(),
    collect: z.array(collected).optional().describe('what else goes into the folder when the recording ends'),
    reserve: size.optional().describe('end when the disk has less than this left; 200MB when left out'),
  })
  .superRefine((script, context) => {
    const { captures, arms, steps, collect, duration: written, until: end, flight: kept } = script;
    refuseTwins(captures, 'captures', context);
    refuseTwins(arms ?? [], 'arms', context);
    if (arms === undefined && script.seed !== undefined)
      context.addIssue({
        code: 'custom',
        message: 'it puts arms in order, and there are none: leave it out',
        path: ['seed'],
      });
    const labelled = [[], ...(arms ?? []).map((_, i) => ['arms', i])];
    [script, ...(arms ?? [])].forEach((one, i) => {
      if (arms !== undefined && one.labels?.['arm'] !== undefined)
        context.addIssue({
          code: 'custom',
          message: "the name of the arm is this label's value: call yours something else",
          path: [...(labelled[i] ?? []), 'labels', 'arm'],
        });
    });
    refuseTwins((collect ?? []).map(nameOfCollected), 'collect', context);
    if (end?.at !== undefined && !captures.some(({ name }) => name === end.at))
      context.addIssue({ code: 'custom', message: 'no capture has this name', path: ['until', 'at'] });
    const ends = lengthOf(written);
    (steps ?? []).forEach(({ at }, i) => {
      const begins = lengthOf(at);
      if (begins !== null && ends !== null && begins >= ends)
        context.addIssue({ code: 'custom', message: 'the recording has ended by then', path: ['steps', i, 'at'] });
    });
    if (kept && end)
      context.addIssue({
        code: 'custom',
        message: 'a flight recorder goes on after late ones: leave out until',
        path: ['until'],
      });
  });

const lengthOf = (text: string): number | null => {
  try {
    return parseDuration(text);
  } catch {
    return null;
  }
};

const nameOfCollected = (one: z.output<typeof collected>): { name: string } =>
  'run' in one ? { name: one.as } : { name: one.as ?? one.file.slice(one.file.lastIndexOf('/') + 1) };

const refuseTwins = (
  list: readonly { readonly name: string }[],
  key: string,
  context: { addIssue(issue: { code: 'custom'; message: string; path: (string | number)[] }): void },
): void => {
  list.forEach(({ name }, i) => {
    if (list.findIndex((other) => other.name === name) < i)
      context.addIssue({ code: 'custom', message: 'another one has the same name', path: [key, i] });
  });
};

/** A session script, read and checked. */
export type SessionScript = z.output<typeof scriptSchema>;
export type CaptureScript = SessionScript['captures'][number];
export type ChangeScript = NonNullable<SessionScript['settings']>[number];
export type StepScript = NonNullable<SessionScript['steps']>[number];
export type CollectScript = NonNullable<SessionScript['collect']>[number];

const UNITS = { kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The bytes of a size that the schema took: `2GB`. */
export const bytesOf = (text: string): number => {
  const unit = text.slice(-2) as keyof typeof UNITS;
  return Math.round(Number(text.slice(0, -2)) * UNITS[unit]);
};

/** The JSON Schema of a session script, for editors and other programs. */
export const scriptJsonSchema = (): unknown => z.toJSONSchema(scriptSchema, { io: 'input', unrepresentable: 'any' });
