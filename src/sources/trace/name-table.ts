import type { CounterDefinition } from '../../model/counters.js';
import type { NameTable } from '../../model/event-batch.js';

export const NAMES_FORGOTTEN: CounterDefinition = {
  name: 'trace_names_forgotten',
  source: 'trace',
  severity: 'data-loss',
  help: 'The trace holds more different names of events and processes than are told apart; events of the further ones were read as if they had none. Check that the trace is not damaged.',
};

/** Names that are told apart: no machine has as many programs. */
const MOST_NAMES = 131_072;
/** Characters of all of them; a process' name has 15, an event's 30. */
const MOST_CHARACTERS = 8 * 2 ** 20;

/**
 * A table of names; the absent name and the empty one share id 0. When it is full, new names have id 0, too.
 *
 * @param onFull is told, once, that a name was not kept
 */
export const createNameTable = (onFull: () => void = () => undefined): NameTable => {
  const ids = new Map<string, number>([['', 0]]);
  const names = [''];
  let characters = 0;
  let isFull = false;
  return {
    idOf(name) {
      if (name === null) return 0;
      const known = ids.get(name);
      if (known !== undefined) return known;
      if (names.length >= MOST_NAMES || characters + name.length > MOST_CHARACTERS) {
        if (!isFull) onFull();
        isFull = true;
        return 0;
      }
      const id = names.length;
      ids.set(name, id);
      names.push(name);
      characters += name.length;
      return id;
    },
    nameOf: (id) => names[id] ?? '',
    get size() {
      return names.length;
    },
  };
};
