/** tshark's names of the fields that are used, whatever form they are printed in. */
export const FIELD_NAMES = [
  'frame.time_epoch',
  'frame.time_utc',
  'frame.time',
  'frame.time_relative',
  'frame.time_delta',
  'frame.time_delta_displayed',
  'frame.number',
  'ip.src',
  'ip.dst',
  'ip.id',
  'ipv6.src',
  'ipv6.dst',
  'vrrp.typever',
  'vrrp.version',
  'vrrp.type',
  'vrrp.virt_rtr_id',
  'vrrp.prio',
  'vrrp.adver_int',
  'vrrp.short_adver_int',
  'vrrp.checksum.status',
] as const;
export type FieldName = (typeof FIELD_NAMES)[number];

/** What one packet says in the fields that are used. Nothing else of it is kept. */
export class FieldValues {
  readonly #first = new Map<FieldName, string>();
  readonly #repeated = new Set<FieldName>();
  #isVrrp = false;
  /** EK's `timestamp`: ms since the epoch. */
  milliseconds: string | null = null;

  clear(): void {
    this.#first.clear();
    this.#repeated.clear();
    this.#isVrrp = false;
    this.milliseconds = null;
  }

  add(name: FieldName, text: string): void {
    if (text === '') return;
    if (this.#first.has(name)) this.#repeated.add(name);
    else this.#first.set(name, text);
    if (name.startsWith('vrrp.')) this.#isVrrp = true;
  }

  /** The packet has a layer of VRRP, whatever is shown of it. */
  markVrrp(): void {
    this.#isVrrp = true;
  }

  get isVrrp(): boolean {
    return this.#isVrrp;
  }

  get(name: FieldName): string | null {
    return this.#first.get(name) ?? null;
  }

  /** Whether the packet has the field more than once. */
  isRepeated(name: FieldName): boolean {
    return this.#repeated.has(name);
  }
}
