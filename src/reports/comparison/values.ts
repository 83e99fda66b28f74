import type { SettingValue } from '../../model/session-figures.js';
import type { Pieces } from './document.js';
import { quote, say } from './document.js';

/** The value of a setting; `not there` where the machine does not have it. */
export const tellValue = (value: SettingValue | null): Pieces =>
  value === null ? [say('not there')] : [quote(value === '' ? '""' : String(value))];
