/** Clicking a button, choosing an option and searching in a select. */
import { checkedChoices } from '../with-ids.ts';
import type { Json } from '../check.ts';
import type { ActionResult, Click, Option, Place, Search, User } from '../model.ts';
import { interactiveBody, placeBody, responseUrl, triggerFor } from '../payloads.ts';
import { blocksAt } from '../read.ts';
import { elementsOf, valueOf, valuesOf, type FoundElement } from '../values.ts';
import { no, ok, type Result } from '../../../core/result.ts';
import {
  refusedResponse,
  failed,
  impossible,
  problemsOf,
  actingUser,
  send,
  type ActionContext,
} from './common.ts';

/**
 * The options that the app suggested, by place and element. A choice can then name an option by its value.
 */
export type SuggestedOptions = Map<string, readonly Option[]>;

const keyOf = (person: string, place: Place, action_id: string): string =>
  JSON.stringify([person, place, action_id]);

export const offeredAt =
  (suggested: SuggestedOptions, person: string, place: Place) =>
  (found: FoundElement): readonly Option[] =>
    suggested.get(keyOf(person, place, found.action_id)) ?? [];

type ElementName = Readonly<{ place: Place; action_id: string; block_id?: string; seen?: Click['seen'] }>;

/** Finds the named element in `seen`, or else in the current blocks. */
function findElement(
  { slack, person }: ActionContext,
  named: ElementName,
): Result<FoundElement, ActionResult> {
  const blocks = named.seen ?? blocksAt(slack.store.state, person, named.place);
  if (blocks === undefined) return no(impossible('that message or modal is not on this screen'));
  const found = elementsOf(blocks).find(
    (each) => each.action_id === named.action_id && (named.block_id ?? each.block_id) === each.block_id,
  );
  if (found !== undefined) return ok(found);
  const there = elementsOf(blocks).map((each) => each.action_id);
  return no(
    impossible(
      `there is no ${named.action_id} here; there is: ${there.join(', ') || 'no interactive element'}`,
    ),
  );
}

/** The action in the payload, which repeats some fields of the element. */
function actionOf(
  context: ActionContext,
  found: FoundElement,
  click: Click,
  suggested: SuggestedOptions,
): Result<Json, string> {
  const { element, type, action_id, block_id } = found;
  const common = { type, action_id, block_id, action_ts: context.slack.store.newTs() };
  if (type === 'button' || type === 'workflow_button') {
    const { text, value, style, url, confirm } = element;
    return ok({ ...common, ...defined({ text, value, style, url, confirm }) });
  }
  const value = valueOf(found, click.chosen, offeredAt(suggested, context.person, click.place)(found));
  return value.ok
    ? ok({ ...defined({ placeholder: element['placeholder'] }), ...value.value, ...common })
    : value;
}

const defined = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

export async function click(
  context: ActionContext,
  clicked: Click,
  suggested: SuggestedOptions,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person } = context;
  const found = findElement(context, clicked);
  if (!found.ok) return found.error;
  const action = actionOf(context, found.value, clicked, suggested);
  if (!action.ok) return impossible(action.error);
  const blocks = blocksAt(slack.store.state, person, clicked.place) ?? clicked.seen ?? [];
  const typed = withChosenValue(clicked, found.value);
  const values = valuesOf(blocks, typed, offeredAt(suggested, person, clicked.place));
  if (!values.ok) return impossible(values.error);
  const { place } = clicked;
  const delivery = await send(slack, 'interactive', {
    ...interactiveBody(slack, user.value, 'block_actions'),
    ...placeBody(slack, user.value, place, values.value),
    ...triggerFor(slack, user.value),
    ...(place.kind === 'message'
      ? { response_url: responseUrl(slack, person, place.channel, place.ts) }
      : {}),
    actions: [action.value],
  });
  return delivery.kind === 'acked' ? { kind: 'acked' } : failed(delivery);
}

/** The entered values with the value that was chosen by this click. */
const withChosenValue = (
  clicked: Click,
  { block_id, action_id }: FoundElement,
): NonNullable<Click['values']> =>
  clicked.chosen === undefined
    ? (clicked.values ?? {})
    : {
        ...clicked.values,
        [block_id]: { ...clicked.values?.[block_id], [action_id]: clicked.chosen },
      };

/**
 * Requests options from the app. Slack does so only for at least `min_query_length` characters (three by
 * default).
 */
export async function suggest(
  context: ActionContext,
  search: Search,
  suggested: SuggestedOptions,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const found = findElement(context, search);
  if (!found.ok) return found.error;
  const { element, type } = found.value;
  if (!type.includes('external_select')) return impossible(`${search.action_id} has its own options`);
  const least = typeof element['min_query_length'] === 'number' ? element['min_query_length'] : 3;
  if (search.typed.length < least) return { kind: 'options', options: [], groups: [] };
  const delivery = await send(
    context.slack,
    'interactive',
    suggestionBody(context, user.value, found.value, search),
  );
  if (delivery.kind === 'unacknowledged')
    return failed(delivery, 'The options could not be loaded. Try again?');
  const choices = checkedChoices(delivery.payload);
  if (!choices.ok) return refusedResponse(problemsOf(choices.error));
  const { options, groups } = choices.value;
  const all = [...options, ...groups.flatMap((group) => group.options)];
  const key = keyOf(context.person, search.place, search.action_id);
  suggested.set(key, [...(suggested.get(key) ?? []), ...all]);
  return { kind: 'options', options, groups };
}

function suggestionBody({ slack }: ActionContext, user: User, found: FoundElement, search: Search): Json {
  const { block_id, action_id } = found;
  return {
    ...interactiveBody(slack, user, 'block_suggestion'),
    ...placeBody(slack, user, search.place, {}),
    action_id,
    block_id,
    value: search.typed,
  };
}
