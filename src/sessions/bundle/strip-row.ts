type Note = (what: string, count?: number) => void;

const MEMBER = /\s*"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?[\d.eE+-]+|null|true|false)\s*(,|\}\s*$)/y;
const INFO_KEYS = new Set(['evt.info', 'evt.args']);
/** Keys whose values are numbers, times and words, and what these may be. */
const KEPT_KEYS = new Map<string, RegExp>([
  ['evt.num', /^\d+$/],
  ['evt.outputtime', /^"?[\d.:T+Z -]*"?$/],
  ['evt.rawtime', /^"?[\d.:T+Z -]*"?$/],
  ['evt.time', /^"?[\d.:T+Z -]*"?$/],
  ['evt.datetime', /^"?[\d.:T+Z -]*"?$/],
  ['evt.rawtime.s', /^"?\d*"?$/],
  ['evt.rawtime.ns', /^"?\d*"?$/],
  ['evt.cpu', /^(?:-?\d+|null)$/],
  ['evt.dir', /^"[<>]"$/],
  ['evt.type', /^"[\w.() -]{1,40}"$/],
  ['proc.name', /^(?:null|"(?:[^"\\]|\\.){0,64}")$/],
  ['thread.tid', /^(?:-?\d+|null)$/],
]);

/** From the first of these keys on an info text may hold anything. */
const PAYLOAD =
  /(?:^|\s)(?!(?:interval|value_ns)=)\w*(?:data|msg|arg|env|exe|comm|val|desc|tags|source|cgroups|buf|key|pass|secret|token|str|text)\w*=/i;
/** A wake-up of ftrace's begins with the name of the woken; it has no payload. */
const WAKE_UP = /^"(?:sched_)?wak(?:e|ing)/;
const TUPLE = /\stuple=(?:NULL|[\da-f:.%]+->[\da-f:.%]+)(?=\s|$)/gi;

const CONTROL_FILE =
  /\/(?:freezer\.state|cgroup\.freeze|cpu\.max|cpu\.cfs_quota_us|cpu\.cfs_period_us|cgroup\.procs|cgroup\.threads|tasks)(?=[)\s]|$)/;
/** What is written to control files, and the priority that a text for syslog begins with. */
const CONTROL_WORD = /(?:^|\s)data=(FROZEN|THAWED|max|-1|\d{1,10})(?=[\s.]|$)/;
const PRIORITY = /(?:^|\s)data=(<\d{1,3}>)/;

const nameRemoved = (info: string, note: Note): void => {
  const parts: [string, RegExp][] = [
    ['payloads (`data=`)', /(?:^|\s)data=\S/],
    ['arguments (`args=`, `exe=`)', /(?:^|\s)(?:args|exe|argument)\w*=\S/],
    ['environments (`env=`)', /(?:^|\s)env=\S/],
  ];
  const found = parts.filter(([, pattern]) => pattern.test(info));
  for (const [what] of found) note(what);
  if (found.length === 0) note('other parts of rows');
};

/** Takes what may be secret out of the rows of a trace, one after the other. */
export class RowStripper {
  /** Threads inside a write to a control file: what they write is told by the row that ends it. */
  readonly #writing = new Set<string>();

  constructor(
    readonly note: Note,
    readonly scrub: (text: string) => string,
  ) {}

  /**
   * A row of `sysdig -j` with its times, threads, names, types, and of its arguments what comes before any payload.
   *
   * @returns '' for a line that is no row: the others keep their numbers
   */
  strip(line: string): string {
    const row = line.trim().replace(/^\[/, '').replace(/,$/, '');
    if (row === '' || row === ']') return '';
    const members = this.#read(row);
    if (members === null) {
      this.note('lines that are no rows');
      return '';
    }
    const kept: string[] = [];
    for (const [key, value] of members) {
      if (INFO_KEYS.has(key)) kept.push(`${JSON.stringify(key)}:${this.#stripInfo(value, members)}`);
      else if (KEPT_KEYS.get(key)?.test(value) === true) kept.push(`${JSON.stringify(key)}:${key === 'proc.name' ? this.#clean(value) : value}`);
      else this.note('other fields of rows');
    }
    return `{${kept.join(',')}}`;
  } // prettier-ignore

  /** @returns null where it is no flat object */
  #read(row: string): Map<string, string> | null {
    if (!row.startsWith('{')) return null;
    const members = new Map<string, string>();
    MEMBER.lastIndex = 1;
    for (;;) {
      const match = MEMBER.exec(row);
      if (!match) return null;
      members.set(match[1] ?? '', match[2] ?? '');
      if (match[3] !== ',') return members;
    }
  }

  #clean(literal: string): string {
    return literal === 'null' ? literal : JSON.stringify(this.scrub(JSON.parse(literal) as string));
  }

  #stripInfo(literal: string, members: ReadonlyMap<string, string>): string {
    if (!literal.startsWith('"')) return 'null';
    const info = JSON.parse(literal) as string;
    const cut = WAKE_UP.test(members.get('evt.type') ?? '') ? null : PAYLOAD.exec(info);
    const head = cut ? info.slice(0, cut.index) : info;
    const isControl = this.#isControlWrite(head, members);
    if (!cut) return JSON.stringify(this.scrub(info));
    const known = (isControl ? CONTROL_WORD : PRIORITY).exec(info.slice(cut.index))?.[1];
    const tuple = info.slice(cut.index).match(TUPLE)?.at(-1);
    nameRemoved(info.slice(cut.index), this.note);
    return JSON.stringify(
      `${this.scrub(head)}${known === undefined ? '' : ` data=${known}`}${tuple ?? ''} `.replace(/^\s+/, ''),
    );
  }

  #isControlWrite(head: string, members: ReadonlyMap<string, string>): boolean {
    if (!/write/.test(members.get('evt.type') ?? '')) return false;
    const thread = members.get('thread.tid') ?? '';
    const isNamed = CONTROL_FILE.test(head);
    if (members.get('evt.dir') === '">"') {
      if (isNamed) this.#writing.add(thread);
      else this.#writing.delete(thread);
      return false;
    }
    return this.#writing.delete(thread) || isNamed;
  }
}
