import { z } from 'zod';
import type { Cause } from '../../model/answer.js';
import { WHERE_OF_CAUSE } from '../../model/causes.js';
import type { SessionFigures } from '../../model/session-figures.js';

const ns = z.string().regex(/^-?\d{1,25}$/);
const count = z.int().min(0);
const cause = z.enum(Object.keys(WHERE_OF_CAUSE) as [Cause, ...Cause[]]);
const textOrNull = z.string().nullable();

const figuresSchema: z.ZodType<SessionFigures> = z.object({
  firstNs: ns.nullable(),
  lastNs: ns.nullable(),
  recordedNs: ns,
  routers: z.array(
    z.object({
      vrid: count.nullable(),
      family: z.enum(['ipv4', 'ipv6']),
      version: z.union([z.literal(2), z.literal(3)]).nullable(),
      source: textOrNull,
      destination: z.string(),
      intervalNs: ns,
      masterDownNs: ns,
      advertisements: count,
    }),
  ),
  leftOut: z.array(z.object({ router: z.string(), why: z.string() })),
  advertisements: count,
  gaps: count,
  lateness: z.string(),
  measuredAt: z.array(z.string()),
  late: count,
  pastMasterDown: count,
  takeovers: count,
  causes: z.array(z.object({ cause, late: count, ns })),
  culprits: z.array(z.object({ cause, process: textOrNull, syscall: textOrNull, target: textOrNull, late: count, ns })),
  loss: z.array(
    z.object({
      role: z.enum(['trace', 'capture', 'log', 'vitals']),
      name: textOrNull,
      known: z.boolean(),
      dropped: count,
      offered: count.nullable(),
    }),
  ),
  counters: z.array(z.string()),
});

const inputSchema = z.object({
  name: z.string(),
  bytes: count,
  modifiedNs: ns,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What `figures.json` must look like, beside its format and what it was asked. */
export const keptSchema = z.object({ inputs: z.array(inputSchema), hashedNs: ns, figures: figuresSchema });
