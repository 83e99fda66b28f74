/** The name of the recorder's closing statistics beside an input: `capture.tap.pcap.gz` has `capture.tap.stats.txt`. */
export const statsNameOf = (name: string): string =>
  `${name.replace(/\.(?:gz|zst)$/, '').replace(/\.(?:jsonl|ndjson|json|scap|pcap|pcapng|txt|log)$/, '')}.stats.txt`;
