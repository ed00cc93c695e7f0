import { type AnswerKind, endsAccess } from '../../core/request/commands.ts';
import { digestToAnswer } from '../../core/request/extension.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { writeLine } from '../terminal/output.ts';
import { noRequest, requestNamed } from '../terminal/request-argument.ts';
import { endedLost } from './end-lost.ts';
import { sendAnswer, stateIn } from './send-answer.ts';

export type AnswerOptions = Readonly<{ as?: string; reason?: string }>;

const DONE = { deny: 'Denied.', withdraw: 'Withdrawn.', end: 'Ended.' } as const;

/** `curfew deny`, `curfew withdraw` and `curfew end` */
export const runAnswer = (
  kind: Exclude<AnswerKind, 'approve'>,
  text: string,
  { as, reason }: AnswerOptions,
): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const request = await requestNamed(ledger, text);
    const caller = await whoActs(context, as, endsAccess(kind) ? request : undefined);
    const state = await stateIn(ledger, request);
    if (kind === 'end' && (await endedLost({ context, caller, request, state }))) return;
    if (state.kind === 'blank') throw await noRequest(ledger, text);
    const body = { digest: digestToAnswer(state), ...(reason === undefined ? {} : { note: reason }) };
    await sendAnswer({ context, caller, kind, request, state, body });
    writeLine(DONE[kind]);
  });
