/** Submitting and closing a modal. */
import { checkedView } from '../with-ids.ts';
import { stackedOn, placeOf, replace } from '../api/views.ts';
import { isObject, type Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { ActionResult, EnteredValues, View } from '../model.ts';
import { withValues, interactiveBody, appIdsOf, triggerFor } from '../payloads.ts';
import { topModalOf } from '../read.ts';
import { inputErrors, valuesOf } from '../values.ts';
import { isTooLarge } from '../views.ts';
import { offeredAt, type SuggestedOptions } from './click.ts';
import {
  refusedResponse,
  failed,
  impossible,
  problemsOf,
  actingUser,
  send,
  type ActionContext,
} from './common.ts';

const stackOf = ({ slack, person }: ActionContext): readonly View[] => slack.store.state.modals[person] ?? [];
const setStack = ({ slack, person }: ActionContext, views: readonly View[]): void =>
  slack.store.apply({ kind: 'modals', person, views });

/** Submits the visible modal. Slack's client checks the inputs before it sends anything to the app. */
export async function submit(
  context: ActionContext,
  viewId: string,
  typed: EnteredValues,
  suggested: SuggestedOptions,
): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const { slack, person, forged } = context;
  const view = topModalOf(slack.store.state, person);
  if (view === undefined || view.id !== viewId) return impossible('that modal is not open');
  if (view.submit === null && !forged) return impossible('this modal has no submit button');
  const values = valuesOf(view.blocks, typed, offeredAt(suggested, person, { kind: 'view', viewId }));
  if (!values.ok) return impossible(values.error);
  const errors = forged ? {} : inputErrors(view.blocks, values.value);
  if (Object.keys(errors).length > 0) return { kind: 'errors', errors };
  const delivery = await send(slack, 'interactive', {
    ...interactiveBody(slack, user.value, 'view_submission'),
    ...triggerFor(slack, user.value),
    view: withValues(view, values.value),
    response_urls: [],
  });
  return delivery.kind === 'unacknowledged'
    ? failed(delivery)
    : applyResponse(context, view, delivery.payload);
}

/** Changes the open modals as the app's acknowledgement says. */
function applyResponse(context: ActionContext, view: View, payload: Json): ActionResult {
  const { response_action: action } = payload;
  switch (action) {
    case undefined:
      // The app may have changed the open modals with views.push or views.open before it acknowledged.
      setStack(
        context,
        stackOf(context).filter((each) => each.id !== view.id),
      );
      return { kind: 'closed' };
    case 'clear':
      setStack(context, []);
      return { kind: 'cleared' };
    case 'errors':
      return withErrors(view, payload['errors']);
    case 'update':
    case 'push':
      return withView(context, view, action, payload['view']);
    default:
      return refusedResponse(`unknown response_action ${JSON.stringify(action)}`);
  }
}

function withErrors(view: View, errors: unknown): ActionResult {
  if (!isObject(errors) || Object.keys(errors).length === 0)
    return refusedResponse('errors must name a block');
  const inputs = view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
  const stray = Object.keys(errors).find((block) => !inputs.includes(block));
  if (stray !== undefined) return refusedResponse(`there is no input block ${JSON.stringify(stray)}`);
  return {
    kind: 'errors',
    errors: Object.fromEntries(Object.entries(errors).map(([block, said]) => [block, String(said)])),
  };
}

function withView(
  context: ActionContext,
  old: View,
  action: 'update' | 'push',
  given: unknown,
): ActionResult {
  const { slack, person } = context;
  if (isTooLarge(given)) return refusedResponse('view_too_large');
  const view = checkedView(given, appIdsOf(slack.store.state), action === 'update' ? placeOf(old) : {});
  if (!view.ok) return refusedResponse(problemsOf(view.error));
  if (view.value.type !== 'modal') return refusedResponse('the view must be a modal');
  if (action === 'update') {
    replace(slack, person, view.value);
    return { kind: 'updated', view: view.value };
  }
  if (stackOf(context).length >= LIMITS.modalsInStack) return refusedResponse('push_limit_reached');
  const pushed = stackedOn(view.value, old);
  setStack(context, [...stackOf(context), pushed]);
  return { kind: 'pushed', view: pushed };
}

/** Closes at once. Then sends `view_closed` to an app that set `notify_on_close`. */
export async function close(context: ActionContext, viewId: string, all: boolean): Promise<ActionResult> {
  const user = actingUser(context);
  if (!user.ok) return user.error;
  const stack = stackOf(context);
  const top = stack.at(-1);
  if (top === undefined || top.id !== viewId) return impossible('that modal is not open');
  const gone = all || top.clear_on_close ? stack : [top];
  setStack(context, stack.slice(0, stack.length - gone.length));
  const { slack } = context;
  for (const view of [...gone].reverse().filter((each) => each.notify_on_close))
    await send(slack, 'interactive', {
      ...interactiveBody(slack, user.value, 'view_closed'),
      view,
      is_cleared: all,
    });
  return { kind: gone.length === stack.length && stack.length > 1 ? 'cleared' : 'closed' };
}
