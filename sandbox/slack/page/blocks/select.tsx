import type { MultiSelect, Select } from '@slack/types';
import type { FC } from 'hono/jsx';
import { safeText } from '../inert.ts';
import type { Viewer } from '../viewer.ts';
import { controlId, Field, type FieldContext } from './field.tsx';
import { OptionText } from './choices.tsx';
import { Text, type AnyText, type Choice } from './text.tsx';

/** Groups of options. A list without groups is one group without a label. */
type Groups = readonly Readonly<{ label?: AnyText; options: readonly Choice[] }>[];

const namesAsOptions = (names: ReadonlyMap<string, string>, mark: string): Groups => [
  {
    options: [...names].map(([value, name]) => ({
      value,
      text: { type: 'plain_text', text: `${mark}${name}` },
    })),
  },
];

const groupsOf = (element: Select | MultiSelect, viewer: Viewer): Groups => {
  switch (element.type) {
    case 'static_select':
    case 'multi_static_select':
      return element.option_groups ?? [{ options: element.options ?? [] }];
    case 'users_select':
    case 'multi_users_select':
      return namesAsOptions(viewer.people, '');
    case 'channels_select':
    case 'multi_channels_select':
    case 'conversations_select':
    case 'multi_conversations_select':
      return namesAsOptions(viewer.channels, '#');
    default:
      return [];
  }
};

const initialValues = (element: Select | MultiSelect): readonly string[] => {
  if ('initial_option' in element && element.initial_option) return [element.initial_option.value ?? ''];
  if ('initial_options' in element)
    return (element.initial_options ?? []).map((option) => option.value ?? '');
  if ('initial_user' in element) return [element.initial_user ?? ''];
  if ('initial_users' in element) return element.initial_users ?? [];
  if ('initial_channel' in element) return [element.initial_channel ?? ''];
  if ('initial_conversation' in element) return [element.initial_conversation ?? ''];
  return [];
};

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
const Combo: FC<{ element: Select; held: FieldContext }> = ({ element, held }) => {
  const id = controlId(held, element.action_id);
  const groups = groupsOf(element, held.spot.viewer);
  const value = initialValues(element)[0];
  const initial =
    ('initial_option' in element ? element.initial_option : undefined) ??
    groups
      .flatMap((group) => group.options)
      .find((option) => option.value !== undefined && option.value === value);
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

/** The browser's list for several choices. An external one offers only its initial options. */
const Multi: FC<{ element: MultiSelect; held: FieldContext }> = ({ element, held }) => {
  const external = element.type === 'multi_external_select';
  const groups = external
    ? [{ options: element.initial_options ?? [] }]
    : groupsOf(element, held.spot.viewer);
  const initial = initialValues(element);
  return (
    <Field held={held} element={element} kind="multi">
      <select
        id={controlId(held, element.action_id)}
        class="input"
        multiple
        aria-labelledby={held.labelledBy}
        aria-label={held.labelledBy ? undefined : 'Choices'}
      >
        {groups.flatMap((group) =>
          group.options.map((option) => (
            <option value={option.value} selected={initial.includes(option.value ?? '')}>
              {safeText(option.text.text)}
            </option>
          )),
        )}
      </select>
    </Field>
  );
};

const isMulti = (element: Select | MultiSelect): element is MultiSelect => element.type.startsWith('multi_');

export const SelectView: FC<{ element: Select | MultiSelect; held: FieldContext }> = ({ element, held }) =>
  isMulti(element) ? <Multi element={element} held={held} /> : <Combo element={element} held={held} />;
