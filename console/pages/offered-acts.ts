import type { Minutes } from '../../core/ids.ts';
import { type Offer, offers } from '../../core/request/offers.ts';
import { lengthLeft } from '../../requests/extend.ts';
import type { RequestView } from '../../requests/view.ts';
import type { ConsoleDeps } from '../deps.ts';
import type { Reader } from '../reader.ts';

/** What a reader may do about a request. `left`: by how much its access can be extended; undefined when it cannot be. */
export type OfferedActs = Readonly<{
  kinds: readonly Exclude<Offer, 'extend'>[];
  left: Minutes | undefined;
}>;

export const NO_ACTS: OfferedActs = { kinds: [], left: undefined };

/** What a reader may do about a request now. The worker judges it again. */
export async function offeredActs(
  { policy }: Pick<ConsoleDeps, 'policy'>,
  { person }: Pick<Reader, 'person'>,
  view: RequestView,
): Promise<OfferedActs> {
  const eligibility = await policy.eligibility(view.state.details, person);
  const offered = offers(view.state, person, view.now, eligibility);
  const left = offered.includes('extend') ? await lengthLeft({ policy }, view, person) : undefined;
  return {
    kinds: offered.filter((kind) => kind !== 'extend'),
    left: left?.ok === true ? left.value : undefined,
  };
}
