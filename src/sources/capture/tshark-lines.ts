/** What tshark and dumpcap say about themselves on stderr, and what an interrupted one leaves on a terminal. */
const ABOUT_ITSELF =
  /^ *(?:$|Running as user |Capturing on |Capture started|Capture stopped|File: "| ?\*\* \((?:tshark|dumpcap):|tshark: |dumpcap: |Packets (?:captured|received\/dropped on)|\d+ packets? captured|\d+ ?$|\^C|"".*\bexited\b)/;

/** Whether a line is no packet because it is about tshark itself. */
export const isAboutItself = (line: string): boolean => ABOUT_ITSELF.test(line);
