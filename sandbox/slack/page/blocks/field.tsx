import type { FC, PropsWithChildren } from 'hono/jsx';
import type { ConfirmationDialog } from '@slack/types';
import { domId, type RenderContext } from '../viewer.ts';
import { Confirm } from './button.tsx';

/** When an element sends an action to the app: `change` after another choice, `enter` or `input` for text. */
export type Dispatch = 'never' | 'change' | 'enter' | 'input';

/** The block and the page context of an element with a value. */
export type FieldContext = Readonly<{
  block: string;
  spot: RenderContext;
  dispatch: Dispatch;
  labelledBy?: string | undefined;
}>;

type FieldProps = PropsWithChildren<{
  held: FieldContext;
  element: Readonly<{ type: string; action_id?: string; confirm?: ConfirmationDialog }>;
  /** The initial value, as JSON of the type `EnteredValue`. */
  chosen?: unknown;
  kind: 'text' | 'combo' | 'radio' | 'checks';
}>;

/** A hash of an element without its initial value. It changes when the element's options change. */
const hashOf = (element: object): string => {
  const definition = JSON.stringify(element, (key, value: unknown) =>
    key.startsWith('initial_') ? undefined : value,
  );
  let hash = 5381;
  for (const letter of definition) hash = ((hash * 33) ^ (letter.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
};

/**
 * The wrapper of an element with a value. While `data-keep` stays equal, an update of the page keeps the
 * element and what the person entered, as Slack does for an unchanged `block_id` and `action_id`.
 */
export const Field: FC<FieldProps> = ({ held, element, chosen, kind, children }) => {
  const id = domId(held.spot.where, held.block, element.action_id);
  const keep = kind === 'text' ? id : `${id}:${hashOf(element)}`;
  return (
    <div
      id={`${id}.field`}
      class={`field field--${kind}`}
      data-field={kind}
      data-keep={keep}
      data-block={held.block}
      data-action={element.action_id}
      data-dispatch={held.dispatch}
      data-chosen={chosen === undefined ? undefined : JSON.stringify(chosen)}
      data-confirm={element.confirm ? `${id}.confirm` : undefined}
    >
      {children}
      {element.confirm && (
        <Confirm id={`${id}.confirm`} confirm={element.confirm} viewer={held.spot.viewer} />
      )}
    </div>
  );
};

/** The DOM id of the control inside a field, to which its label refers. */
export const controlId = ({ spot, block }: FieldContext, action: string | undefined): string =>
  domId(spot.where, block, action);
