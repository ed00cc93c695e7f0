export { incompleteBefore, reachesBefore } from './purged.ts';
export {
  type AccessSubject,
  type AccessTime,
  type AccountOf,
  allAccess,
  whatWasHeld,
  whoHadAccess,
} from './access.ts';
export {
  accessAsked,
  accessOf,
  type AccessNames,
  ungrantedQuery as ungrantedAsked,
  unlookedAt,
} from './asked-access.ts';
export { answerPage, answerRows, reviewLines } from './answer.ts';
export {
  type Column,
  emptyText,
  type Kind,
  type Question,
  type QuestionInput,
  QUESTION_NAMES,
  QUESTIONS,
  questionCommand,
  type QuestionName,
  questionQuery,
  type Seconds,
} from './registry/index.ts';
export {
  numberLines,
  type Numbers,
  numbersOf,
  numbersQuestion,
  type NumbersRow,
  type NumbersTime,
  type TableName,
  wholePeriod,
  type WholePeriod,
} from './numbers.ts';
export type { Period } from './period.ts';
export { countRequests, MOST_COUNTED, requestPage, type RequestQuestion, requestRows } from './requests.ts';
