/** Sending a modal, and closing it. */
import { acceptView } from '../accept.ts';
import { onTopOf, placeOf, replace } from '../api/views.ts';
import { isObject, type Json } from '../check.ts';
import { LIMITS } from '../limits.ts';
import type { Answer, TypedValues, View } from '../model.ts';
import { filled, interactiveBody, shellOf, triggerFor } from '../payloads.ts';
import { topModalOf } from '../read.ts';
import { complaints, valuesOf } from '../values.ts';
import { isTooLarge } from '../views.ts';
import { offeredAt, type Suggested } from './click.ts';
import { badAnswer, failed, impossible, problemsOf, seated, send, type Seat } from './gate.ts';

const stackOf = ({ slack, person }: Seat): readonly View[] => slack.store.state.modals[person] ?? [];
const setStack = ({ slack, person }: Seat, views: readonly View[]): void =>
  slack.store.apply({ kind: 'modals', person, views });

/** Only the modal that a person looks at can be sent; Slack's screen complains before the app is asked. */
export async function submit(
  seat: Seat,
  viewId: string,
  typed: TypedValues,
  suggested: Suggested,
): Promise<Answer> {
  const user = seated(seat);
  if (!user.ok) return user.error;
  const { slack, person, forged } = seat;
  const view = topModalOf(slack.store.state, person);
  if (view === undefined || view.id !== viewId) return impossible('that modal is not open');
  if (view.submit === null && !forged) return impossible('this modal has nothing to send');
  const values = valuesOf(view.blocks, typed, offeredAt(suggested, person, { kind: 'view', viewId }));
  if (!values.ok) return impossible(values.error);
  const errors = forged ? {} : complaints(view.blocks, values.value);
  if (Object.keys(errors).length > 0) return { kind: 'errors', errors };
  const delivery = await send(slack, 'interactive', {
    ...interactiveBody(slack, user.value, 'view_submission'),
    ...triggerFor(slack, user.value),
    view: filled(view, values.value),
    response_urls: [],
  });
  return delivery.kind === 'silent' ? failed(delivery) : afterwards(seat, view, delivery.payload);
}

/** What the app's acknowledgement makes of the stack of modals. */
function afterwards(seat: Seat, view: View, payload: Json): Answer {
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
      return badAnswer(`unknown response_action ${JSON.stringify(action)}`);
  }
}

function withErrors(view: View, errors: unknown): Answer {
  if (!isObject(errors) || Object.keys(errors).length === 0) return badAnswer('errors must name a block');
  const inputs = view.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
  const stray = Object.keys(errors).find((block) => !inputs.includes(block));
  if (stray !== undefined) return badAnswer(`there is no input block ${JSON.stringify(stray)}`);
  return {
    kind: 'errors',
    errors: Object.fromEntries(Object.entries(errors).map(([block, said]) => [block, String(said)])),
  };
}

function withView(seat: Seat, old: View, action: 'update' | 'push', given: unknown): Answer {
  const { slack, person } = seat;
  if (isTooLarge(given)) return badAnswer('view_too_large');
  const view = acceptView(given, shellOf(slack.store.state), action === 'update' ? placeOf(old) : {});
  if (!view.ok) return badAnswer(problemsOf(view.error));
  if (view.value.type !== 'modal') return badAnswer('the view must be a modal');
  if (action === 'update') {
    replace(slack, person, view.value);
    return { kind: 'updated', view: view.value };
  }
  if (stackOf(seat).length >= LIMITS.modalsInStack) return badAnswer('push_limit_reached');
  const pushed = onTopOf(view.value, old);
  setStack(seat, [...stackOf(seat), pushed]);
  return { kind: 'pushed', view: pushed };
}

/** Closing goes through at once; an app that asked to be told (`notify_on_close`) is told afterwards. */
export async function close(seat: Seat, viewId: string, all: boolean): Promise<Answer> {
  const user = seated(seat);
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
