/** `views.*`: modals and Home tabs. */
import { no, type Result } from '../../../core/result.ts';
import { checkedView } from '../with-ids.ts';
import type { Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { State, View } from '../model.ts';
import { appIdsOf } from '../payloads.ts';
import { viewerOf, viewOf } from '../read.ts';
import type { Slack } from '../slack.ts';
import { isTooLarge } from '../views.ts';
import { answer, jsonOf, refuse, refuseWith, stringOf, type Reply } from './reply.ts';
import type { Method } from './method.ts';

type Place = Parameters<typeof checkedView>[2];

/** The checked view of a call. Runs before the trigger is used, because a refused view does not use it. */
function viewFrom(slack: Slack, args: Json, type: 'modal' | 'any', place?: Place): Result<View, Reply> {
  const raw = jsonOf(args['view']);
  if (isTooLarge(raw)) return no(refuse('view_too_large'));
  const view = checkedView(raw, appIdsOf(slack.store.state), place);
  if (!view.ok) return no(refuseWith('invalid_arguments', view.error));
  if (type === 'modal' && view.value.type !== 'modal')
    return no(refuseWith('invalid_arguments', [{ pointer: '/view/type', message: 'must be a modal' }]));
  return view;
}

const allViews = (state: State): readonly View[] => [
  ...Object.values(state.modals).flat(),
  ...Object.values(state.homes),
];

const isTaken = (state: State, view: View): boolean =>
  view.external_id !== '' &&
  allViews(state).some((other) => other.external_id === view.external_id && other.id !== view.id);

function open(slack: Slack, args: Json): Reply {
  const view = viewFrom(slack, args, 'modal');
  if (!view.ok) return view.error;
  if (isTaken(slack.store.state, view.value)) return refuse('duplicate_external_id');
  const person = slack.triggers.exchange(args['trigger_id']);
  if (!person.ok) return refuse(person.error);
  slack.store.apply({ kind: 'modals', person: person.value, views: [view.value] });
  return answer({ view: view.value });
}

/** Opens a modal on top of the visible one. At most three can be open. */
function push(slack: Slack, args: Json): Reply {
  const checked = viewFrom(slack, args, 'modal');
  if (!checked.ok) return checked.error;
  if (isTaken(slack.store.state, checked.value)) return refuse('duplicate_external_id');
  const person = slack.triggers.exchange(args['trigger_id']);
  if (!person.ok) return refuse(person.error);
  const stack = slack.store.state.modals[person.value] ?? [];
  const top = stack.at(-1);
  if (top === undefined) return refuse('not_found');
  if (stack.length >= LIMITS.modalsInStack) return refuse('push_limit_reached');
  const view = stackedOn(checked.value, top);
  slack.store.apply({ kind: 'modals', person: person.value, views: [...stack, view] });
  return answer({ view });
}

export const stackedOn = (view: View, top: View): View => ({
  ...view,
  root_view_id: top.root_view_id,
  previous_view_id: top.id,
});

/** The id and stack position of `old`, for a new version of it. */
export const placeOf = (old: View) => ({
  id: old.id,
  root: old.root_view_id,
  previous: old.previous_view_id,
});

function update(slack: Slack, args: Json): Reply {
  const { state } = slack.store;
  const [id, external] = [stringOf(args, 'view_id'), stringOf(args, 'external_id')];
  if (id === '' && external === '')
    return refuseWith('invalid_arguments', [{ pointer: '', message: 'missing required field: view_id' }]);
  const old = allViews(state).find((view) => (id === '' ? view.external_id === external : view.id === id));
  if (old === undefined) return refuse('not_found');
  const view = viewFrom(slack, args, 'any', placeOf(old));
  if (!view.ok) return view.error;
  if (isTaken(state, view.value)) return refuse('duplicate_external_id');
  if (isStale(args, old)) return refuse('hash_conflict');
  replace(slack, viewerOf(state, old.id) ?? '', view.value);
  return answer({ view: view.value });
}

const isStale = (args: Json, old: View | undefined): boolean =>
  stringOf(args, 'hash') !== '' && stringOf(args, 'hash') !== old?.hash;

/** Replaces an open view with its new version. */
export function replace(slack: Slack, person: string, view: View): void {
  const { state } = slack.store;
  const isOpen = viewOf(state, person, view.id);
  if (isOpen?.type === 'home') return slack.store.apply({ kind: 'home', person, view });
  const views = (state.modals[person] ?? []).map((each) => (each.id === view.id ? view : each));
  slack.store.apply({ kind: 'modals', person, views });
}

function publish(slack: Slack, args: Json): Reply {
  const person = stringOf(args, 'user_id');
  const user = Object.hasOwn(slack.store.state.users, person) ? slack.store.state.users[person] : undefined;
  if (user === undefined || user.kind === 'bot') return refuse('user_not_found');
  const old = slack.store.state.homes[person];
  const view = viewFrom(slack, args, 'any', old === undefined ? {} : placeOf(old));
  if (!view.ok) return view.error;
  if (view.value.type !== 'home')
    return refuseWith('invalid_arguments', [{ pointer: '/view/type', message: 'must be a home' }]);
  if (isTaken(slack.store.state, view.value)) return refuse('duplicate_external_id');
  if (isStale(args, old)) return refuse('hash_conflict');
  slack.store.apply({ kind: 'home', person, view: view.value });
  return answer({ view: view.value });
}

const noScope = { token: 'bot', scopes: [] } as const;

export const viewMethods: Readonly<Record<string, Method>> = {
  'views.open': { ...noScope, required: ['view', 'trigger_id'], run: open },
  'views.push': { ...noScope, required: ['view', 'trigger_id'], run: push },
  'views.update': { ...noScope, required: ['view'], run: update },
  'views.publish': { ...noScope, required: ['user_id', 'view'], run: publish },
};
