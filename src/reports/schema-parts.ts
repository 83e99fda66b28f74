import type { Cause } from '../model/answer.js';
import { WHERE_OF_CAUSE } from '../model/causes.js';

/** JSON Schema, or a part of one. */
export type Schema = Readonly<Record<string, unknown>>;

/** An object whose named properties are required but for `optional`; others are additions and allowed. */
export const object = (
  description: string,
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
) => ({
  type: 'object',
  description,
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

export const arrayOf = (items: Schema, description?: string): Schema => ({
  type: 'array',
  items,
  ...(description === undefined ? {} : { description }),
});

export const oneOf = (values: readonly string[], description?: string): Schema => ({
  enum: values,
  ...(description === undefined ? {} : { description }),
});

export const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });

export const text = { type: 'string', minLength: 1 };
export const anyText = { type: 'string' };
export const count = { type: 'integer', minimum: 0 };
export const share = { type: 'number', minimum: 0, maximum: 1 };
export const signedNs = { $ref: '#/$defs/signedNs' };
export const lengthNs = { $ref: '#/$defs/lengthNs' };
export const causes = Object.keys(WHERE_OF_CAUSE) as Cause[];

export const counter = object('A count of something out of the ordinary.', {
  name: { type: 'string', pattern: '^[a-z][a-z0-9_]*$' },
  severity: oneOf(['info', 'notice', 'error', 'data-loss']),
  source: oneOf(
    ['input', 'trace', 'capture', 'log', 'vitals', 'session', 'analysis', 'comparison'],
    'What it speaks of; input: any, before its kind is known.',
  ),
  count: { type: 'integer', minimum: 1 },
  help: text,
});

export const dialect = 'https://json-schema.org/draft/2020-12/schema';

/** What `signedNs` and `lengthNs` refer to: the `$defs` of every schema that uses them. */
export const lengthDefinitions: Readonly<Record<string, Schema>> = {
  signedNs: { type: 'string', pattern: '^(0|-?[1-9][0-9]*)$', description: 'ns as a decimal string.' },
  lengthNs: { type: 'string', pattern: '^(0|[1-9][0-9]*)$', description: 'A length in ns as a decimal string.' },
};
