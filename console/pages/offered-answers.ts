import { ANSWER_KINDS, type AnswerKind } from '../../core/request/commands.ts';
import { offers } from '../../core/request/offers.ts';
import type { RequestView } from '../../requests/view.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';

/** How a reader may answer a request now. The worker judges the answer again. */
export async function offeredAnswers(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { person }: Pick<Reader, 'person'>,
  view: RequestView,
): Promise<readonly AnswerKind[]> {
  const offered = offers(view.state, person, view.now);
  const kinds = ANSWER_KINDS.filter((kind) => offered.includes(kind));
  if (!kinds.includes('approve')) return kinds;
  const { kind } = await policy.eligibility(view.state.details, person);
  return kind === 'eligible' ? kinds : kinds.filter((each) => each !== 'approve');
}
