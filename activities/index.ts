import type { ClickId, LeaseId, RequestId } from '../core/ids.ts';
import type { SystemCommand } from '../core/request/commands.ts';
import { answer } from '../requests/answer.ts';
import type { Deps } from '../requests/deps.ts';
import { grantLease } from '../requests/grant-lease.ts';
import { judge } from '../requests/judge.ts';
import { revokeLease } from '../requests/revoke-lease.ts';
import { settle } from '../requests/settle.ts';
import type { Undo } from '../requests/undo.ts';
import { attempt } from './attempt.ts';
import { withTemporalFailures } from './failure.ts';

/** The activities of the workflow: one use case each. Those that call a provider run on that provider's queue. */
export type Activities = ReturnType<typeof createActivities>;

export const createActivities = (deps: Deps) =>
  withTemporalFailures(
    {
      judge: (input: { request: RequestId }) => judge(deps, input),
      answer: (input: { request: RequestId; click: ClickId; version: number }) => answer(deps, input),
      settle: (input: { request: RequestId; command: SystemCommand; version: number }) =>
        settle(deps, { ...input, via: 'workflow' }),
      grant: (input: { lease: LeaseId; version: number }) =>
        attempt((signal, rememberUndo) => grantLease(deps, { ...input, signal, rememberUndo })),
      revoke: (input: { lease: LeaseId; expire: boolean; undo?: Undo; version: number }) =>
        attempt((signal) => revokeLease(deps, { ...input, via: 'workflow', signal })),
    },
    ['revoke'],
  );
