import { ApplicationFailure } from '@temporalio/common';
import type { FaultCode } from '../core/faults.ts';
import type { Instant, RequestId } from '../core/ids.ts';
import type { Command } from '../core/request/request.ts';
import type { Via } from '../ledger/index.ts';
import { type Deps, type Update, updateOf } from './deps.ts';

/** What machinery says of a request: nobody is behind it, so it cannot be an answer. */
export type Machine = Readonly<
  | { kind: 'lapse' }
  | { kind: 'fail-grant'; fault: FaultCode | 'unknown'; why?: string }
  | { kind: 'void'; why: string }
>;

type Settling = Readonly<{ request: RequestId; said: Machine; version: number; via: Via }>;

/** Writes down what machinery says; the ledger's own state and clock decide whether it counts. */
export async function settle(
  { ledger }: Pick<Deps, 'ledger'>,
  { request, said, version, via }: Settling,
): Promise<Update> {
  const recorded = await ledger.record({
    request,
    name: said.kind,
    via,
    command: (_state, at) => commandOf(said, at),
  });
  return updateOf(recorded, version);
}

/** Part by part: whoever can write to the namespace can send anything, and a yes or a receipt is not for them. */
function commandOf(said: Machine, at: Instant): Command {
  switch (said.kind) {
    case 'lapse':
      return { kind: 'lapse', at };
    case 'fail-grant':
      return {
        kind: 'fail-grant',
        fault: said.fault,
        ...(said.why === undefined ? {} : { why: storable(said.why) }),
        at,
      };
    case 'void':
      return { kind: 'void', why: storable(said.why), at };
    default:
      throw ApplicationFailure.nonRetryable('no machine may say that', 'forged', said satisfies never);
  }
}

const MOST_WHY = 300;

/** Not too long, and nothing that Postgres would refuse: what happened has to be written. */
const storable = (why: string): string =>
  [...why.replaceAll('\0', '').toWellFormed()].slice(0, MOST_WHY).join('');
