import type { ActionsBlockElement, InputBlockElement, SectionBlockAccessory } from '@slack/types';
import type { FC } from 'hono/jsx';
import { ButtonView } from './button.tsx';
import { Choices } from './choices.tsx';
import { type Dispatch, type FieldContext } from './field.tsx';
import { TextInput, TimeInput } from './inputs.tsx';
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

/** An interactive element of a type that Curfew sends, in whatever block it stands. */
export const ElementView: FC<{ element: AnyElement; held: FieldContext }> = ({ element, held }) => {
  switch (element.type) {
    case 'button':
      return <ButtonView button={element} block={held.block} spot={held.spot} />;
    case 'radio_buttons':
    case 'checkboxes':
      return <Choices element={element} held={held} />;
    case 'timepicker':
      return <TimeInput element={element} held={held} />;
    case 'plain_text_input':
      return <TextInput element={element} held={held} />;
    case 'static_select':
    case 'external_select':
      return <SelectView element={element} held={held} />;
    default:
      return <Unsupported type={element.type} />;
  }
};
