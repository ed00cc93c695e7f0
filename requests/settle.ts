import type { Instant, RequestId } from '../core/ids.ts';
import { LIMITS } from '../core/limits.ts';
import type { Command, SystemCommand } from '../core/request/commands.ts';
import type { Via } from '../ledger/index.ts';
import { type Deps, type NewEvents, newEventsOf } from './deps.ts';

type SettleInput = Readonly<{ request: RequestId; command: SystemCommand; version: number; via: Via }>;

/** Records what the system reports about a request. The ledger's own state and clock decide whether it counts. */
export async function settle(
  { ledger }: Pick<Deps, 'ledger'>,
  { request, command, version, via }: SettleInput,
): Promise<NewEvents> {
  const recorded = await ledger.record({
    request,
    name: command.kind,
    via,
    command: (_state, at) => systemCommandAt(command, at),
  });
  return newEventsOf(recorded, version);
}

/**
 * Copies field by field, because any client of Temporal can send any input. An approval or a receipt must not be
 * recorded this way (T11).
 */
function systemCommandAt(command: SystemCommand, at: Instant): Command {
  switch (command.kind) {
    case 'lapse':
      return { kind: 'lapse', at };
    case 'fail-grant': {
      const { kind, fault, why } = command;
      return { kind, fault, ...(why === undefined ? {} : { why: storableText(why) }), at };
    }
    case 'void':
      return { kind: 'void', why: storableText(command.why), at };
    default:
      throw new ForgedCommand(command satisfies never);
  }
}

/** The input is not a command that Curfew sends. A retry would fail again. */
export class ForgedCommand extends Error {
  override readonly name = 'ForgedCommand';
  constructor(command: unknown) {
    super(`not a system command: ${JSON.stringify(command).slice(0, 100)}`);
  }
}

/** Cuts a text to its limit and removes what Postgres would refuse, because the event must be recorded. */
const storableText = (why: string): string =>
  [...why.replaceAll('\0', '').toWellFormed()].slice(0, LIMITS.endingReasonLength).join('');
