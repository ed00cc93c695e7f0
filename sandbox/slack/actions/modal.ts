/** Sending a modal, and closing it. */
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

/** Only the modal that a person looks at can be sent; Slack's screen complains before the app is asked. */
export async function submit(
  seat: ActionContext,
  viewId: string,
  typed: EnteredValues,
  suggested: SuggestedOptions,
): Promise<ActionResult> {
  const user = actingUser(seat);
  if (!user.ok) return user.error;
  const { slack, person, forged } = seat;
  const view = topModalOf(slack.store.state, person);
  if (view === undefined || view.id !== viewId) return impossible('that modal is not open');
  if (view.submit === null && !forged) return impossible('this modal has nothing to send');
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
  return delivery.kind === 'silent' ? failed(delivery) : applyResponse(seat, view, delivery.payload);
}

/** What the app's acknowledgement makes of the stack of modals. */
function applyResponse(seat: ActionContext, view: View, payload: Json): ActionResult {
  const { response_action: action } = payload;
  switch (action) {
    case undefined:
      // The app may have changed the stack by views.push or views.open while it was asked.
      setStack(
        seat,
        stackOf(seat).filter((each) => each.id !== view.id),
      );
      return { kind: 'closed' };
    case 'clear':
      setStack(seat, []);
      return { kind: 'cleared' };
    case 'errors':
      return withErrors(view, payload['errors']);
    case 'update':
    case 'push':
      return withView(seat, view, action, payload['view']);
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

function withView(seat: ActionContext, old: View, action: 'update' | 'push', given: unknown): ActionResult {
  const { slack, person } = seat;
  if (isTooLarge(given)) return refusedResponse('view_too_large');
  const view = checkedView(given, appIdsOf(slack.store.state), action === 'update' ? placeOf(old) : {});
  if (!view.ok) return refusedResponse(problemsOf(view.error));
  if (view.value.type !== 'modal') return refusedResponse('the view must be a modal');
  if (action === 'update') {
    replace(slack, person, view.value);
    return { kind: 'updated', view: view.value };
  }
  if (stackOf(seat).length >= LIMITS.modalsInStack) return refusedResponse('push_limit_reached');
  const pushed = stackedOn(view.value, old);
  setStack(seat, [...stackOf(seat), pushed]);
  return { kind: 'pushed', view: pushed };
}

/** Closing goes through at once; an app that asked to be told (`notify_on_close`) is told afterwards. */
export async function close(seat: ActionContext, viewId: string, all: boolean): Promise<ActionResult> {
  const user = actingUser(seat);
  if (!user.ok) return user.error;
  const stack = stackOf(seat);
  const top = stack.at(-1);
  if (top === undefined || top.id !== viewId) return impossible('that modal is not open');
  const gone = all || top.clear_on_close ? stack : [top];
  setStack(seat, stack.slice(0, stack.length - gone.length));
  const { slack } = seat;
  for (const view of [...gone].reverse().filter((each) => each.notify_on_close))
    await send(slack, 'interactive', {
      ...interactiveBody(slack, user.value, 'view_closed'),
      view,
      is_cleared: all,
    });
  return { kind: gone.length === stack.length && stack.length > 1 ? 'cleared' : 'closed' };
}
