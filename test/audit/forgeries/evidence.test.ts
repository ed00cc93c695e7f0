import { FORGED_ANSWERS } from './evidence-answers.ts';
import { MIXED_EVIDENCE } from './evidence-mixed.ts';
import { FORGED_ORDERS } from './evidence-orders.ts';
import { FORGED_SAMPLES } from './evidence-samples.ts';
import { testForgeries } from './forgery.ts';

// What somebody does to evidence who wants an auditor to believe something false about who had which access.
testForgeries('evidence', [...FORGED_ANSWERS, ...FORGED_SAMPLES, ...FORGED_ORDERS, ...MIXED_EVIDENCE]);
