import { testForgeries } from './forgery.ts';
import { FORGED_DECISIONS } from './review-decisions.ts';
import { FORGED_REVIEWS } from './review-itself.ts';

// What somebody does to the folder of a review who wants an auditor to believe that access was reviewed which was not.
testForgeries('review', [...FORGED_DECISIONS, ...FORGED_REVIEWS]);
