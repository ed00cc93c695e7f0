import type { Checkboxes, RadioButtons } from '@slack/types';
import type { FC } from 'hono/jsx';
import type { Viewer } from '../viewer.ts';
import { controlId, Field, type FieldContext } from './field.tsx';
import { Text, type Choice } from './text.tsx';

/** An option's text and its description. */
export const OptionText: FC<{ option: Choice; viewer: Viewer }> = ({ option, viewer }) => (
  <span class="option__words">
    <span class="option__text">
      <Text text={option.text} viewer={viewer} />
    </span>
    {option.description && (
      <span class="option__more">
        <Text text={option.description} viewer={viewer} />
      </span>
    )}
  </span>
);

type ChoiceProps = { element: RadioButtons | Checkboxes; held: FieldContext };

/** Radio buttons or checkboxes. */
export const Choices: FC<ChoiceProps> = ({ element, held }) => {
  const name = controlId(held, element.action_id);
  const one = element.type === 'radio_buttons';
  const initial = one ? [element.initial_option] : (element.initial_options ?? []);
  const isInitial = (option: Choice) => initial.some((chosen) => chosen?.value === option.value);
  return (
    <Field held={held} element={element} kind={one ? 'radio' : 'checks'}>
      <div id={name} class="choices" role={one ? 'radiogroup' : 'group'} aria-labelledby={held.labelledBy}>
        {element.options.map((option, index) => (
          <label class="choice">
            <input
              id={`${name}.${index}`}
              type={one ? 'radio' : 'checkbox'}
              name={name}
              value={option.value ?? ''}
              checked={isInitial(option)}
            />
            <OptionText option={option} viewer={held.spot.viewer} />
          </label>
        ))}
      </div>
    </Field>
  );
};
