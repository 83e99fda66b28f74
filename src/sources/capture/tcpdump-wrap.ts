import { readPacketText, type OpenedPacket, type PacketText } from './tcpdump-line.js';

/** A terminal of 40 columns breaks tcpdump's longest VRRP lines (-vvv -e) into fewer pieces. */
const MOST_PIECES = 8;
/** No terminal is wider. */
const WIDEST = 1000;

/** How most of tcpdump's lines end; what ends otherwise may go on, or was cut. */
export const endsLikeALine = (text: string): boolean => /(?:length \d+|\))$/.test(text);

/** What pieces of a line are together. */
export type Joined =
  { readonly kind: 'whole'; readonly read: PacketText } | { readonly kind: 'passable' } | { readonly kind: 'broken' };

/**
 * A line of tcpdump that a terminal may have broken: its scrollback, copied, has the rest on the next lines, at the very beginning of
 * them (tcpdump's own second lines are indented). A space at the break may be lost: then the piece before it is shorter than the others,
 * or all of them lost one.
 */
export class WrappedLine {
  readonly #opened: OpenedPacket | null;
  /** What follows the time, then the pieces; and how long the physical lines are. */
  readonly #pieces: readonly string[];
  readonly #lengths: readonly number[];

  private constructor(pieces: readonly string[], lengths: readonly number[], opened: OpenedPacket | null) {
    this.#pieces = pieces;
    this.#lengths = lengths;
    this.#opened = opened;
  }

  /**
   * @param text the line behind its time, or the second line of a -v packet
   * @param length of the whole line
   * @param opened as for {@link readPacketText}
   */
  static begin(text: string, length: number, opened: OpenedPacket | null): WrappedLine {
    return new WrappedLine([text], [length], opened);
  }

  /** How many pieces were added. */
  get added(): number {
    return this.#pieces.length - 1;
  }

  /** How long the broken lines are at most; 0 with none. */
  get columns(): number {
    return Math.max(0, ...this.#lengths.slice(0, -1));
  }

  /** Whether another piece may be added. */
  get mayGoOn(): boolean {
    return this.added < MOST_PIECES && Math.max(...this.#lengths) <= WIDEST;
  }

  /** The same with one more piece. */
  with(piece: string): WrappedLine {
    return new WrappedLine([...this.#pieces, piece], [...this.#lengths, piece.length], this.#opened);
  }

  /**
   * @param width at which lines before were broken; 0: unknown
   * @returns `whole`: a packet of VRRP, or the first line of a -v packet; `passable`: another packet, as far as can be told
   */
  judge(width: number): Joined {
    const columns = Math.max(width, this.columns);
    const ways = [this.#join((length) => length < columns), this.#join(() => true)];
    const reads = ways.map((way) => readPacketText(way, this.#opened));
    const whole = reads.filter(({ kind }) => kind === 'advertisement' || kind === 'opened');
    // `id` and its number without the space between them are still a line, but one that says less.
    const read = whole.find((one) => one.kind !== 'opened' || one.opened.ipId !== null) ?? whole[0];
    if (read) return { kind: 'whole', read };
    const isPassable = ways.some((way, i) => reads[i]?.kind === 'other' && endsLikeALine(way));
    return { kind: isPassable ? 'passable' : 'broken' };
  }

  #join(isSpaceLost: (length: number) => boolean): string {
    return this.#pieces.reduce((text, next, i) => {
      // What is read of a line has no comma without a space.
      const isLost = isSpaceLost(this.#lengths[i - 1] ?? 0) || (text.endsWith(',') && !next.startsWith(' '));
      return isLost ? `${text} ${next}` : text + next;
    });
  }
}
