import type { ExternalSelect, StaticSelect } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import type { Viewer } from '../viewer.ts';
import { controlId, Field, type FieldContext } from './field.tsx';
import { OptionText } from './choices.tsx';
import { Text, type AnyText, type Choice } from './text.tsx';

/** Groups of options. A list without groups is one group without a label. */
type Groups = readonly Readonly<{ label?: AnyText; options: readonly Choice[] }>[];

/** The options of an open list. The client inserts this HTML unchanged for options that the app suggested. */
export const OptionRows: FC<{ id: string; groups: Groups; viewer: Viewer }> = ({ id, groups, viewer }) => (
  <>
    {groups.flatMap((group, outer) => [
      group.label && (
        <li role="presentation" class="combo__group">
          <Text text={group.label} viewer={viewer} />
        </li>
      ),
      ...group.options.map((option, inner) => (
        <li
          id={`${id}.o${outer}_${inner}`}
          role="option"
          aria-selected="false"
          class="combo__option"
          data-label={safeText(option.text.text)}
          data-value={option.value}
          data-option={JSON.stringify(option)}
        >
          <OptionText option={option} viewer={viewer} />
        </li>
      )),
    ])}
  </>
);

/**
 * A select with a text field. A static select filters its options; an external select requests them from the
 * app.
 */
export const SelectView: FC<{ element: StaticSelect | ExternalSelect; held: FieldContext }> = ({
  element,
  held,
}) => {
  const id = controlId(held, element.action_id);
  const groups: Groups =
    element.type === 'static_select' ? (element.option_groups ?? [{ options: element.options ?? [] }]) : [];
  const initial = element.initial_option;
  const external = element.type === 'external_select';
  return (
    <Field held={held} element={element} kind="combo" chosen={external ? initial : initial?.value}>
      <input
        id={id}
        class="input combo__input"
        role="combobox"
        aria-expanded="false"
        aria-autocomplete="list"
        aria-controls={`${id}.list`}
        aria-labelledby={held.labelledBy}
        aria-label={held.labelledBy ? undefined : safeText(element.placeholder?.text ?? 'Choose')}
        autocomplete="off"
        spellcheck={false}
        placeholder={safeText(
          element.placeholder?.text ?? (external ? 'Type to search' : 'Choose an option'),
        )}
        value={initial ? safeText(initial.text.text) : ''}
        data-external={external ? String(element.min_query_length ?? 3) : undefined}
        data-autofocus={element.focus_on_load ? 'true' : undefined}
      />
      <ul
        id={`${id}.list`}
        class="combo__list"
        role="listbox"
        aria-label={safeText(element.placeholder?.text ?? 'Choices')}
        hidden
      >
        <OptionRows id={id} groups={groups} viewer={held.spot.viewer} />
      </ul>
    </Field>
  );
};
