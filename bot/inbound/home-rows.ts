import type { PersonId, RequestId } from '../../core/ids.ts';
import { offers } from '../../core/request/offers.ts';
import type { RequestFilter } from '../../ledger/index.ts';
import {
  readRequestPage,
  readRequestView,
  type RequestPage,
  type RequestView,
  type ViewDeps,
} from '../../requests/view.ts';
import { HOME_CARDS, HOME_ENTRIES } from '../cards/home.ts';

/** The parts of a Home that have a row for each request. */
export type HomeParts = Readonly<Record<'live' | 'waitingForMe' | 'myPending', RequestPage>>;

/** The requests that are on somebody's screen, in their order. */
export type ShownRows = Readonly<Record<keyof HomeParts, readonly RequestId[]>>;

export const NO_ROWS: ShownRows = { live: [], waitingForMe: [], myPending: [] };

type Part = Readonly<{ filter: RequestFilter; matches: (view: RequestView) => boolean }>;

const partsOf = (person: PersonId): Readonly<Record<keyof HomeParts, Part>> => ({
  live: {
    filter: { requester: person, states: ['granting', 'active', 'revoking'], limit: HOME_ENTRIES },
    matches: ({ state }) => state.kind !== 'pending' && state.kind !== 'closed',
  },
  waitingForMe: {
    filter: { waitingFor: person, limit: HOME_CARDS },
    matches: ({ state, now }) => offers(state, person, now).includes('approve'),
  },
  myPending: {
    filter: { requester: person, states: ['pending'], limit: HOME_ENTRIES },
    matches: ({ state }) => state.kind === 'pending',
  },
});

/**
 * Reads the rows of a person's Home. A row that is shown keeps its place, also when its request went on, so that no button
 * moves under the pointer. A new row comes below those. `shown` is empty when the person opens Home.
 */
export async function readHomeParts(deps: ViewDeps, person: PersonId, shown: ShownRows): Promise<HomeParts> {
  const shownAnywhere = new Set(Object.values(shown).flat());
  const parts = partsOf(person);
  const read = async (name: keyof HomeParts): Promise<RequestPage> => {
    const { filter, matches } = parts[name];
    const page = await readRequestPage(deps, filter);
    const kept = await Promise.all(shown[name].map((id) => readRequestView(deps, id)));
    const rows = [
      ...kept.flatMap((one) => one ?? []),
      ...page.newest.filter(({ id }) => !shownAnywhere.has(id)),
    ];
    const isListed = ({ id }: RequestView) => page.newest.some((one) => one.id === id);
    const unlisted = rows.filter((one) => matches(one) && !isListed(one));
    const unread = page.count - page.newest.length - unlisted.length;
    return { newest: rows.slice(0, filter.limit), count: rows.length + Math.max(unread, 0) };
  };
  const [live, waitingForMe, myPending] = await Promise.all([
    read('live'),
    read('waitingForMe'),
    read('myPending'),
  ]);
  return withoutRepetitions({ live, waitingForMe, myPending });
}

/** The parts are read one beside the other, so a request that goes on meanwhile can be in two. Slack refuses a Home with a row twice. */
function withoutRepetitions(parts: HomeParts): HomeParts {
  const seen = new Set<RequestId>();
  const first = ({ newest, count }: RequestPage): RequestPage => {
    const kept = newest.filter(({ id }) => !seen.has(id) && seen.add(id));
    return { newest: kept, count: count - (newest.length - kept.length) };
  };
  return {
    live: first(parts.live),
    waitingForMe: first(parts.waitingForMe),
    myPending: first(parts.myPending),
  };
}

/** What is on the screen once these parts are drawn. */
export const shownRows = ({ live, waitingForMe, myPending }: HomeParts): ShownRows => ({
  live: live.newest.map(({ id }) => id),
  waitingForMe: waitingForMe.newest.map(({ id }) => id),
  myPending: myPending.newest.map(({ id }) => id),
});
