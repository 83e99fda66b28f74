import type { Picture } from './model/picture.js';
import type { AnswerReport } from './model/report.js';
import type { Analyze, AnalyzeHooks, AnalyzeRequest, JudgedGaps } from './model/request.js';

/** What is to be kept for pictures: nothing, what late advertisements take, everything. */
export type KeptPictures = 'none' | 'late' | 'all';

/**
 * Analyse, and keep what reports need besides the answer.
 *
 * @param analyze the analysis to use
 * @throws what the analysis throws
 */
export const collectReport = async (
  analyze: Analyze,
  request: AnalyzeRequest,
  hooks: Omit<AnalyzeHooks, 'onGaps' | 'onPicture' | 'everyPicture'>,
  kept: KeptPictures,
): Promise<AnswerReport> => {
  let gaps: readonly JudgedGaps[] = [];
  const pictures: Picture[] = [];
  const drawing: AnalyzeHooks = {
    onPicture: (picture) => {
      pictures.push(picture);
    },
    everyPicture: kept === 'all',
  };
  const answer = await analyze(request, {
    ...hooks,
    ...(kept === 'none' ? {} : drawing),
    onGaps: (judged) => {
      gaps = judged;
    },
  });
  return { answer, gaps, pictures };
};
