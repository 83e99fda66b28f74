import type { NameTable } from '../../model/event-batch.js';

/** A table of names; the absent name and the empty one share id 0. */
export const createNameTable = (): NameTable => {
  const ids = new Map<string, number>([['', 0]]);
  const names = [''];
  return {
    idOf(name) {
      if (name === null) return 0;
      const known = ids.get(name);
      if (known !== undefined) return known;
      const id = names.length;
      ids.set(name, id);
      names.push(name);
      return id;
    },
    nameOf: (id) => names[id] ?? '',
    get size() {
      return names.length;
    },
  };
};
