import type { Refusal } from '../core/request/refusals.ts';

/**
 * What became of a click. It is stored with the click, for a person or a command that waits. `started`: a workflow
 * runs for the request. `answered`: the workflow knows the answer. `answered-by-ledger`: the ledger recorded the
 * answer, and no workflow runs.
 */
export type ClickOutcome = Readonly<
  { kind: 'started' | 'answered' | 'answered-by-ledger' } | { kind: 'refused'; refusal: Refusal }
>;
