/** Elements that hold nothing and have no end. */
const VOID = new Set(['br', 'link', 'meta', 'wbr']);

/** What is wrong with a document's markup, as far as a small reader can tell; empty where nothing is. */
export const findFaults = (text: string): string[] => {
  const faults: string[] = [];
  const open: string[] = [];
  const ids = new Set<string>();
  const wanted: string[] = [];
  const tags =
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][\w:-]*(?:="[^"<]*")?)*)\s*(\/?)>|<!doctype html>|<style>[^<]*<\/style>|</gi;
  for (const tag of text.matchAll(tags)) {
    const [whole, end, name = '', attributes = '', empty] = tag;
    if (whole === '<') faults.push(`a < that begins nothing: ${text.slice(tag.index, tag.index + 80)}`);
    if (name === '') continue;
    if (end === '/') {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> ends <${last ?? 'nothing'}>`);
      continue;
    }
    const names = new Set<string>();
    for (const [, key = '', value = ''] of attributes.matchAll(/([a-zA-Z][\w:-]*)(?:="([^"]*)")?/g)) {
      if (names.has(key)) faults.push(`<${name}> has ${key} twice`);
      names.add(key);
      if (/^on/i.test(key)) faults.push(`<${name}> has ${key}`);
      if (/NaN|Infinity|undefined/.test(value)) faults.push(`<${name}> has ${key}="${value}"`);
      if (key === 'id' && ids.has(value)) faults.push(`the id ${value} is there twice`);
      if (key === 'id') ids.add(value);
      if (key === 'aria-labelledby' || key === 'aria-describedby') wanted.push(...value.split(' '));
      if (key === 'href' && value.startsWith('#')) wanted.push(value.slice(1));
    }
    if (!VOID.has(name) && empty !== '/') open.push(name);
  }
  faults.push(...open.map((name) => `<${name}> does not end`));
  faults.push(...wanted.filter((id) => !ids.has(id)).map((id) => `nothing has the id ${id}`));
  return faults;
};

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

/** What a reader sees of a piece of a document: its text, spaces as one. */
export const readText = (markup: string): string =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/&([a-z]+|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/[\s\u00a0]+/g, ' ');

/** The tags of a document, with what is in its style. */
export const listTags = (text: string): string[] => text.match(/<style>[^<]*|<[^>]*>/g) ?? [];
