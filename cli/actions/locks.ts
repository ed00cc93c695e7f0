import { type MassEndingId, parseMassEndingId, type PersonId, shortOf } from '../../core/ids.ts';
import { type EndScope, isLocked, type MassEnding } from '../../core/mass-ending.ts';
import type { ClickOutcome } from '../../inbox/click-outcome.ts';
import { receive } from '../../inbox/receive.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Policy } from '../../policy/index.ts';
import { deniedTo } from '../../requests/elsewhere.ts';
import { elsewherePhrase } from '../../wording/elsewhere.ts';
import { lockStatePhrase, massEndingPhrase } from '../../wording/mass-endings.ts';
import { list, person, phrase } from '../../wording/phrase.ts';
import { whoActs } from '../terminal/caller.ts';
import { withContext } from '../terminal/context.ts';
import { CommandError } from '../terminal/exit.ts';
import {
  formatOf,
  type OutputOptions,
  printable,
  printRows,
  rfc3339,
  type Row,
  writeLine,
} from '../terminal/output.ts';
import { terminalText } from '../terminal/phrase.ts';
import { waitFor } from '../terminal/wait.ts';
import { refusedError } from './send-answer.ts';

/** The fields of a lock for programs, named as those of `curfew audit endings`. */
const FIELDS = ['id', 'at', 'person', 'scope', 'scope_name', 'reason', 'needs', 'lifted_by', 'can_lift'];

const rowOf = ({ id, at, by, scope, reason, lock }: MassEnding, lifters: readonly PersonId[]): Row => ({
  ...{ id, at: rfc3339(at), person: by, scope: scope.kind, scope_name: scopeName(scope), reason },
  ...{ needs: lock?.needs ?? null, lifted_by: lock?.liftedBy ?? [], can_lift: lifters },
});

/** Whose or which access is locked. Null for everything; people who left are not locked. */
const scopeName = (scope: EndScope): string | null => {
  switch (scope.kind) {
    case 'person':
      return scope.person;
    case 'entitlement':
      return scope.entitlement;
    case 'provider':
      return scope.provider;
    case 'everything':
    case 'leavers':
      return null;
  }
};

/** `curfew locks list` */
export const runLocks = (options: OutputOptions): Promise<void> =>
  withContext(async ({ deps }) => {
    const locks = await deps.ledger.readLocks();
    const format = formatOf(options);
    if (format !== 'table') {
      const rows = await Promise.all(
        locks.map(async (lock) => rowOf(lock, await liftersOf(deps.policy, lock))),
      );
      return printRows(rows, format, FIELDS);
    }
    if (locks.length === 0) writeLine('Nothing is locked.');
    for (const lock of locks) {
      writeLine(`${shortOf(lock.id)}  ${printable(terminalText(massEndingPhrase(lock)))}`);
      writeLine(`          ${terminalText(lockStatePhrase(lock))}`);
      const lifters = (await liftersOf(deps.policy, lock)).map((each) => person(each));
      writeLine(`          ${terminalText(phrase`People who can lift it: ${list(lifters)}.`)}`);
      for (const line of await deniedLines(deps.ledger, lock)) writeLine(`          ${line}`);
    }
  });

/** `curfew locks lift` */
export const runLift = (text: string, as: string | undefined): Promise<void> =>
  withContext(async (context) => {
    const { ledger } = context.deps;
    const lock = await lockNamed(ledger, text);
    const caller = await whoActs(context, as);
    const { id } = await receive(context.deps, caller, { kind: 'lift', body: { lock } });
    const outcome = await waitFor(
      'the lift to be decided',
      async () => (await ledger.clickOutcome(id)) as ClickOutcome | undefined,
    );
    if (outcome.kind === 'refused') throw refusedError(outcome.refusal, 'lift');
    const lifted = await ledger.readMassEnding(lock);
    writeLine(
      lifted && isLocked(lifted)
        ? `Recorded. ${terminalText(lockStatePhrase(lifted))} The lock still holds.`
        : 'The lock is lifted. What it locked can be requested again.',
    );
    if (lifted) for (const line of await deniedLines(ledger, lifted)) writeLine(line);
  });

/** The people who can lift a lock now, except those who lifted it. Nobody can while the policy cannot be read. */
async function liftersOf(
  policy: Pick<Policy, 'securityPeople' | 'mayLift'>,
  massEnding: MassEnding,
): Promise<readonly PersonId[]> {
  const people: PersonId[] = [];
  for (const each of await policy.securityPeople())
    if (!massEnding.lock?.liftedBy.includes(each) && (await policy.mayLift(each, massEnding)).ok)
      people.push(each);
  return people;
}

/** What providers may still refuse the person of a lock, whether it holds or not. */
const deniedLines = async (
  ledger: Pick<Ledger, 'cutOffsInForce'>,
  { scope }: MassEnding,
): Promise<readonly string[]> =>
  scope.kind === 'person'
    ? (await deniedTo(ledger, scope.person)).map((each) => printable(terminalText(elsewherePhrase(each))))
    : [];

/** Finds a lock by its id, or by the last letters of its id when no other lock ends with them. */
async function lockNamed(ledger: Pick<Ledger, 'locksEndingIn'>, text: string): Promise<MassEndingId> {
  const whole = parseMassEndingId(text);
  if (whole.ok) return whole.value;
  const found = /^[0-9a-z]{4,26}$/.test(text) ? await ledger.locksEndingIn(text) : [];
  const [only] = found;
  if (only && found.length === 1) return only;
  throw new CommandError(
    only ? 'usage' : 'notFound',
    only
      ? `Several locks end with ${text}. Type more letters.`
      : `There is no lock ${text.slice(0, 80)}. "curfew locks list" shows the ids.`,
  );
}
