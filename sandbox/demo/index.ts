/** The sandbox's only export to the product: `curfew demo` loads it when it starts. */
export { startDemo } from './demo.ts';
export { progressOn } from './progress.ts';
