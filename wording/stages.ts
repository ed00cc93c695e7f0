import type { Approver, Stage } from '../core/request/state.ts';
import { list, type Phrase, person } from './phrase.ts';

/** Who approves, stage after stage: "Ana or Bo, then Cy and Dee, then 2 of these people: Cy, Dee and Sam". */
export const stagesPhrase = (
  stages: readonly Stage[],
  draw: (approver: Approver) => Phrase = (approver) => person(approver.person),
): Phrase =>
  stages.flatMap(({ needs, approvers }, index) => [
    ...(index === 0 ? [] : [', then ']),
    ...(needs > 1 && needs < approvers.length ? [`${needs} of these people: `] : []),
    ...list(approvers.map(draw), needs > 1 ? 'and' : 'or'),
  ]);
