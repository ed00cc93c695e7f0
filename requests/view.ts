import type { Instant, LeaseId, PersonId, RequestId } from '../core/ids.ts';
import type { Elsewhere } from '../core/elsewhere.ts';
import type { Event } from '../core/request/events.ts';
import { stateAfter } from '../core/request/evolve.ts';
import { type WaitSince, grantWait } from '../core/request/grant-wait.ts';
import type { PersonName, CardContent } from '../core/request/shown.ts';
import type { RequestState } from '../core/request/state.ts';
import { type DescribedTarget, describedTarget } from '../core/target.ts';
import type { FreeTextOfEvent, Ledger, NumberedEvent, RequestFilter } from '../ledger/index.ts';
import type { Policy, PolicySet } from '../policy/index.ts';

import { readElsewhere } from './elsewhere.ts';

/**
 * All that a card or a Home tab shows of a request: its state, and the texts that the state lacks. What was shown when it
 * was judged is shown until its end, whatever the policy files say meanwhile (I11).
 */
export type RequestView = Readonly<{
  id: RequestId;
  state: Exclude<RequestState, { kind: 'blank' }>;
  title: CardContent['title'];
  about: string | undefined;
  class: CardContent['class'];
  reason: string;
  /** The last denial, of the request or of its last extension: who denied it, and the text for the requester. */
  denial?: Readonly<{ by: PersonId; text: string }>;
  /** Why the requester requested the last extension. */
  extensionReason?: string;
  /** What approvers asked the requester, in order, with the answers that were given. */
  questions: readonly Readonly<{ by: PersonId; question: string; answer?: string }>[];
  /** Each with the name of its provider. */
  targets: readonly (DescribedTarget & Readonly<{ provider?: string }>)[];
  /** Leases whose password the requester has not been shown yet. */
  secrets: readonly LeaseId[];
  trail: readonly NumberedEvent[];
  now: Instant;
  /** For what the grant waits, while it is not done. */
  wait: WaitSince | undefined;
  /** What goes on at the providers, whatever is recorded here. */
  elsewhere: readonly Elsewhere[];
  nameOf: (person: PersonId) => PersonName;
  /** Where the console shows it, when there is a console. */
  link?: string;
  /** The Slack account of a person now, for messages to them. */
  slackOf: (person: PersonId) => string | undefined;
}>;

/** `consoleUrl`: the address of the console, when there is one. */
export type ViewDeps = Readonly<{ ledger: Ledger; policy: Policy; consoleUrl?: string | undefined }>;

/** Reads the view of a request; undefined when there is no such request. */
export async function readRequestView(deps: ViewDeps, id: RequestId): Promise<RequestView | undefined> {
  const { ledger, policy, consoleUrl } = deps;
  const trail = await ledger.readTrail(id);
  const state = stateAfter(trail.map(({ event }) => event));
  if (state.kind === 'blank') return undefined;

  const [freeText, said, shown, leases, set, now] = await Promise.all([
    ledger.readFreeText(id),
    ledger.readQuestions(id),
    ledger.readShown(id),
    state.kind === 'active' || state.kind === 'granting' ? ledger.leasesOf(id) : [],
    policy.lastKnown(),
    ledger.now(),
  ]);
  const waiting = await Promise.all(
    (state.kind === 'active' ? leases : []).map(async ({ id: lease }) =>
      (await ledger.hasSecret(lease)) ? [lease] : [],
    ),
  );
  const currentNameOf = personNames(set);
  const deniedBy = lastDenier(trail.map(({ event }) => event));
  const { requester } = state.details;
  const targets = shown.targets.map((target, at) => {
    const provider = state.details.targets[at];
    return { ...describedTarget(target), ...(provider === undefined ? {} : { provider }) };
  });
  const events = trail.map(({ event }) => event);
  return {
    id,
    state,
    title: shown.title,
    about: shown.about,
    class: shown.class,
    reason: freeText.reason ?? '(erased)',
    ...(deniedBy === undefined || freeText.denial === undefined
      ? {}
      : { denial: { by: deniedBy, text: freeText.denial } }),
    ...(freeText.extension === undefined ? {} : { extensionReason: freeText.extension }),
    questions: questionsIn(trail, said),
    ...(consoleUrl === undefined ? {} : { link: `${consoleUrl}/requests/${id}` }),
    targets,
    wait: state.kind === 'granting' ? await withWitnesses(ledger, grantWait(state, leases)) : undefined,
    elsewhere: await readElsewhere(ledger, { state, events, targets, now }),
    secrets: waiting.flat(),
    trail,
    now,
    nameOf: (person) => (person === requester ? shown.requester : currentNameOf(person)),
    slackOf: (person) => currentNameOf(person).slack,
  };
}

/** A grant that waits for the log waits for each witness that does not sign. */
async function withWitnesses(
  ledger: Pick<Ledger, 'logPlaces'>,
  wait: WaitSince | undefined,
): Promise<WaitSince | undefined> {
  if (wait?.kind !== 'log') return wait;
  const witnesses = (await ledger.logPlaces()).filter(
    ({ kind, problem }) => kind === 'witness' && problem !== null,
  );
  return witnesses.length === 0 ? wait : { ...wait, witnesses: witnesses.map(({ name }) => name) };
}

/** The questions of a trail with their texts. One that was erased is shown as such. */
function questionsIn(
  trail: RequestView['trail'],
  said: readonly FreeTextOfEvent[],
): RequestView['questions'] {
  const textOf = (seq: number): string => said.find((each) => each.seq === seq)?.body ?? '(erased)';
  const found: { by: PersonId; question: string; answer?: string }[] = [];
  for (const { event, seq } of trail) {
    if (event.kind === 'asked') found.push({ by: event.by, question: textOf(seq) });
    const last = found.at(-1);
    if (event.kind === 'answered' && last) last.answer = textOf(seq);
  }
  return found;
}

/** Who denied the request, or its last extension. Undefined when a later extension was requested, or neither was denied. */
function lastDenier(events: readonly Event[]): PersonId | undefined {
  const last = events.findLast(
    ({ kind }) => kind === 'extension-requested' || kind === 'extension-closed' || kind === 'closed',
  );
  return last && 'ending' in last && last.ending.kind === 'denied' ? last.ending.by : undefined;
}

/** The newest requests that match a filter, and how many match. */
export type RequestPage = Readonly<{ newest: readonly RequestView[]; count: number }>;

export async function readRequestPage(deps: ViewDeps, filter: RequestFilter): Promise<RequestPage> {
  const [found, count] = await Promise.all([
    deps.ledger.listRequests(filter),
    deps.ledger.countRequests(filter),
  ]);
  const views = await Promise.all(found.map(({ id }) => readRequestView(deps, id)));
  return { newest: views.flatMap((one) => one ?? []), count };
}

/** Names and Slack accounts of people. A person who left the people file is called by their id. */
export const personNames =
  (set: PolicySet | undefined) =>
  (person: PersonId): PersonName => {
    const known = set?.directory.people.get(person);
    const slack = known?.accounts['slack']?.[0];
    return { name: known?.name ?? person, ...(slack === undefined ? {} : { slack }) };
  };
