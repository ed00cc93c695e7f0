import type { Minutes } from '../ids.ts';

const USUAL_LENGTHS = [15, 30, 60, 120, 240, 480, 1_440] as const;
/** A form offers this one first, when the access can be extended so far. */
const FIRST = 60;

/** How much longer a form offers: usual lengths, and all that the policy leaves. */
export const extensionChoices = (left: Minutes): readonly Minutes[] => [
  ...USUAL_LENGTHS.filter((minutes) => minutes < left).map((minutes) => minutes as Minutes),
  left,
];

/** The choice that a form has when it opens. */
export const firstChoice = (left: Minutes): Minutes =>
  extensionChoices(left).find((minutes) => minutes >= Math.min(FIRST, left)) ?? left;
