/**
 * What is used of RxJS, from where it stands: the package's door loads two hundred files, which takes a command longer
 * than reading 300,000 events. `Observable` is the same class either way.
 */
export { Observable } from 'rxjs/internal/Observable';
export type { OperatorFunction } from 'rxjs';
