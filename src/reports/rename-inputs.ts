import type { AnswerReport } from '../model/report.js';

/** A report whose inputs are called otherwise, wherever it names them. */
export const renameInputs = (report: AnswerReport, rename: (path: string) => string): AnswerReport => ({
  ...report,
  answer: {
    ...report.answer,
    inputs: report.answer.inputs.map((input) => ({ ...input, path: rename(input.path) })),
    instances: report.answer.instances.map((instance) => ({
      ...instance,
      late: instance.late.map((late) => ({
        ...late,
        evidence: late.evidence.map((row) => ({ ...row, input: rename(row.input) })),
      })),
    })),
  },
});
