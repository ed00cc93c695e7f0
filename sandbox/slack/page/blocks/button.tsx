import type { Button, ConfirmationDialog } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText, safeUrl } from '../inert.ts';
import { domId, type RenderContext, type Viewer } from '../viewer.ts';
import { Text } from './text.tsx';

/** The content of a confirmation dialog. The client clones it into a dialog when the element is used. */
export const Confirm: FC<{ id: string; confirm: ConfirmationDialog; viewer: Viewer }> = ({
  id,
  confirm,
  viewer,
}) => (
  <div id={id} hidden>
    <h2 class="dialog__title">{safeText(confirm.title?.text ?? 'Are you sure?')}</h2>
    <div class="dialog__text">
      <Text text={confirm.text} viewer={viewer} />
    </div>
    <div class="dialog__foot">
      <button type="button" class="btn" value="deny">
        {safeText(confirm.deny?.text ?? 'Cancel')}
      </button>
      <button type="button" class={`btn btn--${confirm.style ?? 'primary'}`} value="confirm">
        {safeText(confirm.confirm?.text ?? 'Yes')}
      </button>
    </div>
  </div>
);

type ButtonProps = { button: Button; block: string; spot: RenderContext };

/**
 * A button. `accessibility_label` replaces its label for screen readers, so that buttons with the same text
 * can be distinguished.
 */
export const ButtonView: FC<ButtonProps> = ({ button, block, spot }) => {
  const id = domId(spot.where, block, button.action_id ?? button.text.text);
  const url = button.url !== undefined ? safeUrl(button.url) : undefined;
  const look = {
    id,
    class: button.style === undefined ? 'btn' : `btn btn--${button.style}`,
    'aria-label': button.accessibility_label,
    'data-act': 'click',
    'data-block': block,
    'data-action': button.action_id,
    'data-confirm': button.confirm ? `${id}.confirm` : undefined,
  };
  const label = <Text text={button.text} viewer={spot.viewer} />;
  return (
    <span class="act">
      {url === undefined ? (
        <button type="button" {...look}>
          {label}
        </button>
      ) : (
        <a href={url} target="_blank" rel="noopener noreferrer nofollow" {...look}>
          {label}
        </a>
      )}
      {button.confirm && <Confirm id={`${id}.confirm`} confirm={button.confirm} viewer={spot.viewer} />}
    </span>
  );
};
