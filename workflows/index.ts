/** The workflows that the worker registers. */
export { accessRequest } from './access-request.ts';
