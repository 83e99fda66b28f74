import { analyze } from './analysis.js';
import { collectReport, type KeptPictures } from './collect-report.js';
import type { AnswerReport } from './model/report.js';
import type { AnalyzeHooks, AnalyzeRequest } from './model/request.js';

/**
 * Analyse recordings, and keep what reports draw besides the answer: every gap, and who ran on each CPU before each late advertisement.
 *
 * @param kept of which advertisements: the late ones, or all, which takes memory
 * @throws InputError when an input cannot be used at all
 */
export const analyzeForReports = (
  request: AnalyzeRequest,
  hooks: Pick<AnalyzeHooks, 'onProgress' | 'signal'> = {},
  kept: KeptPictures = 'late',
): Promise<AnswerReport> => collectReport(analyze, request, hooks, kept);
