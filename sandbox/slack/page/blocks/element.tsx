import type { ActionsBlockElement, InputBlockElement, SectionBlockAccessory } from '@slack/types';
import type { FC } from 'hono/jsx';
import { ButtonView } from './button.tsx';
import { Choices } from './choices.tsx';
import { controlId, Field, type Dispatch, type FieldContext } from './field.tsx';
import { ImageView } from './image.tsx';
import { MomentInput, TextInput } from './inputs.tsx';
import { OverflowMenu } from './overflow.tsx';
import { SelectView } from './select.tsx';
import { Unsupported } from './unsupported.tsx';

export type AnyElement = ActionsBlockElement | InputBlockElement | SectionBlockAccessory;

/** When an element in an input block tells its app before the submit. */
export function dispatchOf(element: InputBlockElement, dispatches: boolean | undefined): Dispatch {
  if (!dispatches) return 'never';
  if (!element.type.endsWith('_input')) return 'change';
  const config = 'dispatch_action_config' in element ? element.dispatch_action_config : undefined;
  return config?.trigger_actions_on?.includes('on_character_entered') ? 'input' : 'enter';
}

/** Any interactive element, in whatever block it stands. */
export const ElementView: FC<{ element: AnyElement; held: FieldContext }> = ({ element, held }) => {
  switch (element.type) {
    case 'button':
    case 'workflow_button':
      return <ButtonView button={element} block={held.block} spot={held.spot} />;
    case 'image':
      return <ImageView image={element} />;
    case 'overflow':
      return <OverflowMenu element={element} held={held} />;
    case 'radio_buttons':
    case 'checkboxes':
      return <Choices element={element} held={held} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <MomentInput element={element} held={held} />;
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
      return <TextInput element={element} held={held} />;
    case 'rich_text_input':
      return (
        <Field held={held} element={element} kind="text">
          <textarea
            id={controlId(held, element.action_id)}
            class="input"
            rows={4}
            aria-labelledby={held.labelledBy}
          />
        </Field>
      );
    case 'file_input':
      return <p class="undrawn">This workspace does not support files.</p>;
    default:
      // Slack may have more types of elements than the installed types know.
      if (!element.type.endsWith('_select')) return <Unsupported type={element.type} />;
      return <SelectView element={element} held={held} />;
  }
};
