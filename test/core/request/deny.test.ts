import { expect, test } from '@jest/globals';
import { type Eligibility, NOT_ELIGIBLE } from '../../../core/request/commands.ts';
import { decide } from '../../../core/request/decide.ts';
import type { Refusal } from '../../../core/request/refusals.ts';
import type { RequestState } from '../../../core/request/state.ts';
import * as the from './request.fixture.ts';

const { bo, cy, later, pending } = the;
const UNKNOWN: Eligibility = { kind: 'unknown', why: 'catalogue.yaml cannot be read' };
const managerThenOwner = the.run([the.open(the.demand([1, bo], [1, cy]))]).state;

type Case = readonly [string, RequestState, ReturnType<typeof the.deny>, Refusal];
test.each<Case>([
  ['at the instant of the lapse (B27)', pending, the.deny(bo, later(480)), { code: 'lapsed' }],
  ['by an approver of a later stage', managerThenOwner, the.deny(cy, later(1)), { code: 'not-an-approver' }],
  [
    'by an approver who lost the right since (I12)',
    pending,
    the.deny(bo, later(1), { eligibility: NOT_ELIGIBLE }),
    { code: 'no-longer-an-approver' },
  ],
  [
    'while the policy cannot be read, and says why (I14)',
    pending,
    the.deny(bo, later(1), { eligibility: UNKNOWN }),
    { code: 'not-allowed', why: 'catalogue.yaml cannot be read' },
  ],
  [
    'without a reason',
    pending,
    the.deny(bo, later(1), { hasReason: false }),
    { code: 'denial-reason-missing' },
  ],
])('a denial is refused %s', (_when, state, command, refusal) =>
  expect(decide(state, command)).toEqual({ ok: false, error: refusal }),
);
