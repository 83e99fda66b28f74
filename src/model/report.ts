import type { Answer } from './answer.js';
import type { Picture } from './picture.js';
import type { JudgedGaps } from './request.js';

/** All that reports of one analysis are made of. */
export interface AnswerReport {
  readonly answer: Answer;
  /** Every judged gap of each instance of the answer, in their order. */
  readonly gaps: readonly JudgedGaps[];
  /** Pictures of late advertisements, and, where everything was to be kept, of all others (`late` is null); in order of time. */
  readonly pictures: readonly Picture[];
}
