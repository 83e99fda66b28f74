import { analyze } from './analysis.js';
import type { Picture } from './model/picture.js';
import type { AnswerReport } from './model/report.js';
import type { AnalyzeHooks, AnalyzeRequest, JudgedGaps } from './model/request.js';

/**
 * Analyse recordings, and keep what reports draw besides the answer: every gap, and who ran on each CPU before each late advertisement.
 *
 * @throws InputError when an input cannot be used at all
 */
export const analyzeForReports = async (
  request: AnalyzeRequest,
  hooks: Omit<AnalyzeHooks, 'onGaps' | 'onPicture'> = {},
): Promise<AnswerReport> => {
  let gaps: readonly JudgedGaps[] = [];
  const pictures: Picture[] = [];
  const answer = await analyze(request, {
    ...hooks,
    onGaps: (judged) => {
      gaps = judged;
    },
    onPicture: (picture) => {
      pictures.push(picture);
    },
  });
  return { answer, gaps, pictures };
};
