/** What the worker runs. */
export { accessRequest } from './access-request.ts';
