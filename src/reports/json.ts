import type { Answer } from '../model/answer.js';
import type { Comparison } from '../model/comparison.js';
import { escapeJson } from './escape-json.js';

/** An answer as JSON text; equal in meaning to the object, safe to print. */
export const renderJson = (answer: Answer | Comparison): string => `${escapeJson(JSON.stringify(answer, null, 2))}\n`;
