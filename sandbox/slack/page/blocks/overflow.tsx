import type { Overflow } from '@slack/types';
import type { FC } from 'hono/jsx';
import { OptionText } from './choices.tsx';
import { controlId, type FieldContext } from './field.tsx';

/** The "..." menu. Choosing an option counts as a click. */
export const OverflowMenu: FC<{ element: Overflow; held: FieldContext }> = ({ element, held }) => {
  const id = controlId(held, element.action_id);
  return (
    <details class="overflow" id={`${id}.menu`}>
      <summary class="btn btn--icon" aria-label="More actions">
        ⋯
      </summary>
      <div class="overflow__list" role="menu">
        {element.options.map((option, index) => (
          <button
            id={`${id}.${index}`}
            type="button"
            role="menuitem"
            class="combo__option"
            data-act="click"
            data-block={held.block}
            data-action={element.action_id}
            data-pick={option.value}
          >
            <OptionText option={option} viewer={held.spot.viewer} />
          </button>
        ))}
      </div>
    </details>
  );
};
