import type { Answer } from '../model/answer.js';
import type { Comparison } from '../model/comparison.js';

/** Characters JSON lets through and a terminal or a reader's eye may act on: C1 controls, bidirectional and invisible marks. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** An answer as JSON text; equal in meaning to the object, safe to print. */
export const renderJson = (answer: Answer | Comparison): string => {
  const text = JSON.stringify(answer, null, 2);
  return `${text.replace(UNSAFE_IN_JSON, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
};
