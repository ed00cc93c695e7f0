import type { DecidedKind } from '../core/click-kinds.ts';
import type { Click } from '../ledger/index.ts';
import { recordAnswer } from './answer.ts';
import { recordDelivery } from './deliver.ts';
import type { Deps } from './deps.ts';
import { recordExtension } from './extend.ts';
import { recordFindingDecision } from './findings/decide.ts';
import { recordEndAll } from './mass-ending/end-all.ts';
import { recordLift } from './mass-ending/lift.ts';
import type { Decision } from './refuse-click.ts';
import { recordReviewDecision } from './reviews/decide.ts';
import { recordOpenReview } from './reviews/open.ts';

type DecideDeps = Pick<Deps, 'ledger' | 'policy' | 'removalCap'>;

const DECIDERS: Readonly<{
  [Kind in DecidedKind]: (deps: DecideDeps, click: Click<Kind>) => Promise<Decision>;
}> = {
  approve: recordAnswer,
  deny: recordAnswer,
  withdraw: recordAnswer,
  end: recordAnswer,
  ask: recordAnswer,
  answer: recordAnswer,
  extend: recordExtension,
  deliver: recordDelivery,
  'end-all': recordEndAll,
  lift: recordLift,
  'adopt-finding': recordFindingDecision,
  'revoke-finding': recordFindingDecision,
  'open-review': recordOpenReview,
  certify: recordReviewDecision,
  object: recordReviewDecision,
};

/**
 * Decides a click on the ledger's own state, and judges the account and the person at this moment (I12, T45). It throws while the account
 * is not checked, because then the click may neither count nor be refused. It has its effect once, however often it runs.
 */
export function decideClick<Kind extends DecidedKind>(
  { ledger, policy, removalCap }: DecideDeps,
  click: Click<Kind>,
): Promise<Decision> {
  const decide: (deps: DecideDeps, click: Click<Kind>) => Promise<Decision> = DECIDERS[click.kind];
  return decide({ ledger, policy, ...(removalCap ? { removalCap } : {}) }, click);
}
