import type { Click } from '../../ledger/index.ts';
import { uuidv7 } from 'uuidv7';
import { clickIdOf, type MassEndingId, massEndingIdOf, type PersonId, requestIdOf } from '../../core/ids.ts';
import type { EndScope } from '../../core/mass-ending.ts';
import type { RecordResult } from '../../ledger/index.ts';
import { accountActingAs } from '../../requests/acting-as.ts';
import { decideClick } from '../../requests/decide-click.ts';
import type { RequestsFixture } from './requests.fixture.ts';

type Fixture = Pick<RequestsFixture, 'deps'>;

export const ana: EndScope = { kind: 'person', person: 'ana' as PersonId };

/** The click of a person who ends everything of a scope. It is not written to the inbox. */
export function endAllClick(scope: EndScope, by: string, reason = 'a stolen laptop'): Click<'end-all'> {
  const id = clickIdOf(uuidv7());
  return {
    ...{ id, request: requestIdOf(id), via: 'cli', kind: 'end-all' },
    ...{ account: accountActingAs('tester', by), person: by as PersonId, body: { scope, reason } },
  };
}

/** Ends everything of a scope, as the dispatcher decides it. */
export async function endedAll(
  { deps }: Fixture,
  scope: EndScope,
  by = 'dee',
): Promise<Pick<RecordResult, 'outcome'> & Readonly<{ massEnding: MassEndingId }>> {
  const click = endAllClick(scope, by);
  return { ...(await decideClick(deps, click)), massEnding: massEndingIdOf(click.id) };
}

/** Lifts a lock, as the dispatcher decides it. */
export function lifted(
  { deps }: Fixture,
  lock: MassEndingId,
  by: string,
): Promise<Pick<RecordResult, 'outcome'>> {
  const id = clickIdOf(uuidv7());
  return decideClick(deps, {
    ...{ id, request: requestIdOf(id), via: 'cli', kind: 'lift', body: { lock } },
    ...{ account: accountActingAs('tester', by), person: by as PersonId },
  } satisfies Click<'lift'>);
}
