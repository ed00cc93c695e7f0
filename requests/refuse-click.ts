import type { Refusal } from '../core/request/refusals.ts';
import type { Click, Ledger, RecordResult } from '../ledger/index.ts';

/** The decision about a click: it was carried out, or it was refused. */
export type Decision = Pick<RecordResult, 'outcome'>;

/** The name of the step of a click in the trail of its request. */
export const stepOf = ({ id, request, via }: Pick<Click, 'id' | 'request' | 'via'>) => ({
  request,
  name: `click/${id}`,
  via,
});

/** Records in the trail of its request that a click is refused. */
export async function refuseClick(
  ledger: Pick<Ledger, 'recordRefusal'>,
  click: Pick<Click, 'id' | 'request' | 'via' | 'kind' | 'person'>,
  refusal: Refusal,
): Promise<Decision> {
  const refused = { by: click.person, tried: click.kind, refusal };
  return { outcome: await ledger.recordRefusal(stepOf(click), refused) };
}
