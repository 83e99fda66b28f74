/** What an interface counted since it was made. */
export type InterfaceCounters = {
  readonly rx_packets: number;
  readonly rx_errors: number;
  readonly rx_dropped: number;
  readonly tx_packets: number;
  readonly tx_errors: number;
  readonly tx_dropped: number;
};

/** Counters of the wanted interfaces, by name, from `/proc/PID/net/dev` (proc(5)); what is not there is left out. */
export const parseInterfaces = (text: string, wanted: ReadonlySet<string>): Record<string, InterfaceCounters> => {
  const interfaces: Record<string, InterfaceCounters> = {};
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim();
    if (!wanted.has(name)) continue;
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    if (columns.length < 12 || !columns.every(Number.isFinite)) continue;
    const [, rx_packets = 0, rx_errors = 0, rx_dropped = 0] = columns;
    const [tx_packets = 0, tx_errors = 0, tx_dropped = 0] = columns.slice(9);
    interfaces[name] = { rx_packets, rx_errors, rx_dropped, tx_packets, tx_errors, tx_dropped };
  }
  return interfaces;
};
