import type { InputBlock } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import { domId, type RenderContext } from '../viewer.ts';
import { dispatchOf, ElementView } from './element.tsx';
import { controlId } from './field.tsx';

/**
 * A labelled field of a form. The element for its error is always present, so that screen readers announce
 * the error.
 */
export const Input: FC<{ block: InputBlock; id: string; spot: RenderContext }> = ({ block, id, spot }) => {
  const label = domId(spot.where, id, 'label');
  const held = {
    block: id,
    spot,
    dispatch: dispatchOf(block.element, block.dispatch_action),
    labelledBy: label,
  };
  return (
    <div class="form-row" data-row={id}>
      <label class="form-row__label" id={label} for={controlId(held, block.element.action_id)}>
        {safeText(block.label.text)}
        {block.optional && <span class="form-row__optional"> (optional)</span>}
      </label>
      <ElementView element={block.element} held={held} />
      <p class="form-row__error" role="alert" data-error={id} data-keep={`${spot.where}.${id}.error`} />
      {block.hint && <p class="form-row__hint">{safeText(block.hint.text)}</p>}
    </div>
  );
};
