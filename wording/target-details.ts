import type { Description } from '../core/target.ts';

/**
 * Who reads about an access: a person who approves or checks it, or the person who has it. The holder reads no cautions, because they
 * say what a person could leave behind.
 */
export type Reader = 'approver' | 'holder';

/** What is said of a target below its name. The label comes before the text, so that no text of a provider can be taken for another kind. */
export type TargetDetail = Readonly<{
  kind: 'permission' | 'caution' | 'at-end';
  label: 'Caution:' | 'At the end:' | undefined;
  text: string;
}>;

/** The details of a target for a reader: its permissions, then its cautions, then what happens at the end. */
export const targetDetails = (
  { permissions, cautions, atEnd }: Pick<Description, 'permissions' | 'cautions' | 'atEnd'>,
  reader: Reader,
): readonly TargetDetail[] => [
  ...permissions.map((text): TargetDetail => ({ kind: 'permission', label: undefined, text })),
  ...(reader === 'approver'
    ? cautions.map((text): TargetDetail => ({ kind: 'caution', label: 'Caution:', text }))
    : []),
  ...atEnd.map((text): TargetDetail => ({ kind: 'at-end', label: 'At the end:', text })),
];
