import type { Refusal } from '../core/request/refusals.ts';

/**
 * What became of a click. It is stored with the click, for a person or a command that waits. `started`: the request is
 * on its way to be judged. `answered`: the ledger recorded the answer.
 */
export type ClickOutcome = Readonly<{ kind: 'started' | 'answered' } | { kind: 'refused'; refusal: Refusal }>;
